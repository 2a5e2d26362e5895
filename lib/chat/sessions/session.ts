/**
 * One participant: a name, the rooms it is in, and the way to its peer while it has one. This folder
 * knows neither rooms nor accounts, and no protocol.
 */

import type { Event } from "../../wire/events.ts";
import { type DirectLog, directLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import { Batch } from "./batch.ts";
import { EVENT_TRAITS, type Peer, type Traits } from "./peer.ts";

/** Why somebody leaves, for those who are told. */
export interface LeaveReason {
  readonly reason?: string;
  /** Who has sent it away, and why. */
  readonly by?: string;
  readonly why?: string;
}

/** The SHA-256 of a session's secret, in hexadecimal: names the session, and lets nobody in. */
export type Hash = string;

/** How many of a hash's digits name a device: enough that no two of a person's are the same. */
const DEVICE_LENGTH = 16;

/** What a session is told beyond what the first version knew: the features that its client has named. */
export interface Hears {
  /** Its person's other devices, rooms and conversations. */
  readonly people?: true;
}

/**
 * Who others take for one: all the sessions of an account, or a guest's session with those that came
 * beside it.
 */
export class Person {
  /** What it goes by: `account ID`, or `guest HASH` with the hash of the first of its sessions. */
  readonly who: string;
  /** Those that are known, the one that came in last at the end. */
  readonly sessions = new Set<Session>();
  /** Why it says that it is away; empty: it does not. */
  away = "";

  constructor(who: string) {
    this.who = who;
  }
}

/** A participant. It outlives its connections: a client that comes back finds it by its secret. */
export class Session {
  /** Known to the client alone; names the session when it comes back. There is one if it resumes. */
  secret: string | undefined;
  /** What it goes by in facts, and in what is kept. */
  readonly hash: Hash;
  /** What its client can do. */
  readonly traits: Traits;
  /** Whose it is; a guest's of its own until the registry says otherwise. */
  person: Person;
  name: string;
  key: string;
  /** What its client, as it has come in last, is told. */
  hears: Hears = {};
  /** What its device is called, for its person; empty: nothing. */
  label = "";
  /** By which protocol it has come last; empty: that is not known. */
  door = "";
  /** What the node goes by that it has come in at last; `undefined` where there is only one. */
  node: string | undefined;
  /** Since when it is its account's, or is there if it is a guest's, in ms since 1970. */
  since = 0;
  /** When its client last asked for something, by the clock of the machine that it is connected with. */
  activeAt = 0;
  /** Where it comes from, while it is here. */
  address: string | undefined;
  peer: Peer | undefined;
  /** What {@linkcode times} was when its peer came in. */
  peerTimes = 0;
  /** What {@linkcode node} was then. */
  peerNode: string | undefined;
  /** The keys of the rooms that it is in, in the order in which it came into them. */
  readonly rooms = new Set<string>();
  /** When a session without a peer loses its name and when it is forgotten, see {@linkcode Registry.time}. */
  nameUntil = Infinity;
  forgetAt = Infinity;
  /** How often it has come in. */
  times = 0;
  /** Why its last connection has ended, for its rooms, which are told that when it does not come back. */
  ended: LeaveReason = {};
  /** When that was, in ms since 1970. */
  endedAt = 0;
  /** The reserved name that it has shown to be its own, as the account was then. */
  account: { readonly key: string; readonly proof: string } | undefined;
  /** The server's password that it has shown, which may have been changed since. */
  password: string | undefined;
  /** Names that it has left while there was a ban or a mute on them: that goes with the session. */
  left: readonly Named[] = [];
  /** A reserved name that it was refused, and may show to be its own. */
  wanted: string | undefined;
  /** Who has sent it away, and why, while that is so; or what it says as it leaves. */
  sentAway: { readonly by?: string; readonly why?: string } | undefined;
  /** Whether its client has said that it does not come back. */
  isDone = false;
  /** Comes and goes without a word to others, and keeps nothing afterwards. */
  readonly isVisitor: boolean;
  /** Whether direct messages go out live: not while those that were missed are on their way. */
  hearsDirects = true;
  /** The conversations of which it does not hear live, while what it missed in them is on its way. */
  readonly catchesUp = new Set<string>();
  /** How many direct messages its client counts from before it was who it is, see inbox.ts. */
  directsBefore = 0;
  /** The number of the last direct message that its client was told of. */
  directsTold = 0;

  /** What it has said that is not stored and told yet. */
  #underWay = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(
    peer: Peer | undefined,
    name: string,
    key: string,
    secret: string | undefined,
    isVisitor: boolean = false,
    hash: Hash = secret ?? "",
    traits: Traits = peer?.traits ?? EVENT_TRAITS,
  ) {
    this.hash = hash;
    this.person = new Person(`guest ${hash}`);
    this.person.sessions.add(this);
    this.isVisitor = isVisitor;
    this.peer = peer;
    this.traits = traits;
    this.address = peer?.address;
    this.name = name;
    this.key = key;
    this.secret = secret;
  }

  /** What names it to its person. Unlike the secret, it lets nobody in. */
  get device(): string {
    return deviceOf(this.hash);
  }

  /** Whether its client knows that people have several devices, listed rooms and conversations. */
  get hasPeople(): boolean {
    return this.hears.people ?? false;
  }

  /** The log of its direct messages. */
  get directLog(): DirectLog {
    return directLog(this.traits.resumes ? this.hash : undefined);
  }

  /** Something that it says is on its way to the store; {@linkcode told} must follow. */
  begin(): void {
    this.#underWay++;
  }

  /** Something that it said has been stored, or refused, and told. */
  told(): void {
    if (--this.#underWay > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** How much of what it has said is not stored and told yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Settles when all that it has said so far has been told; `undefined`: it has. */
  idle(): Promise<void> | undefined {
    if (this.#underWay === 0) return undefined;
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Queues one event for this session alone. */
  deliver(event: Event): void {
    this.peer?.deliver(new Batch([event]));
  }
}

/** What names the session with that hash to its person. */
export function deviceOf(hash: Hash): string {
  return hash.slice(0, DEVICE_LENGTH);
}

/** Where a session's peer comes from; empty for one that is not on a network. */
export function addressOf({ address }: Pick<Session, "address">): string {
  return address ?? "";
}
