/**
 * Facts about a message that was said: it is edited, removed, reacted to, pinned or answered. Each is an entry of the
 * same log with a number of its own. Whether the message is there, and whose it is, only the log knows:
 * it judges that in the fact's place, see judge_life.ts.
 */

import type { Reactor } from "../messages/history.ts";
import type { ReadLog, RoomLog } from "../messages/log_key.ts";
import type { Role } from "../people/permissions.ts";
import type { Hash } from "../sessions/session.ts";

/** What all of them have. */
interface AboutMessage {
  readonly log: ReadLog;
  /** What the room is called, or the other of the conversation. */
  readonly title: string;
  /** The seq of the message that it is about. */
  readonly re: number;
  readonly from: string;
  /** The session that asks. */
  readonly by: Hash;
  /** The id of the account that asks; none for a guest. */
  readonly author?: string;
  /** As in {@linkcode SayFact}: both, or neither. */
  readonly session?: Hash;
  readonly id?: string;
  /** Why it may not be done: it is only looked for whether it was before. Found by decide.ts. */
  readonly refusal?: { readonly code: string; readonly text: string };
}

/** Somebody gives a message of its own another text. */
export interface ReviseFact extends AboutMessage {
  readonly kind: "revise";
  readonly text: string;
  /** For how long after it was said a message may be edited, in ms. */
  readonly windowMs: number;
}

/** Somebody removes a message: its text is nowhere any more. */
export interface RemoveFact extends AboutMessage {
  readonly kind: "remove";
  readonly reason?: string;
  /** It may be somebody else's. Found by decide.ts. */
  readonly mayAny?: true;
}

/** Somebody reacts to a message, or takes that back. */
export interface ReactFact extends AboutMessage {
  readonly kind: "react";
  readonly key: string;
  readonly off?: true;
  /** Who counts as one; guests of one address do together. */
  readonly who: Reactor;
}

/** Somebody pins a message to its room, or takes it off. */
export interface PinFact extends AboutMessage {
  readonly kind: "pin";
  readonly log: RoomLog;
  readonly off?: true;
}

/** Somebody answers the question of a message. */
export interface AnswerFact extends AboutMessage {
  readonly kind: "answer";
  readonly choice: string;
  /** As in {@linkcode ReactFact}. */
  readonly who: Reactor;
  /** What it may act as in the room, or on the server in a conversation. Found by decide.ts. */
  readonly roles?: readonly Role[];
}

/** A fact about a message. */
export type LifeFact = ReviseFact | RemoveFact | ReactFact | PinFact | AnswerFact;

/** Whether a fact is one about a message. */
export function isLifeFact(fact: { readonly kind: string }): fact is LifeFact {
  switch (fact.kind) {
    case "revise":
    case "remove":
    case "react":
    case "pin":
    case "answer":
      return true;
    default:
      return false;
  }
}
