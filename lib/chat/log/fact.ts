/**
 * Facts: what must be agreed, in one order. What the house knows is the result of the facts, on every
 * machine the same, so a fact is plain data: no session, no peer, no function. What could come out
 * differently elsewhere (the key of a name, a hash, chance, where somebody comes from) is computed
 * where the request came in, and travels in the fact. This folder does not know what the
 * house makes of a fact.
 */

import type { SentFile } from "../../wire/events.ts";
import type { FileOwner } from "../files/file_store.ts";
import type { ChatLog, DirectLog, LogKey, RoomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { ModAction, PeopleAsk } from "../people/people_ask.ts";
import type { PersonId } from "../people/chats.ts";
import type { Account, Change, ListChange } from "../people/records.ts";
import type { Refusal } from "../refusal.ts";
import type { ChoiceQuestion } from "../messages/question.ts";
import type { Traits } from "../sessions/peer.ts";
import type { Hash, Hears, LeaveReason } from "../sessions/session.ts";
import type { ExitFact, LostFact, TickFact } from "./ending_facts.ts";
import type { LifeFact } from "./life_facts.ts";
import type { AwayFact, MarkFact } from "./person_facts.ts";
import type { Receipt } from "./receipt.ts";

/** An account that a session has shown to be its own, as it was then. */
type Shown = Pick<Account, "key" | "proof">;

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

/** Who says something, and to whom it should not be lost. */
interface Said {
  readonly from: string;
  /** The id of the account that says it; none for a guest. */
  readonly author?: string;
  /** The ids of the accounts that are mentioned, or that a direct message is for. */
  readonly mentions?: readonly string[];
  /** The file that it brings, whose bytes are stored already, and in whose quota that counts. */
  readonly file?: SentFile;
  readonly owner?: FileOwner;
  /** The seq of the message of the same log that it answers. */
  readonly re?: number;
  /** The question that it asks. */
  readonly ask?: ChoiceQuestion;
  /** Whoever says it may not have seen what was said before it. */
  readonly unseen?: true;
}

/** Somebody says something in a room. */
export interface SayFact extends Asked, Once, Said {
  readonly kind: "say";
  readonly log: RoomLog;
  /** What the room is called. */
  readonly title: string;
  readonly text: string;
  readonly action?: true;
  /** Programs never answer it by themselves; not with `action`. */
  readonly notice?: true;
  /** The id of the hook that says it; then nobody asks for it by a session. */
  readonly hook?: string;
  readonly all?: true; // It rings everybody. Found by decide.ts.
  /** Whose share of rooms the room counts in, if it is kept from now on. */
  readonly opener?: string;
}

/** Somebody says something to a person. */
export interface DirectFact extends Asked, Once, Said {
  readonly kind: "direct";
  /** The conversation; a log of nobody's for one that is only looked for. */
  readonly log: ChatLog | DirectLog;
  /** The log that counts what is said to the addressee, for clients of the first version. */
  readonly inbox?: DirectLog;
  /** The name that it is for. */
  readonly title: string;
  /** Whom it is for; nobody when nobody goes by the name. */
  readonly to?: PersonId;
  readonly text: string;
  readonly action?: true;
  /** As in {@linkcode SayFact}. */
  readonly notice?: true;
  /** It may not be said, and is only looked for whether it was stored before. */
  readonly onlyAgain?: true;
  /** Why it may not be said; that nobody goes by the name unless told. Found by decide.ts. */
  readonly refusal?: { readonly code: string; readonly text: string };
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

/**
 * Accounts, roles, bans and mutes change, and the audit trail tells it: all of it or nothing. What it
 * comes to is judged by what there is in its place.
 */
export interface PeopleFact extends Asked {
  readonly kind: "people";
  /** None: the changes stand as they are. */
  readonly ask?: PeopleAsk;
  /** Found by decide.ts. */
  readonly changes: readonly Change[];
  /** What one person does to another by it. Found by decide.ts. */
  readonly mod?: ModAction;
}

/**
 * What accounts have listed and read, what they have set, and which devices they have: what is frequent,
 * and harms nobody. It is put without anybody waiting for it, and holds even when the disk is full.
 */
export interface ListFact {
  readonly kind: "list";
  readonly changes: readonly ListChange[];
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

/** The entries of a log before `first` are gone. */
export interface Cut {
  readonly log: LogKey;
  readonly first: number;
  /** How many of all that ever were before that were no messages; none where it is not told. */
  readonly others?: number;
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

/** A name that somebody wants, and what it has shown for it. */
interface Wanting {
  readonly session: Hash;
  readonly wanted: string;
  /** The account of that name, whose password it has shown. */
  readonly shown?: Shown;
}

/** What somebody gets who wants a name. */
export interface NameGrant extends Named {
  /** The account that it has shown to be its own, as it was then. */
  readonly account?: Shown;
  /** Names that it has left while there was a ban or a mute on them. */
  readonly left: readonly Named[];
}

/** What somebody gets who comes in. */
export interface EnterGrant extends NameGrant {
  /** The first room; none for a client that has asked for none. */
  readonly room?: Named;
  /** Why that is not the first of the rooms. */
  readonly refused?: Refusal;
}

/** Somebody comes in, or comes back, into its first room. Who has to give up the name for it does so. */
export interface EnterFact extends Wanting {
  readonly kind: "enter";
  /** Where it comes from, if that is known. */
  readonly address?: string;
  readonly traits: Traits;
  /** What its client has named of the features. */
  readonly hears?: Hears;
  /** What its device is called, and by which protocol it comes. */
  readonly label?: string;
  readonly door?: string;
  /** Since when it is signed in, if that is known, in ms since 1970. */
  readonly since?: number;
  /** The session that it has named, of which it wants another one beside it. */
  readonly beside?: Hash;
  readonly isVisitor?: true;
  /** What the node goes by that it is connected with, where there are several. */
  readonly node?: string;
  /** It gets a number after its name rather than a refusal. */
  readonly numbered?: true;
  /** The rooms that it wants to be in first: the first of them that can be had; nothing: none. */
  readonly rooms: readonly string[];
  /** The list of its account stays as it is: its client does not say that it wants to be in that room. */
  readonly keeps?: true;
  /** Found by decide.ts. */
  readonly granted?: EnterGrant;
}

/** Somebody comes into a room, which is opened if there is none. */
export interface JoinFact {
  readonly kind: "join";
  readonly session: Hash;
  readonly room: Named;
  /** The list of its account stays as it is: its client was in the room before, and only comes back. */
  readonly keeps?: true;
}

/** Somebody leaves a room, which is closed if nobody else is in it. */
export interface LeaveFact extends LeaveReason {
  readonly kind: "leave";
  readonly session: Hash;
  readonly room: Named;
  /** The list of its account stays as it is: only this session leaves. */
  readonly keeps?: true;
}

/** Somebody takes another name, or shows whose its name is. */
export interface RenameFact extends Wanting {
  readonly kind: "rename";
  /** Found by decide.ts. */
  readonly granted?: NameGrant;
}

/** Facts that are kept. */
export type StayingFact =
  | SayFact
  | DirectFact
  | LifeFact
  | TopicFact
  | PeopleFact
  | ListFact
  | SessionUseFact
  | SessionForgetFact
  | RetainFact;

/** Facts that are over when the process ends. */
export type PassingFact =
  | EnterFact
  | ExitFact
  | LostFact
  | TickFact
  | JoinFact
  | LeaveFact
  | RenameFact
  | MarkFact
  | AwayFact;

/** What must be agreed. */
export type Fact = StayingFact | PassingFact;

/** A fact that was granted, in its place in the one order. */
export interface Entry {
  /** In ms since 1970; see times.ts. */
  readonly at: number;
  readonly fact: Fact;
  readonly receipt?: Receipt;
}

/** Who asked for a fact, and is told what has become of it: the log only hands it back. */
export interface Ticket {
  done(entry: Entry): void;
}

/** Whether a fact passes; it is an entry at once. */
export function isPassing(fact: Fact): fact is PassingFact {
  switch (fact.kind) {
    case "enter":
    case "exit":
    case "lost":
    case "tick":
    case "join":
    case "leave":
    case "rename":
    case "mark":
    case "away":
      return true;
    default:
      return false;
  }
}
