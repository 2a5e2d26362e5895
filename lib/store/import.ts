/** Imports messages from an export, all of them or none. */

import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Refusal } from "../chat/refusal.ts";
import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import type { SentFile } from "../wire/events.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { FieldError } from "../wire/fields.ts";
import { addFile } from "./files.ts";
import { logSum, messageSum } from "./message_row.ts";
import { highestId, metaOf, setMeta } from "./meta.ts";
import { type Line, readLine } from "./import_line.ts";
import { ImportNotes } from "./import_notes.ts";
import { roomFloor } from "./rooms.ts";
import { Rows } from "./rows.ts";
import { getRow, runSql } from "./sql.ts";
import { ROOM } from "./columns.ts";

/** What an import did. */
export interface ImportReport {
  readonly messages: number;
  readonly rooms: number;
  /** How many messages have another number than in the file. */
  readonly renumbered: number;
  /** How many lines were left out because they only stand for a message that was withheld. */
  readonly withheld: number;
  /** Sentences about what was changed, and about what nobody could say on a server of this version. */
  readonly notes?: readonly string[];
}

/** How to import. */
export interface ImportOptions {
  /** Also imports a file that was imported before. */
  readonly again?: boolean;
  /** The largest text, in bytes of UTF-8, as the server's `--max-payload` has it. */
  readonly maxTextBytes?: number;
  /** The address that a text stands for, or `undefined` if it is none. */
  readonly addressOf?: (text: string) => string | undefined;
  /**
   * Brings the bytes of a file to where they are kept, before its message is stored. Returns the file with
   * the type that these bytes have; `undefined` if they are not to be had. Then, and if this is left out,
   * the message is stored as a text.
   */
  readonly takeFile?: (file: SentFile) => Promise<SentFile | undefined>;
}

/** Thrown when a file can't be imported. The message says what is wrong, and in which line. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** How long a line may be besides its text, in bytes: names, a time, and what later exports may add. */
const REST_BYTES = 65_536;
/** How many bytes of JSON one byte of text takes at most, such as `\u0001`. */
const JSON_FACTOR = 6;

/** The longest line that an import reads, in bytes, when texts may have `maxTextBytes`. */
export function maxLineBytes(maxTextBytes: number): number {
  return maxTextBytes * JSON_FACTOR + REST_BYTES;
}

/** Files that were imported count in nobody's quota, since ids of accounts are those of one server. */
const NOBODY = "account ";

interface Room {
  readonly id: number;
  /** The part that the checksums of all its messages share. */
  readonly sum: number;
  first: number;
  last: number;
}

/**
 * Stores the messages in `lines`, each a JSON object as an export writes it, in one transaction.
 *
 * Messages get the next numbers in their room. A room without messages begins with the number of its
 * first message in the file, so that a room that was exported whole gets its old numbers back.
 *
 * Throws an {@linkcode ImportError} and stores nothing if a line is bad, or if a file with the same
 * bytes was imported before.
 */
export async function importMessages(
  db: DatabaseSync,
  lines: AsyncIterable<string>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { again = false, maxTextBytes = MAX_PAYLOAD_BYTES, addressOf, takeFile } = options;
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
      if (parsed === undefined) {
        writer.withheld++;
        continue;
      }
      const file = parsed.file && await takeFile?.(parsed.file);
      writer.write(parsed, number, file);
    }
    // An empty file is not noted, since all empty files are the same.
    if (writer.report.messages > 0) remember(db, hash.digest("hex"), again);
    writer.finish();
    db.exec("COMMIT");
    return writer.report;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Notes that a file was imported. Throws an {@linkcode ImportError} if it was before. */
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

/** Inserts messages into the tables. */
class Writer {
  readonly #rooms = new Map<string, Room>();
  readonly #names = new Map<string, number>();
  readonly #rows: Rows;
  readonly #db: DatabaseSync;
  readonly #notes: ImportNotes;
  readonly #insert: StatementSync;
  #lastId: number;
  #messages = 0;
  #renumbered = 0;
  withheld = 0;

  constructor(db: DatabaseSync, notes: ImportNotes) {
    this.#db = db;
    this.#rows = new Rows(db);
    this.#notes = notes;
    this.#insert = db.prepare(
      "INSERT INTO message (id, room, seq, at, sender, kind, text, sum, file) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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

  /**
   * Stores the message in a line, with its file if the bytes are there. Throws an {@linkcode ImportError}
   * that says the line's `number`.
   */
  write(line: Line, number: number, brought?: SentFile): void {
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
    const file = brought && { ...brought, id: this.#fileId(brought.id) };
    if (line.file !== undefined && file === undefined) this.#notes.withoutFile();
    const { at, from: sender, text } = line;
    const action = Number(line.action);
    this.#insert.run(
      ++this.#lastId,
      room.id,
      seq,
      at,
      this.#nameOf(sender),
      action,
      text,
      messageSum(room.sum, { seq, at, action, sender, text, file }),
      file === undefined ? null : file.id,
    );
    if (file !== undefined) addFile(this.#db, { file, owner: NOBODY, room: room.id, seq });
    this.#messages++;
    if (line.seq !== undefined && line.seq !== seq) this.#renumbered++;
  }

  /** The id of a file in a line, or another one if a file here has it. */
  #fileId(id: string): string {
    const isTaken = getRow(this.#db, "SELECT 1 FROM file WHERE id = ?", id) !== undefined;
    return isTaken ? idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))) : id;
  }

  /** Stores the new first and last numbers of the rooms. */
  finish(): void {
    const update = this.#db.prepare("UPDATE room SET first = ?, last = ? WHERE id = ?");
    for (const { id, first, last } of this.#rooms.values()) update.run(first, last, id);
  }

  #roomOf({ key, room: name }: Line): Room {
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const floor = roomFloor(this.#db);
    const isNew = runSql(
      this.#db,
      "INSERT OR IGNORE INTO room (kind, key, name, first, last) VALUES (?, ?, ?, ?, ?)",
      ...[ROOM, key, name, floor + 1, floor],
    ) > 0;
    if (isNew) this.#notes.room(name, key);
    const sql = "SELECT id, first, last FROM room WHERE kind = ? AND key = ?";
    const row = getRow(this.#db, sql, ROOM, key) as unknown as Omit<Room, "sum">;
    const room = { ...row, sum: logSum(ROOM, key) };
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

/** Reads one line. Throws an {@linkcode ImportError} with its number if it is bad. */
function parse(line: string, number: number, maxTextBytes: number): Line | undefined {
  try {
    return readLine(line, maxTextBytes);
  } catch (error) {
    if (!(error instanceof FieldError || error instanceof Refusal)) throw error;
    throw new ImportError(`Line ${number}: ${error.message}; nothing was stored`);
  }
}
