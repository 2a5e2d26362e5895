/** Refusals for what can't be stored or read, and stubs in place of damaged messages. */

import { atOf, type HistoryEntry, isMessage, seqOf } from "../chat/messages/entries.ts";
import { withheld } from "../chat/messages/fits.ts";
import { isRoomLog, keyOf, type LogKey } from "../chat/messages/log_key.ts";
import { Refusal } from "../chat/refusal.ts";
import { SERVER_NAME } from "../wire/names.ts";

/**
 * The refusal of `what` when it could not be stored. Trying again may help, unless the files were lost
 * while the server was running.
 */
export function notStored(what: string, why: string, isLost: boolean): Refusal {
  const help = isLost
    ? "whoever runs the server has to put its files right and start it again"
    : "try again later";
  return new Refusal("not-stored", `${what} could not be stored: ${why}; ${help}`, 5_000);
}

/** Thrown when stored messages can't be read. */
export class Unreadable extends Refusal {
  /** Whether the database is damaged, so that it is no use to ask again. */
  readonly damaged: boolean;

  constructor(why: string, damaged = false) {
    const help = damaged ? "chatroom check tells what is lost" : "try again later";
    super("not-readable", `The stored messages can't be read (${why}); ${help}`);
    this.damaged = damaged;
  }
}

/** Whether something could not be read because the database is damaged. */
export function isDamaged(error: unknown): error is Unreadable {
  return error instanceof Unreadable && error.damaged;
}

/** The refusal of what would have a room kept when as many are as may be. */
export function roomLimit(title: string): Refusal {
  const text = `Nothing of ${title} can be kept: the server keeps as many rooms as it can; its ` +
    "operator can remove some";
  return new Refusal("room-limit", text);
}

/** How long a failed read counts as trouble if the database is not damaged, in ms (30 s). */
const PATIENCE_MS = 30_000;

/** Remembers why reads have failed, for the state of the server. */
export class ReadTrouble {
  readonly #onProblem: (text: string) => void;
  #damage: string | undefined;
  #failed: string | undefined;
  #failedAt = -Infinity;

  constructor(onProblem: (text: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Why not everything can be read, or `undefined` if it can. Damage stays, other trouble passes. */
  get text(): string | undefined {
    if (this.#damage !== undefined) return this.#damage;
    return performance.now() - this.#failedAt < PATIENCE_MS ? this.#failed : undefined;
  }

  /** To be called when a read has failed. Reports only the first failure of each kind. */
  note({ message, damaged }: Unreadable): void {
    if (damaged) {
      if (this.#damage === undefined) {
        this.#onProblem(
          `The database is damaged: ${message}. Stop the server; chatroom check says what is wrong, ` +
            "and chatroom export --salvage prints what can be read",
        );
      }
      this.#damage = message;
      return;
    }
    if (this.text === undefined) this.#onProblem(message);
    this.#failed = message;
    this.#failedAt = performance.now();
  }
}

/** The entries with the numbers `from` to `to`: those that were found, and stubs for the missing ones. */
export function withStubs(
  log: LogKey,
  from: number,
  to: number,
  found: readonly HistoryEntry[],
): HistoryEntry[] {
  const bySeq = new Map(found.map((entry) => [seqOf(entry), entry]));
  const room = found.find(isMessage)?.message.room ?? (isRoomLog(log) ? keyOf(log) : "");
  let at = found[0] === undefined ? new Date(0).toISOString() : atOf(found[0]);
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    const entry = bySeq.get(seq);
    at = entry === undefined ? at : atOf(entry);
    if (entry !== undefined) return entry;
    const lost = { room, seq, from: SERVER_NAME, at, text: "" };
    return { message: withheld(lost, "damaged") };
  });
}
