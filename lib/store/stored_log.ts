/**
 * The rows of logs and sessions. A session goes by the hash of its secret, in the rows and in memory
 * alike: the secret is never stored.
 */

import { directLog, isRoomLog, keyOf, type LogKey, roomLog } from "../chat/log_key.ts";
import type { Hash } from "../chat/log/fact.ts";

/** Kinds of logs, as the column `kind` has them. */
export const ROOM = 0;
export const INBOX = 1;
export type Kind = typeof ROOM | typeof INBOX;

/** The row that a log has. */
export function rowOf(log: LogKey): { readonly kind: Kind; readonly key: string } {
  return { kind: isRoomLog(log) ? ROOM : INBOX, key: keyOf(log) };
}

/** The log that a row is of. */
export function logOf(kind: number, key: string): LogKey {
  return kind === ROOM ? roomLog(key) : directLog(key);
}

/** The key of the log of direct messages of the session with this hash. */
export function inboxKey(hash: Uint8Array): Hash {
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A hash as the table of sessions has it. */
export function bytesOf(hash: Hash): Uint8Array {
  return Uint8Array.fromHex(hash);
}
