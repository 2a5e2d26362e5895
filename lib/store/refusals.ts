/** Why something is not stored, as its sender is told. */

import { Refusal } from "../chat/refusal.ts";

/** Why a message is refused that the disk did not take. */
export function notStored(why: string): Refusal {
  return new Refusal(
    "not-stored",
    `The message could not be stored: ${why}; try again later`,
    5_000,
  );
}

/** Thrown for what can't be read. */
export class Unreadable extends Refusal {
  /** The database is damaged: asking again is of no use. */
  readonly damaged: boolean;

  constructor(why: string, damaged = false) {
    super("not-readable", `The stored messages can't be read (${why}); try again later`);
    this.damaged = damaged;
  }
}

/** Whether something can't be read because the database is damaged. */
export function isDamaged(error: unknown): error is Unreadable {
  return error instanceof Unreadable && error.damaged;
}

/** Why nothing is kept of a room: there are as many as there may be. */
export function roomLimit(title: string): Refusal {
  const text = `${title} can't be opened: the server keeps as many rooms as it can`;
  return new Refusal("room-limit", text);
}
