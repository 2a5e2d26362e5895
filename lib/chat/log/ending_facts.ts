/** Facts by which connections end, and what is over some time after that. */

import type { Hash, LeaveReason } from "../sessions/session.ts";

/** Somebody's connection has ended. */
export interface ExitFact extends LeaveReason {
  readonly kind: "exit";
  readonly session: Hash;
  /** How often it had come in when that connection began: if it has come again, nothing ends. */
  readonly times: number;
  /**
   * The node that it was connected with, where there are several: a session that came to another one meanwhile
   * goes on there. Its count alone does not tell, which begins anew where it was known no longer in between.
   */
  readonly node?: string;
  /** It leaves its rooms and its name at once. Otherwise both are kept for a while. */
  readonly clean?: true;
  /** It does not come back. */
  readonly isDone?: true;
}

/**
 * A node is dead, where there are several: whoever is connected with it is cut off, as by an `exit` that is
 * not clean. Rooms are told the reason, if there is one, of those who do not come back.
 */
export interface LostFact extends LeaveReason {
  readonly kind: "lost";
  /** What the node goes by. */
  readonly node: string;
}

/**
 * Time has passed: whatever is over by then goes. Names and sessions are kept by this time, and not by
 * that of the entries, since a clock that is set is no lapse of time.
 */
export interface TickFact {
  readonly kind: "tick";
  /** How long the order of facts has gone on, in ms. */
  readonly time: number;
}
