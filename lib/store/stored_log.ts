/**
 * Logs as the store knows them: the secret of a session is never stored, so the log of its direct
 * messages goes by the hash of it, in the rows and in memory alike.
 */

import { createHash } from "node:crypto";
import { isRoomLog, keyOf, type LogKey, type RoomLog } from "../chat/log_key.ts";

/** The direct messages to the session whose secret has this hash (hexadecimal); none for those without. */
export type Inbox = `inbox ${string}`;

/** A log by its row. */
export type StoredLog = RoomLog | Inbox;

/** Kinds of logs, as the column `kind` has them. */
export const ROOM = 0;
export const INBOX = 1;
export type Kind = typeof ROOM | typeof INBOX;

/** A log as it is stored. */
export function storedLog(log: LogKey): StoredLog {
  if (isRoomLog(log)) return log;
  const secret = keyOf(log);
  return `inbox ${secret === "" ? "" : hex(hashOf(secret))}`;
}

/** The row that a log has. */
export function rowOf(log: StoredLog): { readonly kind: Kind; readonly key: string } {
  return { kind: isRoomLog(log) ? ROOM : INBOX, key: keyOf(log) };
}

/** The log that a row is of. */
export function logOf(kind: number, key: string): StoredLog {
  return kind === ROOM ? `room ${key}` : `inbox ${key}`;
}

/** The key of the log of direct messages of the session with this hash. */
export function inboxKey(hash: Uint8Array): string {
  return hex(hash);
}

/** The SHA-256 of a session's secret. */
export function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Remembers the hashes of the secrets that were asked for lately. */
export class StoredLogs {
  readonly #known = new Map<LogKey, StoredLog>();

  /** As {@linkcode storedLog}. */
  of(log: LogKey): StoredLog {
    if (isRoomLog(log)) return log;
    let stored = this.#known.get(log);
    if (stored === undefined) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(log, stored = storedLog(log));
    }
    return stored;
  }

  /** Forgets a secret. */
  drop(log: LogKey): void {
    this.#known.delete(log);
  }
}

const MOST_KNOWN = 10_000;
