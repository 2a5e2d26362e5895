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

/** After so many entries the house is noted as a whole, so that a start has few to take in again. */
const NOTE_EVERY = 5_000;

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
  /** As of the place where the store stands when it is opened. */
  readonly incarnations: readonly Incarnation[];
  /** Gives what the house knows now, once there is one. */
  dump: (() => HouseDump) | undefined;
  /** Of the incarnations as they were noted last. */
  #version: number | undefined;
  /** Entries since the house was noted; it is noted with the first. */
  #since: number;

  /** As of a place, at which the notes are. */
  constructor(notes: AppliedNotes, place: Pick<LogPlace, "counts">) {
    this.#notes = notes;
    const nodes: Incarnation[] = JSON.parse(notes.noted(NODES) ?? "[]");
    // Earlier they had a note of their own.
    const counts: LogPlace["counts"] = place.counts ?? JSON.parse(notes.noted("counts") ?? "{}");
    this.incarnations = nodes.map((each) => ({ ...each, b: counts?.[each.inc] ?? each.b }));
    this.#since = notes.noted(HOUSE) === undefined ? NOTE_EVERY : 0;
  }

  /** What the house knew at the place where the store stands; `undefined` at the beginning. */
  known(): KnownBefore | undefined {
    const noted = this.#notes.noted(HOUSE);
    if (noted === undefined) return undefined;
    const { seq, house }: NotedHouse = JSON.parse(noted);
    const rows = this.#notes.journal(seq);
    return {
      house,
      entries: rows.flatMap((row) => (JSON.parse(row) as string[]).map(entryFromJson)),
    };
  }

  /** Notes what a message has come to, in the transaction of it. */
  enter(seq: number, entries: readonly Entry[], incarnations: Incarnations): void {
    this.#noteNodes(incarnations);
    if (this.dump === undefined) return;
    this.#since += entries.length;
    if (this.#since >= NOTE_EVERY) {
      this.#since = 0;
      const noted: NotedHouse = { seq, house: this.dump() };
      this.#notes.note(HOUSE, JSON.stringify(noted));
      this.#notes.drop(seq);
    } else if (entries.length > 0) {
      this.#notes.enter(seq, JSON.stringify(entries.map(entryToJson)));
    }
  }

  /** There may be many that are dead, so they are noted only when one has come or gone. */
  #noteNodes(incarnations: Incarnations): void {
    if (incarnations.version === this.#version) return;
    this.#version = incarnations.version;
    this.#notes.note(NODES, JSON.stringify(incarnations.all));
  }
}
