/** Stores messages that were exported before, all of them or none. */

import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Refusal } from "../chat/refusal.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { FieldError } from "../wire/fields.ts";
import { logSum, messageSum } from "./message_row.ts";
import { highestId, metaOf, setMeta } from "./meta.ts";
import { type Line, readLine } from "./import_line.ts";
import { roomFloor, someOf } from "./rooms.ts";
import { Rows } from "./rows.ts";
import { getRow, runSql } from "./sql.ts";
import { ROOM } from "./columns.ts";
import { alike } from "../chat/names/check_name.ts";
import { nameKey } from "../words/names.js";
import { RoomNames } from "../chat/rooms/room_names.ts";

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

/** Reads one line. Whatever is wrong with it is said with its number. */
function parse(line: string, number: number, maxTextBytes: number): Line | undefined {
  try {
    return readLine(line, maxTextBytes);
  } catch (error) {
    if (!(error instanceof FieldError || error instanceof Refusal)) throw error;
    throw new ImportError(`Line ${number}: ${error.message}; nothing was stored`);
  }
}

/**
 * Gathers what to tell of a file that holds what nobody could say now. Exports of earlier versions do,
 * and are imported nevertheless.
 */
class ImportNotes {
  readonly #rooms: RoomNames;
  readonly #addressOf: (text: string) => string | undefined;
  readonly #alike: string[] = [];
  readonly #addresses: string[] = [];
  #changed = 0;
  #blank = 0;

  /** `db` has the rooms that were there before. */
  constructor(db: DatabaseSync, addressOf: (text: string) => string | undefined = () => undefined) {
    const rows = db.prepare("SELECT name, key FROM room WHERE kind = ? ORDER BY id").all(ROOM);
    const rooms = rows.map(({ name, key }) => ({ name: String(name), key: String(key) }));
    this.#rooms = new RoomNames(() => true, rooms);
    this.#addressOf = addressOf;
  }

  /** A message is stored, or left out where nothing is left of its text. */
  line({ text, isChanged }: Line): void {
    if (text === "") this.#blank++;
    else if (isChanged) this.#changed++;
  }

  /** A room is new. */
  room(name: string, key: string): void {
    const other = this.#rooms.find(name, key);
    if (other !== undefined) this.#alike.push(alike(name, other.name));
    this.#rooms.add({ name, key });
  }

  /** Somebody has said something. */
  name(name: string): void {
    if (this.#addressOf(nameKey(name)) !== undefined) this.#addresses.push(name);
  }

  get sentences(): string[] {
    return [
      ...this.#changed === 0 ? [] : [
        `Stored without blank lines at the end and with LF for CR LF, as texts are kept: ${this.#changed}`,
      ],
      ...this.#blank === 0 ? [] : [
        `Left out, since their texts are blank lines and nothing else: ${this.#blank}`,
      ],
      ...this.#alike.length === 0 ? [] : [
        `Rooms that look like others, which nobody can open now: ${someOf(this.#alike)}`,
      ],
      ...this.#addresses.length === 0 ? [] : [
        `Names that are addresses, which nobody can take now: ${someOf(this.#addresses)}`,
      ],
    ];
  }
}
