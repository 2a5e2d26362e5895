/** Facts about a person that pass: what it has read, and that it is away. */

import type { ReadLog } from "../messages/log_key.ts";
import type { Hash } from "../sessions/session.ts";

/** Somebody has read what its account has listed, up to a message. A `list` has it kept later. */
export interface MarkFact {
  readonly kind: "mark";
  readonly by: Hash;
  readonly log: ReadLog;
  /** What the room is called. */
  readonly title: string;
  /** The seq of that message. */
  readonly read: number;
  /** It may also be less than before: what follows is unread again. */
  readonly back?: true;
}

/** Somebody is away from all its devices, or is back. */
export interface AwayFact {
  readonly kind: "away";
  readonly by: Hash;
  /** Why; none: it is back. */
  readonly text?: string;
}
