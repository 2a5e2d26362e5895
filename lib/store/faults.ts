/** What SQLite and the system throw, in a sentence: what is so, and what to do about it. */

/** SQLite's codes of what is wrong with the file's content: ERROR, CORRUPT, SCHEMA, CONSTRAINT … */
const OF_THE_CONTENT: ReadonlySet<number> = new Set([0, 1, 11, 17, 19, 20, 24, 26]);
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** SQLite's texts of these codes. */
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

/** What readers and the writer share can't be made as large as it must be. */
const IOERR_SHMSIZE = IOERR | 19 << 8;

/** The file ends before what is looked for. */
const IOERR_SHORT_READ = IOERR | 2 << 8;

/** CORRUPT and NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, NOTADB]);

/** The system's names for a disk that takes no more: all of it, or what this user may have. */
const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

interface Coded extends Error {
  readonly code?: string;
  /** SQLite's extended code. */
  readonly errcode?: number;
}

/** Thrown for a store that can't be used. The message says why and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** What SQLite or the system threw, as a {@linkcode StoreError}; a bug of ours is returned as it is. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const text = describeFault(error, path);
  return text === undefined ? error : new StoreError(text);
}

/** What is wrong with a database or a file beside it; `undefined` for a bug of ours. */
export function describeFault(error: unknown, path: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Coded;
  const why = reasonOf(error);
  if (isNoRoom(error)) {
    return `${path} can't be used: there is no room on the disk for it or the files beside it ` +
      `(${why}); make room, and try again`;
  }
  if (code === "ERR_SQLITE_ERROR") return ofDatabase(path, codeOf(error), why);
  // A number that we never store.
  if (code === "ERR_OUT_OF_RANGE") return damaged(path, why);
  if (/\(os error \d+\)/.test(error.message)) {
    return `${path} can't be used (${why}); let this user read and write its directory, or name ` +
      "another one with --data";
  }
  return undefined;
}

/** Whether it was SQLite that failed, or something in a table that can't be read. */
export function isOfDatabase(error: unknown): boolean {
  return ["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"].includes((error as Coded).code ?? "");
}

/** Thrown for what is not where the database says that it is. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

/** Whether something failed because the database is damaged, so that trying again is of no use. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true;
  if (!isOfDatabase(error)) return false;
  if ((error as Coded).code === "ERR_OUT_OF_RANGE") return true;
  const errcode = codeOf(error as Coded);
  return errcode === IOERR_SHORT_READ || DAMAGED.has(errcode & 0xff);
}

/** Whether a file was refused because it is no database at all. */
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

/** Why something can't be done to a file, without the number and the call that Deno adds. */
export function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/ \(os error.*/s, "");
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

/** What opening and `exec` fail with has a text and no code. */
function codeOf({ errcode, message }: Coded): number {
  return errcode ?? CODES.find(([text]) => message.startsWith(text))?.[1] ?? 0;
}
