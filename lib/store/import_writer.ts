/** Writes the lines of an import into the tables. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { questionJson } from "../chat/messages/question.ts";
import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import type { SentFile } from "../wire/events.ts";
import { ANSWER, REMOVE, REVISE, ROOM } from "./columns.ts";
import { addFile } from "./files.ts";
import { judgeLine } from "./import_life.ts";
import type { Line, LineAbout } from "./import_line.ts";
import type { ImportNotes } from "./import_notes.ts";
import { takeEffect } from "./life_effects.ts";
import { logSum, messageSum } from "./message_row.ts";
import { highestId } from "./meta.ts";
import { roomFloor } from "./rooms.ts";
import { type RoomRow, Rows } from "./rows.ts";
import { getRow, runSql } from "./sql.ts";

/**
 * The highest seq at which a room begins by an import. JavaScript counts exactly up to twice that, so it has enough
 * numbers left; what has higher ones in its file, as what a room came to since, gets others.
 */
const MAX_FIRST = 2 ** 52;

/** What an import did. */
export interface ImportReport {
  readonly messages: number;
  readonly rooms: number;
  /** How many lines told what was done about messages. */
  readonly about?: number;
  /** How many messages have another number than in the file. */
  readonly renumbered: number;
  /** How many lines were left out because they only stand for a message that was withheld. */
  readonly withheld: number;
  /** Sentences about what was changed, and about what nobody could say on a server of this version. */
  readonly notes?: readonly string[];
}

/** Thrown when a file can't be imported. The message says what is wrong, and in which line. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** Files that were imported count in nobody's quota, since ids of accounts are those of one server. */
const NOBODY = "account ";

interface Room extends Pick<RoomRow, "id" | "sum" | "last" | "about" | "name"> {
  first: number;
  /** The numbers in the file, in runs: from one on, they differ by so much from those here. */
  readonly runs: Array<readonly [from: number, offset: number]>;
  /** Messages without a text that a later line has to remove, with the lines that they are in. */
  readonly empty: Map<number, string>;
}

/** What a row says, besides its place. */
interface NewRow {
  readonly kind: number;
  readonly at: number;
  readonly from: string;
  readonly text: string;
  readonly file?: SentFile | undefined;
  readonly re?: number | undefined;
  readonly extra?: string | undefined;
}

/** Inserts messages into the tables. */
export class ImportWriter {
  readonly #rooms = new Map<string, Room>();
  readonly #names = new Map<string, number>();
  readonly #rows: Rows;
  readonly #db: DatabaseSync;
  readonly #notes: ImportNotes;
  readonly #insert: StatementSync;
  #lastId: number;
  #messages = 0;
  #about = 0;
  #renumbered = 0;
  withheld = 0;

  constructor(db: DatabaseSync, notes: ImportNotes) {
    this.#db = db;
    this.#rows = new Rows(db);
    this.#notes = notes;
    this.#insert = db.prepare(
      "INSERT INTO message (id, room, seq, at, sender, kind, text, sum, file, nth, re, extra) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#lastId = highestId(db);
  }

  get report(): ImportReport {
    const { withheld } = this;
    const rooms = this.#rooms.size;
    const notes = this.#notes.sentences;
    return {
      messages: this.#messages,
      rooms,
      ...(this.#about === 0 ? {} : { about: this.#about }),
      renumbered: this.#renumbered,
      withheld,
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  /**
   * Stores the message in a line, with its file if the bytes are there. Throws an {@linkcode ImportError}
   * that begins with the line's `place`, such as `Line 3`.
   */
  write(line: Line, place: string, brought?: SentFile): void {
    if (!line.isEmpty) {
      this.#notes.line(line);
      if (line.text === "") return;
    }
    const room = this.#roomOf(line);
    const file = brought && { ...brought, id: this.#fileId(brought.id) };
    if (line.file !== undefined && file === undefined) this.#notes.withoutFile();
    const { from, at, text, said: kind } = line;
    const re = line.re === undefined ? undefined : this.#targetOf(room, line.re);
    const extra = line.question && questionJson(line.question);
    const seq = this.#insertRow(room, { kind, at, from, text, file, re, extra }, line.seq, place);
    if (file !== undefined) addFile(this.#db, { file, owner: NOBODY, room: room.id, seq });
    if (line.isEmpty) room.empty.set(seq, place);
    this.#messages++;
  }

  /** Stores what a line says was done about a message, if that is there. */
  writeAbout(line: LineAbout, place: string): void {
    const room = this.#roomOf(line);
    const re = this.#targetOf(room, line.re);
    if (re === undefined) return this.#notes.withoutMessage();
    // The edits of a message that is removed later are empty; others never are.
    const judged = judgeLine(this.#db, room, line, re, room.empty.has(re));
    if (typeof judged === "string") return this.#notes.refused(place, judged);
    const { kind, at, from, text, rest, isChanged } = judged;
    if (isChanged) this.#notes.withoutReason();
    const extra = Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest);
    room.about++;
    const seq = this.#insertRow(room, { kind, at, from, text, re, extra }, line.seq, place);
    this.#about++;
    if (kind === REMOVE) room.empty.delete(re);
    // The edit of a message that was removed has no text any more, nor an answer its choice: they change nothing.
    const isEmpty = kind === REVISE && text === "" || kind === ANSWER && extra === undefined;
    if (!isEmpty) takeEffect(this.#db, room, { kind, re, ...rest }, seq);
  }

  /** The number here of a message in the file; `undefined` if it is not there. */
  #targetOf({ id, runs }: Room, inFile: number): number | undefined {
    const run = runs.findLast(([from]) => from <= inFile);
    if (run === undefined) return undefined;
    const seq = inFile + run[1];
    const sql = "SELECT 1 FROM message WHERE room = ? AND seq = ? AND kind < ?";
    return getRow(this.#db, sql, id, seq, REVISE) === undefined ? undefined : seq;
  }

  /** Inserts a row with the next number of its room, and returns that. */
  #insertRow(room: Room, said: NewRow, inFile: number | undefined, place: string): number {
    if (room.last < room.first) {
      room.first = Math.max(room.first, Math.min(inFile ?? 1, MAX_FIRST));
      room.last = room.first - 1;
    }
    const seq = ++room.last;
    if (!Number.isSafeInteger(seq)) {
      throw new ImportError(
        `${place}: The room ${room.name} has no numbers left; nothing was stored`,
      );
    }
    if (inFile !== undefined) {
      if (room.runs.at(-1)?.[1] !== seq - inFile) room.runs.push([inFile, seq - inFile]);
      if (inFile !== seq) this.#renumbered++;
    }
    const { kind: action, at, from: sender, text, file, re, extra } = said;
    this.#insert.run(
      ++this.#lastId,
      room.id,
      seq,
      at,
      this.#nameOf(sender),
      action,
      text,
      messageSum(room.sum, { seq, at, action, sender, text, file, re, extra }),
      file?.id ?? null,
      room.about === 0 ? null : seq - room.about,
      re ?? null,
      extra ?? null,
    );
    return seq;
  }

  /** The id of a file in a line, or another one if a file here has it. */
  #fileId(id: string): string {
    const isTaken = getRow(this.#db, "SELECT 1 FROM file WHERE id = ?", id) !== undefined;
    return isTaken ? idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))) : id;
  }

  /** Stores the new first and last numbers of the rooms. */
  finish(): void {
    const update = this.#db.prepare("UPDATE room SET first = ?, last = ?, about = ? WHERE id = ?");
    for (const { id, first, last, about, empty } of this.#rooms.values()) {
      update.run(first, last, about, id);
      const [place] = empty.values();
      if (place === undefined) continue;
      throw new ImportError(
        `${place}: The field text must not be empty, unless a later line removes the message; ` +
          "nothing was stored",
      );
    }
  }

  #roomOf({ key, room: name }: Line | LineAbout): Room {
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const floor = roomFloor(this.#db);
    const isNew = runSql(
      this.#db,
      "INSERT OR IGNORE INTO room (kind, key, name, first, last) VALUES (?, ?, ?, ?, ?)",
      ...[ROOM, key, name, floor + 1, floor],
    ) > 0;
    if (isNew) this.#notes.room(name, key);
    const sql = "SELECT id, name, first, last, about FROM room WHERE kind = ? AND key = ?";
    const row = getRow(this.#db, sql, ROOM, key) as unknown as Omit<Room, "sum" | "runs" | "empty">;
    const room = { ...row, sum: logSum(ROOM, key), runs: [], empty: new Map() };
    this.#rooms.set(key, room);
    return room;
  }

  #nameOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#notes.name(name);
    const id = this.#rows.name(name);
    this.#names.set(name, id);
    return id;
  }
}
