/** Why something is not stored, as its sender is told. */

import { Refusal } from "../chat/refusal.ts";

/** What helps when something could not be stored: time, unless the files are lost under the server. */
function whatHelps(isLost: boolean): string {
  return isLost
    ? "whoever runs the server has to put its files right and start it again"
    : "try again later";
}

/** Why a message is refused that the disk did not take. */
export function notStored(why: string, isLost = false): Refusal {
  return new Refusal(
    "not-stored",
    `The message could not be stored: ${why}; ${whatHelps(isLost)}`,
    5_000,
  );
}

/** Why a change of people is refused that the disk did not take. */
export function notKept(why: string, isLost = false): Refusal {
  const text = `That could not be stored: ${why}; ${whatHelps(isLost)}`;
  return new Refusal("not-stored", text, 5_000);
}

/** Thrown for what can't be read. */
export class Unreadable extends Refusal {
  /** The database is damaged: asking again is of no use. */
  readonly damaged: boolean;

  constructor(why: string, damaged = false) {
    const help = damaged ? "chatroom check tells what is lost" : "try again later";
    super("not-readable", `The stored messages can't be read (${why}); ${help}`);
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
