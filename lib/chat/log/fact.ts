/**
 * Facts: what must be agreed, in one order. What the house knows is the result of the facts, on every
 * machine the same, so a fact is plain data: no session, no peer, no function. What could come out
 * differently elsewhere (how a name is spelled, looks and is wide, a hash, chance, where somebody
 * comes from) is computed where the request came in, and travels in the fact.
 */

import type { DirectLog, RoomLog } from "../log_key.ts";
import type { Traits } from "../peer.ts";
import type { Account, Change } from "../records.ts";
import type { Refusal } from "../refusal.ts";
import type { Looks } from "../skeleton.ts";

/** The SHA-256 of a session's secret, in hexadecimal: names the session, and lets nobody in. */
export type Hash = string;

/** A name with all that is computed from it: tables of Unicode differ from machine to machine. */
export interface Spelled {
  readonly name: string;
  readonly key: string;
  readonly looks: Looks;
  /** Columns that it takes on a terminal. */
  readonly width: number;
}

/** Who asks for a fact. */
interface Asked {
  /** The session that asks; none for whoever runs the server. */
  readonly by?: Hash;
}

/** What makes a message one that is stored once, however often it is sent: both, or neither. */
interface Once {
  readonly session?: Hash;
  readonly id?: string;
}

/** Somebody says something in a room. */
export interface SayFact extends Asked, Once {
  readonly kind: "say";
  readonly log: RoomLog;
  /** What the room is called. */
  readonly title: string;
  readonly from: string;
  readonly text: string;
  readonly action?: true;
  /** Whose share of rooms the room counts in, if it is kept from now on. */
  readonly opener?: string;
}

/** Somebody says something to a person. */
export interface DirectFact extends Asked, Once {
  readonly kind: "direct";
  /** That of the addressee's session; those without a session share one. */
  readonly log: DirectLog;
  /** The name that it is for. */
  readonly title: string;
  /** The session that it is for; none when nobody goes by the name. */
  readonly to?: Hash;
  readonly from: string;
  readonly text: string;
  /** Nobody goes by the name any more: it is only looked for whether it was stored before. */
  readonly onlyAgain?: true;
}

/** A room has another topic. */
export interface TopicFact extends Asked {
  readonly kind: "topic";
  readonly log: RoomLog;
  readonly title: string;
  readonly from: string;
  /** Empty: none. */
  readonly text: string;
  /** As in {@linkcode SayFact}. */
  readonly opener?: string;
}

/** Accounts, roles, bans and mutes change, and the audit trail tells it: all of it or nothing. */
export interface PeopleFact extends Asked {
  readonly kind: "people";
  readonly changes: readonly Change[];
}

/** Sessions are in use. To be noted now and then, or they count as forgotten. */
export interface SessionUseFact {
  readonly kind: "session-use";
  readonly hashes: readonly Hash[];
}

/** Sessions are forgotten: the ids that were used under them, and their direct messages. */
export interface SessionForgetFact {
  readonly kind: "session-forget";
  readonly hashes: readonly Hash[];
}

/** The messages of a log before `first` are gone. */
export interface Cut {
  readonly log: RoomLog | DirectLog;
  readonly first: number;
}

/** What is kept no longer. It holds numbers and no ages: who decided that has looked at a clock. */
export interface RetainFact {
  readonly kind: "retain";
  readonly cuts: readonly Cut[];
  /** Rooms of which nothing is kept, neither a message nor a topic. */
  readonly gone?: readonly RoomLog[];
  /** The number after which a room begins that is made from now on. */
  readonly floor?: number;
}

/** Somebody comes in, or comes back. */
export interface EnterFact extends Spelled {
  readonly kind: "enter";
  readonly session: Hash;
  readonly address: string;
  readonly traits: Traits;
  /** The account that it has shown to be its own, as it was then. */
  readonly account?: Pick<Account, "key" | "proof">;
  readonly isVisitor?: true;
  /** The first room. */
  readonly room: Spelled;
  /** For a number after a name that is in use. */
  readonly seed: number;
}

/** Somebody's connection has ended. */
export interface ExitFact {
  readonly kind: "exit";
  readonly session: Hash;
  /** It went of its own accord, so that its name is free at once. */
  readonly clean: boolean;
  readonly reason?: string;
}

/** Somebody comes into a room, which is opened if there is none. */
export interface JoinFact {
  readonly kind: "join";
  readonly session: Hash;
  readonly room: Spelled;
  /** As in {@linkcode SayFact}. */
  readonly opener?: string;
}

/** Somebody leaves a room. */
export interface LeaveFact {
  readonly kind: "leave";
  readonly session: Hash;
  /** The room's key. */
  readonly room: string;
  readonly reason?: string;
}

/** Somebody takes another name. */
export interface RenameFact extends Spelled {
  readonly kind: "rename";
  readonly session: Hash;
  /** The account that it has shown to be its own. */
  readonly account?: Pick<Account, "key" | "proof">;
  /** For the number that somebody gets who has to give up the name. */
  readonly seed: number;
}

/** Facts that are kept. */
export type StayingFact =
  | SayFact
  | DirectFact
  | TopicFact
  | PeopleFact
  | SessionUseFact
  | SessionForgetFact
  | RetainFact;

/** Facts that are over when the process ends. */
export type PassingFact = EnterFact | ExitFact | JoinFact | LeaveFact | RenameFact;

/** What must be agreed. */
export type Fact = StayingFact | PassingFact;

/** What only the log knows of a fact that stays; nothing is there to know of one that is simply kept. */
export type Receipt =
  /** The number of a message in its log; the entry's time is the message's. */
  | { readonly seq: number }
  /** A message with this session and id was stored before, as this. */
  | { readonly again: { readonly room: string; readonly seq: number; readonly at: string } }
  /** A message that was only to be looked for was not stored before. */
  | { readonly absent: true }
  /** It could not be kept. */
  | { readonly refused: Refusal };

/** A fact that was granted, in its place in the one order. */
export interface Entry {
  /** In ms since 1970; see time_after.ts. */
  readonly at: number;
  readonly fact: Fact;
  readonly receipt?: Receipt;
}

/**
 * Who asked for a fact, and is told what has become of it. It never leaves the process; the log only
 * hands it back.
 */
export interface Ticket {
  done(entry: Entry): void;
}

/** Whether a fact passes; it is an entry at once. */
export function isPassing(fact: Fact): fact is PassingFact {
  switch (fact.kind) {
    case "enter":
    case "exit":
    case "join":
    case "leave":
    case "rename":
      return true;
    default:
      return false;
  }
}
