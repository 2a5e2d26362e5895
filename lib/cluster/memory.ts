/**
 * What a node remembers over a restart besides what is stored: the incarnations, and what the house knew of
 * who is here. The house as a whole is noted now and then, and the entries of each message after that, all in
 * the transactions of what they belong to.
 */

import type { HouseDump } from "../chat/dump.ts";
import { entryFromJson, entryToJson } from "../chat/log/entry_json.ts";
import type { Entry } from "../chat/log/fact.ts";
import type { AppliedNotes, LogPlace } from "../store/applied_notes.ts";
import type { Incarnation, Incarnations } from "./incarnations.ts";

/** Names of notes. */
const NODES = "nodes";
const HOUSE = "house";
/** Also written where a cluster begins with what a server has kept. */
export const LEVEL_NOTE = "level";

/**
 * When the entries after the last note are as long as that, and as this at least, the house is noted as a whole
 * again: so a start has few to take in again, and to note a large house costs little more than its entries.
 * In UTF-16 code units.
 */
const LEAST_LENGTH = 1_048_576;

/** The house as a whole, as it was after the message with a seq. */
interface NotedHouse {
  readonly seq: number;
  readonly house: HouseDump;
}

/** What a house knew when its node ended. */
export interface KnownBefore {
  readonly house: HouseDump;
  /** What came after that, in order. */
  readonly entries: readonly Entry[];
}

/** What one node remembers. */
export class Memory {
  readonly #notes: AppliedNotes;
  readonly #least: number;
  /** As of the place where the store stands when it is opened. */
  readonly incarnations: readonly Incarnation[];
  /** Gives what the house knows now, once there is one. */
  dump: (() => HouseDump) | undefined;
  /** Of the incarnations as they were noted last. */
  #version: number | undefined;
  /** The length of the last note, and of the entries since; it is noted with the first. */
  #noted: number;
  #since = 0;

  /** As of a place, at which the notes are; `least` is what {@linkcode LEAST_LENGTH} says. */
  constructor(notes: AppliedNotes, place: Pick<LogPlace, "counts">, least = LEAST_LENGTH) {
    this.#notes = notes;
    this.#least = least;
    const nodes: Incarnation[] = JSON.parse(notes.noted(NODES) ?? "[]");
    // Earlier they had a note of their own.
    const counts: LogPlace["counts"] = place.counts ?? JSON.parse(notes.noted("counts") ?? "{}");
    this.incarnations = nodes.map((each) => ({ ...each, b: counts?.[each.inc] ?? each.b }));
    this.#noted = notes.noted(HOUSE)?.length ?? -1;
  }

  /** The level of the log that was agreed on up to the place where the store stands. */
  get level(): number {
    return Number(this.#notes.noted(LEVEL_NOTE) ?? 1);
  }

  /** Notes the level that was agreed on, in the transaction of the message that tells it. */
  set level(level: number) {
    this.#notes.note(LEVEL_NOTE, String(level));
  }

  /** What the house knew at the place where the store stands; `undefined` at the beginning. */
  known(): KnownBefore | undefined {
    const noted = this.#notes.noted(HOUSE);
    if (noted === undefined) return undefined;
    const { seq, house }: NotedHouse = JSON.parse(noted);
    const rows = this.#notes.journal(seq);
    this.#since = rows.reduce((sum, { length }) => sum + length, 0);
    return {
      house,
      entries: rows.flatMap((row) => (JSON.parse(row) as string[]).map(entryFromJson)),
    };
  }

  /** Notes what a message has come to, in the transaction of it. */
  enter(seq: number, entries: readonly Entry[], incarnations: Incarnations): void {
    this.#noteNodes(incarnations);
    if (this.dump === undefined) return;
    const row = entries.length === 0 ? "" : JSON.stringify(entries.map(entryToJson));
    this.#since += row.length;
    if (this.#noted < 0 || this.#since >= Math.max(this.#noted, this.#least)) this.#noteHouse(seq);
    else if (row !== "") this.#notes.enter(seq, row);
  }

  #noteHouse(seq: number): void {
    const noted: NotedHouse = { seq, house: this.dump?.() as HouseDump };
    const text = JSON.stringify(noted);
    this.#notes.note(HOUSE, text);
    this.#notes.drop(seq);
    this.#noted = text.length;
    this.#since = 0;
  }

  /** There may be many that are dead, so they are noted only when one has come or gone. */
  #noteNodes(incarnations: Incarnations): void {
    if (incarnations.version === this.#version) return;
    this.#version = incarnations.version;
    this.#notes.note(NODES, JSON.stringify(incarnations.all));
  }
}
