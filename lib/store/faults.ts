/** Turns errors of SQLite and the system into sentences that say what is wrong and what to do about it. */

import { reasonOf } from "../wire/text.ts";

/** SQLite's codes for wrong content in the file: ERROR, CORRUPT, SCHEMA, CONSTRAINT … */
const OF_THE_CONTENT: ReadonlySet<number> = new Set([0, 1, 11, 17, 19, 20, 24, 26]);
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** SQLite's messages for these codes. */
const CODES: ReadonlyArray<readonly [text: string, code: number]> = [
  ["database is locked", BUSY],
  ["database table is locked", LOCKED],
  ["attempt to write a readonly database", READONLY],
  ["disk I/O error", IOERR],
  ["database or disk is full", FULL],
  ["unable to open database file", CANTOPEN],
  ["database disk image is malformed", 11],
  ["file is not a database", NOTADB],
];

/** The file that readers and the writer share (`-shm`) can't grow to the size that it needs. */
const IOERR_SHMSIZE = IOERR | 19 << 8;

/** The file ends before the page that SQLite wants to read. */
const IOERR_SHORT_READ = IOERR | 2 << 8;

/** CORRUPT and NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, NOTADB]);

/** The system's codes for a full disk and for a user who has used up their quota. */
const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

interface Coded extends Error {
  readonly code?: string;
  /** SQLite's extended code. */
  readonly errcode?: number;
}

/** Thrown when a store can't be used. The message says why and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** Turns an error of SQLite or the system into a {@linkcode StoreError}. Returns any other as it is. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const text = describeFault(error, path);
  return text === undefined ? error : new StoreError(text);
}

/**
 * Describes an error about a database or a file beside it. Returns `undefined` for any other error,
 * which must be a bug of ours.
 */
export function describeFault(error: unknown, path: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Coded;
  const why = reasonOf(error);
  if (isNoRoom(error)) {
    return `${path} can't be used: there is no room on the disk for it or the files beside it ` +
      `(${why}); make room, and try again`;
  }
  if (code === "ERR_SQLITE_ERROR") return ofDatabase(path, codeOf(error), why);
  // A number that is too large for JavaScript. We never store one.
  if (code === "ERR_OUT_OF_RANGE") return damaged(path, why);
  if (/\(os error \d+\)/.test(error.message)) {
    return `${path} can't be used (${why}); let this user read and write its directory, or name ` +
      "another one with --data";
  }
  return undefined;
}

/** Whether the error came from SQLite, or from a value in a table that can't be read. */
export function isOfDatabase(error: unknown): boolean {
  return ["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"].includes((error as Coded).code ?? "");
}

/** Thrown when a row is missing that the database says it has. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

/** Whether something failed because the database is damaged, so that it is no use to try again. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true;
  if (!isOfDatabase(error)) return false;
  if ((error as Coded).code === "ERR_OUT_OF_RANGE") return true;
  const errcode = codeOf(error as Coded);
  return errcode === IOERR_SHORT_READ || DAMAGED.has(errcode & 0xff);
}

/** What is looked up; `undefined` if it can't be read for damage. */
export function unlessDamaged<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Whether SQLite refused a file because it is no database. */
export function isNoDatabase(error: unknown): boolean {
  const { code = "" } = error as Coded;
  return code === "ERR_SQLITE_ERROR" && (codeOf(error as Coded) & 0xff) === NOTADB;
}

/** Whether something failed because the disk is full. */
export function isNoRoom(error: unknown): boolean {
  const { code = "" } = error as Coded;
  if (code !== "ERR_SQLITE_ERROR") return NO_ROOM.has(code);
  const errcode = codeOf(error as Coded);
  return errcode === IOERR_SHMSIZE || (errcode & 0xff) === FULL;
}

function ofDatabase(path: string, code: number, why: string): string {
  if (OF_THE_CONTENT.has(code & 0xff)) return damaged(path, why);
  switch (code & 0xff) {
    case BUSY:
    case LOCKED:
      return `${path} is in use by another program (${why}); try again when that is done`;
    case READONLY:
      return `${path} can't be written (${why}); let this user write it and its directory`;
    case IOERR:
      return `${path} can't be read or written (${why}): the disk is full or has a fault; make ` +
        "room, or see what the system says of the disk, and try again";
    case CANTOPEN:
      return `${path} can't be opened, or no file can be made beside it (${why}); let this user ` +
        "write it and its directory, or copy it to where that is possible";
    default:
      return `${path} can't be used (${why}); try again`;
  }
}

function damaged(path: string, why: string): string {
  return `${path} can't be read as a database (${why}); restore it, or move it away`;
}

/** SQLite's code of an error. Errors of opening and of `exec` have only a message, so that is looked up. */
function codeOf({ errcode, message }: Coded): number {
  return errcode ?? CODES.find(([text]) => message.startsWith(text))?.[1] ?? 0;
}
