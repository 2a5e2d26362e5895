/**
 * Who has reserved which name, what they are, and who is banned or mute: all of it in memory, for
 * questions that can't wait, and kept by whoever is handed in.
 */

import { NameTable } from "./name_table.ts";
import type { Role } from "./permissions.ts";
import {
  type Account,
  type Change,
  type Host,
  type Kept,
  MemoryRecords,
  type Records,
  type Sanction,
} from "./records.ts";
import { Refusal } from "./refusal.ts";
import { addressOf, type Session } from "./session.ts";
import { Subjects } from "./subjects.ts";
import type { Share } from "./waiting.ts";

/** Who is meant by a question. */
export interface Who {
  readonly name: string;
  readonly key: string;
  readonly address?: string | undefined;
  readonly role: Role;
}

/** Bans and mutes in all; when there are so many, somebody has to lift some. */
const MAX_SANCTIONS = 10_000;
/** Rooms that one account becomes an operator of by opening them. */
export const MAX_HOSTED = 20;

/** Accounts, roles, bans and mutes. */
export class People {
  readonly records: Records;
  readonly #now: () => number;
  #accounts = new Map<string, Account>();
  #names = new NameTable<Account>();
  /** Rooms' operators, by the room's key. */
  #hosts = new Map<string, Set<string>>();
  #sanctions = new Map<string, Sanction>();
  /** Those that are about names. */
  #subjects = new Subjects<Sanction>();
  #last: Promise<unknown> = Promise.resolve();

  /** `now` is in ms since 1970. */
  constructor(records: Records = new MemoryRecords(), now: () => number = Date.now) {
    this.records = records;
    this.#now = now;
    this.#take(records.kept);
    records.onChanged = (kept) => this.#take(kept);
  }

  /** The time, in ms since 1970. */
  get now(): number {
    return this.#now();
  }

  /** Accounts that there are. */
  get size(): number {
    return this.#accounts.size;
  }

  /** The account of that key. */
  account(key: string): Account | undefined {
    return this.#accounts.get(key);
  }

  /** Whose name is the same as `name` or looks like it. */
  reserved(name: string, key: string): Account | undefined {
    return this.#names.find(name, key, (account) => this.#accounts.get(account.key) === account);
  }

  /** The account that a session has shown to be its own, as long as its password is the same. */
  accountOf({ account }: Pick<Session, "account">): Account | undefined {
    const known = account === undefined ? undefined : this.#accounts.get(account.key);
    return known?.proof === account?.proof ? known : undefined;
  }

  /** What an account is, on the server or in the room with that key. */
  roleIn(account: Account | undefined, room = ""): Role {
    if (account === undefined) return "member";
    if (account.role !== "member" || room === "") return account.role;
    return this.#hosts.get(room)?.has(account.key) ? "host" : "member";
  }

  /** Whether a room has operators of its own. */
  hasHosts(room: string): boolean {
    return (this.#hosts.get(room)?.size ?? 0) > 0;
  }

  /** How many rooms an account is an operator of. */
  hosted(key: string): number {
    let count = 0;
    for (const keys of this.#hosts.values()) if (keys.has(key)) count++;
    return count;
  }

  /** The ban or mute that holds for somebody in a room, or everywhere. */
  sanction(kind: Sanction["kind"], who: Who, room = ""): Sanction | undefined {
    if (this.#sanctions.size === 0) return undefined;
    const holds = (found: Sanction | undefined): found is Sanction =>
      found !== undefined && found.kind === kind && (found.room === "" || found.room === room) &&
      (found.until === 0 || found.until > this.#now());
    const named = this.#subjects.find(who.name, who.key, holds);
    if (named !== undefined || who.address === undefined) return named;
    // An address is shared: nobody can keep those out by it who would be above him.
    if (who.role === "operator" || who.role === "owner") return undefined;
    const at = (room: string): Sanction | undefined =>
      this.#sanctions.get(`${kind} ${room} address ${who.address}`);
    return [at(""), at(room)].find(holds);
  }

  /** Every ban and mute that is in force, the newest first; of one room if a key is given. */
  sanctions(room?: string): Sanction[] {
    const now = this.#now();
    return [...this.#sanctions.values()]
      .filter(({ until }) => until === 0 || until > now)
      .filter((sanction) => room === undefined || sanction.room === room)
      .reverse();
  }

  /** The sanction on a subject, if there is one. */
  find(wanted: Pick<Sanction, "kind" | "room" | "subject" | "key">): Sanction | undefined {
    return this.#sanctions.get(idOf(wanted));
  }

  /** Throws a {@linkcode Refusal} (`too-many-bans`) when no more bans and mutes can be kept. */
  checkSpace(): void {
    if (this.#sanctions.size < MAX_SANCTIONS) return;
    throw new Refusal(
      "too-many-bans",
      `There are ${this.#sanctions.size} bans and mutes, which is the limit; lift some`,
    );
  }

  /** Does one thing after the other, so that what was checked holds until it is kept. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Keeps changes, which hold from then on. */
  async save(changes: readonly Change[]): Promise<void> {
    await this.records.save(changes);
    this.apply(changes);
  }

  /** Makes changes hold from now on, kept or not. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#apply(change);
  }

  /** Forgets the bans and mutes whose time is over. */
  expire(): void {
    const now = this.#now();
    for (const sanction of this.#sanctions.values()) {
      if (sanction.until === 0 || sanction.until > now) continue;
      this.#lift(sanction);
      this.records.save([{ type: "lift", sanction }]).catch(() => {});
    }
  }

  #take({ accounts, hosts, sanctions }: Kept): void {
    this.#accounts = new Map();
    this.#names = new NameTable();
    this.#hosts = new Map();
    this.#sanctions = new Map();
    this.#subjects = new Subjects();
    for (const account of accounts) this.#apply({ type: "account", account });
    for (const host of hosts) this.#apply({ type: "host", host });
    for (const sanction of sanctions) this.#apply({ type: "sanction", sanction });
  }

  #apply(change: Change): void {
    switch (change.type) {
      case "account":
        this.#accounts.set(change.account.key, change.account);
        return this.#names.set(change.account.name, change.account.key, change.account);
      case "remove": {
        const account = this.#accounts.get(change.key);
        this.#accounts.delete(change.key);
        if (account !== undefined) this.#names.delete(account.name, account.key, account);
        for (const keys of this.#hosts.values()) keys.delete(change.key);
        return;
      }
      case "host":
      case "unhost":
        return this.#setHost(change.host, change.type === "host");
      case "sanction":
        this.#lift(change.sanction);
        this.#sanctions.set(idOf(change.sanction), change.sanction);
        return this.#subject(change.sanction, "add");
      case "lift":
        return this.#lift(change.sanction);
      case "audit":
        return;
    }
  }

  #setHost({ room, key }: Host, on: boolean): void {
    const keys = this.#hosts.get(room) ?? new Set();
    if (on) keys.add(key);
    else keys.delete(key);
    if (keys.size === 0) this.#hosts.delete(room);
    else this.#hosts.set(room, keys);
  }

  #lift(like: Sanction): void {
    const sanction = this.#sanctions.get(idOf(like));
    if (sanction === undefined) return;
    this.#sanctions.delete(idOf(like));
    this.#subject(sanction, "delete");
  }

  #subject(sanction: Sanction, how: "add" | "delete"): void {
    if (sanction.subject === "name") {
      this.#subjects[how](sanction.target, sanction.key, sanction);
    }
  }
}

/** Whose places a session takes. */
export function shareOf(people: People, session: Session): Share {
  const account = people.accountOf(session);
  return account === undefined
    ? { of: "address", key: addressOf(session) }
    : { of: "account", key: account.key };
}

/** Who a session is, for the question whether something holds for it. */
export function whoIs(people: People, session: Session): Who {
  const { name, key, peer } = session;
  return { name, key, address: peer?.address, role: people.roleIn(people.accountOf(session)) };
}

function idOf({ kind, room, subject, key }: Parameters<People["find"]>[0]): string {
  return `${kind} ${room} ${subject} ${key}`;
}
