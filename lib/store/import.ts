/** Stores messages that were exported before, all of them or none. */

import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Refusal } from "../chat/refusal.ts";
import { FieldError } from "../wire/fields.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { nameKey } from "../words/names.js";
import { ROOM } from "./columns.ts";
import { type Line, readLine } from "./import_line.ts";
import { ImportNotes } from "./import_notes.ts";
import { logSum, messageSum } from "./message_row.ts";
import { highestId, metaOf, setMeta } from "./meta.ts";
import { roomFloor } from "./rooms.ts";

/** What an import did. */
export interface ImportReport {
  readonly messages: number;
  readonly rooms: number;
  /** Messages that have another number than in the file. */
  readonly renumbered: number;
  /** Lines that stand for a message that was withheld, and that are left out. */
  readonly withheld: number;
  /** What else is not as the file has it, or as nobody could say it now; a sentence each. */
  readonly notes?: readonly string[];
}

/** How to import. */
export interface ImportOptions {
  /** Also what was imported before. */
  readonly again?: boolean;
  /** The largest text, in bytes of UTF-8: what a frame may carry. */
  readonly maxTextBytes?: number;
  /** What a text means as an address; `undefined`: none. */
  readonly addressOf?: (text: string) => string | undefined;
}

/** Thrown for what can't be imported; its message names the line and says what is wrong. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** Bytes that a line may have besides its text: names, a time, and what else an export may write. */
const REST_BYTES = 65_536;
/** Bytes of JSON that one byte of text takes at most. */
const JSON_FACTOR = 6;

/** The longest line that an import reads for texts of so many bytes. */
export function maxLineBytes(maxTextBytes: number): number {
  return maxTextBytes * JSON_FACTOR + REST_BYTES;
}

interface Room {
  readonly id: number;
  /** What the checksums of its messages begin with. */
  readonly sum: number;
  first: number;
  last: number;
}

/**
 * Stores the messages of `lines`, each a JSON object as an export writes it, in one transaction.
 *
 * A room's messages are numbered on from its last one. A room without any begins with the number of
 * its first message in the file, so that a whole room gets back the numbers that it had.
 *
 * Throws an {@linkcode ImportError}, and stores nothing, for a bad line or a file that was imported
 * before: the same bytes, whatever it is called.
 */
export async function importMessages(
  db: DatabaseSync,
  lines: AsyncIterable<string>,
  { again = false, maxTextBytes = MAX_PAYLOAD_BYTES, addressOf }: ImportOptions = {},
): Promise<ImportReport> {
  const hash = createHash("sha256");
  db.exec("BEGIN IMMEDIATE");
  try {
    const writer = new Writer(db, new ImportNotes(db, addressOf));
    let number = 0;
    for await (const line of lines) {
      number++;
      hash.update(`${line}\n`);
      if (line.trim() === "") continue;
      const parsed = parse(line, number, maxTextBytes);
      if (parsed === undefined) writer.withheld++;
      else writer.write(parsed, number);
    }
    // Of nothing there is nothing to note: another empty file is not the same one again.
    if (writer.report.messages > 0) remember(db, hash.digest("hex"), again);
    writer.finish();
    db.exec("COMMIT");
    return writer.report;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Notes that a file was imported. */
function remember(db: DatabaseSync, digest: string, again: boolean): void {
  const key = `imported ${digest}`;
  const earlier = metaOf(db, key);
  if (earlier !== undefined && !again) {
    throw new ImportError(
      `This was imported already, at ${earlier}; nothing was stored (--again does it once more)`,
    );
  }
  setMeta(db, key, new Date().toISOString());
}

/** Puts messages into the tables. */
class Writer {
  readonly #rooms = new Map<string, Room>();
  readonly #names = new Map<string, number>();
  readonly #db: DatabaseSync;
  readonly #notes: ImportNotes;
  readonly #insert: StatementSync;
  #lastId: number;
  #messages = 0;
  #renumbered = 0;
  withheld = 0;

  constructor(db: DatabaseSync, notes: ImportNotes) {
    this.#db = db;
    this.#notes = notes;
    this.#insert = db.prepare(
      "INSERT INTO message (id, room, seq, at, sender, action, text, sum) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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
      renumbered: this.#renumbered,
      withheld,
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  /** Throws an {@linkcode ImportError} that names the line by its `number`. */
  write(line: Line, number: number): void {
    this.#notes.line(line);
    if (line.text === "") return;
    const room = this.#roomOf(line);
    if (room.last < room.first) {
      room.first = Math.max(room.first, line.seq ?? 1);
      room.last = room.first - 1;
    }
    const seq = ++room.last;
    if (!Number.isSafeInteger(seq)) {
      throw new ImportError(
        `Line ${number}: The room ${line.room} has no numbers left; nothing was stored`,
      );
    }
    const action = Number(line.action);
    this.#insert.run(
      ++this.#lastId,
      room.id,
      seq,
      line.at,
      this.#nameOf(line.from),
      action,
      line.text,
      messageSum(room.sum, { seq, at: line.at, action, sender: line.from, text: line.text }),
    );
    this.#messages++;
    if (line.seq !== undefined && line.seq !== seq) this.#renumbered++;
  }

  /** Writes down where the rooms end now. */
  finish(): void {
    const update = this.#db.prepare("UPDATE room SET first = ?, last = ? WHERE id = ?");
    for (const { id, first, last } of this.#rooms.values()) update.run(first, last, id);
  }

  #roomOf({ key, room: name }: Line): Room {
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const floor = roomFloor(this.#db);
    const { changes } = this.#db.prepare(
      "INSERT OR IGNORE INTO room (kind, key, name, first, last) VALUES (?, ?, ?, ?, ?)",
    )
      .run(ROOM, key, name, floor + 1, floor);
    if (Number(changes) > 0) this.#notes.room(name, key);
    const row = this.#db.prepare("SELECT id, first, last FROM room WHERE kind = ? AND key = ?")
      .get(ROOM, key);
    const room = {
      id: Number(row?.["id"]),
      sum: logSum(ROOM, key),
      first: Number(row?.["first"]),
      last: Number(row?.["last"]),
    };
    this.#rooms.set(key, room);
    return room;
  }

  #nameOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#notes.name(name);
    this.#db.prepare("INSERT OR IGNORE INTO name (name, key) VALUES (?, ?)").run(
      name,
      nameKey(name),
    );
    const id = Number(this.#db.prepare("SELECT id FROM name WHERE name = ?").get(name)?.["id"]);
    this.#names.set(name, id);
    return id;
  }
}

/** Reads one line. Whatever is wrong with it is said with its number. */
function parse(line: string, number: number, maxTextBytes: number): Line | undefined {
  try {
    return readLine(line, maxTextBytes);
  } catch (error) {
    if (!(error instanceof FieldError || error instanceof Refusal)) throw error;
    throw new ImportError(`Line ${number}: ${error.message}; nothing was stored`);
  }
}
