/**
 * How columns hold logs, sessions, texts and times. A session goes by the hash of its secret, both in
 * rows and in memory: the secret is never stored.
 */

import type { SQLOutputValue } from "node:sqlite";
import {
  chatLog,
  directLog,
  isChatLog,
  isRoomLog,
  keyOf,
  type LogKey,
  roomLog,
} from "../chat/messages/log_key.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { StoreError } from "./faults.ts";

/** Kinds of logs, as in the column `kind` of `room`. */
export const ROOM = 0;
export const INBOX = 1;
export const CHAT = 2;
export type Kind = typeof ROOM | typeof INBOX | typeof CHAT;

/** The kind of a log that was removed, until upkeep has removed what was said in it. */
export const GONE = 3;

/**
 * Kinds of entries, as in the column `kind` of `message`: what is said has 0, 1 for `/me`, or this for a notice,
 * which an earlier release reads as what was said.
 */
export const ACTION = 1;
export const NOTICE = -1;
export const REVISE = 2;
export const REMOVE = 3;
export const REACT = 4;
export const PIN = 5;
export const ANSWER = 6;

/** The kind in the table `life` of a reaction or a pin that was taken back. */
export const OFF_REACT = 14;
export const OFF_PIN = 15;
/** The kind in the table `life` that counts how often somebody has taken back a reaction. */
export const TAKEN_BACK = 24;

/** The kind and key in the row of a log. */
export function rowOf(log: LogKey): { readonly kind: Kind; readonly key: string } {
  const kind = isRoomLog(log) ? ROOM : isChatLog(log) ? CHAT : INBOX;
  return { kind, key: keyOf(log) };
}

/** The log with this kind and key in its row. */
export function logOf(kind: number, key: string): LogKey {
  return kind === ROOM ? roomLog(key) : kind === CHAT ? chatLog(key) : directLog(key);
}

/** A hash as the table of sessions stores it. */
export function bytesOf(hash: Hash): Uint8Array {
  return Uint8Array.fromHex(hash);
}

/** A text may begin with U+FEFF, which a decoder otherwise drops as a byte order mark. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Selects a column with texts under the name `as`, for {@linkcode textOf}. SQLite's driver cuts a text
 * short at a NUL, so one that has a NUL is read as bytes.
 */
export function textColumn(column: string, as: string): string {
  return `iif(instr(${column}, char(0)), CAST(${column} AS BLOB), ${column}) AS ${as}`;
}

/** The text in a column that was selected by {@linkcode textColumn}. */
export function textOf(value: SQLOutputValue | undefined): string {
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}

/** The last time that a `Date` can have, in ms since 1970; the first one is `-MAX_TIME`. */
export const MAX_TIME = 8_640_000_000_000_000;

/**
 * Selects a column with times, each brought into the range of a `Date`, so that one wrong row does not
 * keep a server from starting. `chatroom check` tells of it.
 */
export function timeColumn(column: string): string {
  return `max(-${MAX_TIME}, min(${MAX_TIME}, ${column})) AS ${column}`;
}

/** A time as RFC 3339. If it is out of range, throws a {@linkcode StoreError} that names `what` has it. */
export function storedTime(ms: number, what: string): string {
  if (Math.abs(ms) <= MAX_TIME) return new Date(ms).toISOString();
  throw new StoreError(
    `${what} has ${ms} for a time, which is none: the database is damaged; chatroom check tells ` +
      "what else is, and a backup is to be put back",
  );
}
