/**
 * Which names are reserved, which roles they have, and who is banned or muted: all of it in memory, for
 * questions that can't wait. put_people.ts has changes stored, and evolve.ts makes them.
 * This folder knows rooms by their keys alone, and neither facts nor a disk.
 */

import { type Named, NameTable, Subjects } from "../names/name_tables.ts";
import type { Session } from "../sessions/session.ts";
import { Hosts } from "./hosts.ts";
import type { Role } from "./permissions.ts";
import {
  type Account,
  type Change,
  type Host,
  type KeptPeople,
  NOTHING_KEPT,
  type Sanction,
} from "./records.ts";
import { type SanctionKey, Sanctions } from "./sanctions.ts";

/** Who is meant by a question. */
export interface Who extends Named {
  readonly address?: string | undefined;
  /** The account whose password it has shown. */
  readonly account?: Account | undefined;
  /** Names that it has left while there was a ban or a mute on them. */
  readonly left?: readonly Named[];
}

/** The most rooms that one account becomes a host of by opening them. */
export const MAX_HOSTED = 20;

/**
 * How long a ban or a mute is remembered after its end, in ms: if the clock was wrong and is put right by
 * then, it holds again.
 */
const REMEMBERED_MS = 3_600_000;

/** Accounts, roles, bans and mutes. */
export class People {
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();
  readonly #ids = new Map<string, Account>();
  readonly #names = new NameTable<Account>();
  readonly #looks = new Subjects<Account>();
  readonly #hosts = new Hosts();
  readonly #sanctions = new Sanctions();

  /** `now` is in ms since 1970. */
  constructor(now: () => number, kept: KeptPeople = NOTHING_KEPT) {
    this.#now = now;
    this.load(kept);
  }

  /** Knows what was kept, or what was known before in its order, where nothing is known. */
  load({ accounts, hosts, sanctions }: KeptPeople): void {
    for (const account of accounts) this.#setAccount(account.key, account);
    for (const host of hosts) this.#hosts.add(host);
    for (const sanction of sanctions) this.#sanctions.add(sanction);
  }

  /** The time, in ms since 1970. */
  get now(): number {
    return this.#now();
  }

  /** All of it, in the order in which it came. */
  get all(): KeptPeople {
    return {
      accounts: [...this.#accounts.values()],
      hosts: this.#hosts.of(() => true),
      sanctions: [...this.#sanctions],
    };
  }

  /** Accounts that there are. */
  get size(): number {
    return this.#accounts.size;
  }

  /** How many accounts are owners of the server. */
  get owners(): number {
    return [...this.#accounts.values()].filter(({ role }) => role === "owner").length;
  }

  /** The account of that key. */
  account(key: string): Account | undefined {
    return this.#accounts.get(key);
  }

  /** The account with that id. */
  accountWith(id: string): Account | undefined {
    return this.#ids.get(id);
  }

  /** The account whose name is the same as `name` or looks like it. */
  reserved(name: string, key: string): Account | undefined {
    return this.#names.find(name, key, (account) => this.#accounts.get(account.key) === account);
  }

  /** The account whose password a session has shown, as long as that has not been changed. */
  accountOf({ account }: Pick<Session, "account">): Account | undefined {
    const known = account === undefined ? undefined : this.#accounts.get(account.key);
    return known?.proof === account?.proof ? known : undefined;
  }

  /** The role of an account, on the server or in the room with that key. */
  roleIn(account: Account | undefined, room = ""): Role {
    if (account === undefined) return "member";
    if (account.role !== "member" || room === "") return account.role;
    return this.#hosts.has({ room, key: account.key }) ? "host" : "member";
  }

  /** Whether an account is a host of the room with that key. */
  isHost(account: string, room: string): boolean {
    return this.#hosts.has({ room, key: account });
  }

  /** The accounts whose keys begin so. */
  beginning(key: string): Account[] {
    return [...this.#accounts.values()].filter((account) => account.key.startsWith(key));
  }

  /** Whether a room has hosts. */
  hasHosts(room: string): boolean {
    return this.#hosts.hasAny(room);
  }

  /** How many rooms an account is a host of. */
  hosted(key: string): number {
    return this.#hosts.count(key);
  }

  /** The hosts of the rooms that are gone. */
  hostsOf(isGone: (room: string) => boolean): Host[] {
    return this.#hosts.of(isGone);
  }

  /** The accounts that a ban of `name` would meet: that of the name, and those that look like it. */
  alike({ name, key }: Named): Account[] {
    return this.#looks.all(name, key);
  }

  /** The ban or mute that holds for somebody in a room, or everywhere, at a time; now unless told. */
  sanction(
    kind: Sanction["kind"],
    who: Who,
    room = "",
    at: number = this.#now(),
  ): Sanction | undefined {
    if (this.#sanctions.isEmpty) return undefined;
    const holds = (found: Sanction): boolean =>
      found.kind === kind && (found.room === "" || found.room === room) &&
      this.#isInForce(found, at);
    const named = this.#sanctions.named(who, holds);
    if (named !== undefined) return named;
    // An address may be shared, and a name was left behind: a ban on those does not hold for people
    // whose role is above that of members.
    const below = (found: Sanction): boolean => holds(found) && !this.isAbove(who, found.room);
    for (const name of who.left ?? []) {
      const found = this.#sanctions.named(name, below);
      if (found !== undefined) return found;
    }
    const { address: key } = who;
    if (key === undefined) return undefined;
    return ["", room].map((room) => this.#sanctions.find({ kind, room, subject: "address", key }))
      .find((found) => found !== undefined && below(found));
  }

  /** Whether a person is more than a member where what is done to an address is to hold: `""` is everywhere. */
  isAbove({ account }: Pick<Who, "account">, room: string): boolean {
    const role = this.roleIn(account, room);
    return role !== "member" && (room !== "" || role !== "host");
  }

  /** Whether there is no ban and no mute at all, as is mostly so. */
  get isPeaceful(): boolean {
    return this.#sanctions.isEmpty;
  }

  /** Whether there is a ban or a mute on a name, anywhere. */
  isSanctioned(name: Named, at: number = this.#now()): boolean {
    if (this.#sanctions.isEmpty) return false;
    return this.#sanctions.named(name, (found) => this.#isInForce(found, at)) !== undefined;
  }

  /** Every ban and mute that is in force, the newest first; of one room if a key is given. */
  sanctions(room?: string, at: number = this.#now()): Sanction[] {
    return [...this.#sanctions]
      .filter((sanction) => this.#isInForce(sanction, at))
      .filter((sanction) => room === undefined || sanction.room === room)
      .reverse();
  }

  /**
   * Every ban and mute in force on a name, on names that look like it, and on the address that it may
   * be: a ban on a name that is an address is one of an earlier version.
   */
  sanctionsOn(name: Named, address: string | undefined, at: number): Sanction[] {
    const onAddress = address === undefined ? [] : [...this.#sanctions]
      .filter(({ subject, key }) => subject === "address" && key === address);
    return [...this.#sanctions.on(name), ...onAddress].filter((each) => this.#isInForce(each, at));
  }

  /** The sanction on a subject that is in force, if there is one. */
  find(wanted: SanctionKey, at: number = this.#now()): Sanction | undefined {
    const found = this.#sanctions.find(wanted);
    return found !== undefined && this.#isInForce(found, at) ? found : undefined;
  }

  /**
   * Throws a `Refusal` (`too-many-bans`) when no more bans and mutes can be kept. Returns those that are
   * over and have to go first: they are remembered only where there is room for them.
   */
  checkSpace(room: string, by: string, at: number = this.#now()): Sanction[] {
    this.#sanctions.checkSpace(room, by, (sanction) => this.#isInForce(sanction, at));
    return this.#sanctions.isFull(room, by) ? this.over(at, 0) : [];
  }

  /** Makes changes hold from now on, whether they are stored or not. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#apply(change);
  }

  /** The bans and mutes that have been over for so many ms. */
  over(at: number = this.#now(), ago = REMEMBERED_MS): Sanction[] {
    return [...this.#sanctions].filter((sanction) => !this.#isInForce(sanction, at - ago));
  }

  #isInForce({ until }: Sanction, at: number = this.#now()): boolean {
    return until === 0 || until > at;
  }

  #apply(change: Change): void {
    switch (change.type) {
      case "account":
        return this.#setAccount(change.account.key, change.account);
      case "remove":
        this.#setAccount(change.key, undefined);
        return this.#hosts.deleteAccount(change.key);
      case "host":
        return this.#hosts.add(change.host);
      case "unhost":
        return this.#hosts.delete(change.host);
      case "sanction":
        return this.#sanctions.add(change.sanction);
      case "lift":
        return this.#sanctions.delete(change.sanction);
      default:
        // Lists, rooms, conversations and devices are kept elsewhere.
        return;
    }
  }

  #setAccount(key: string, account: Account | undefined): void {
    const before = this.#accounts.get(key);
    if (before !== undefined) {
      this.#accounts.delete(key);
      this.#ids.delete(before.id);
      this.#names.delete(before.name, key, before);
      this.#looks.delete(before.name, key, before);
    }
    if (account === undefined) return;
    this.#accounts.set(key, account);
    this.#ids.set(account.id, account);
    this.#names.set(account.name, key, account);
    this.#looks.add(account.name, key, account);
  }
}
