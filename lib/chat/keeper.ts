/**
 * The keeper of the door: looks at passwords, reserved names and bans before somebody comes in or
 * takes another name.
 */

import { DEFAULT_ROOM } from "../wire/names.ts";
import { Attempts } from "./attempts.ts";
import type { Chance } from "./chance.ts";
import { alike, checkName } from "./check_name.ts";
import { freeName, type WantedName } from "./free_name.ts";
import type { Hello } from "./hello.ts";
import { nameKey } from "./name.ts";
import { MAX_HOSTED, type People, type Who } from "./people.ts";
import { Quota } from "./quota.ts";
import type { Account } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import { checkBanOf } from "./sanction_text.ts";
import type { Session } from "./session.ts";
import { MAX_PASSWORD } from "./strength.ts";
import { Turns } from "./turns.ts";

/** Turns passwords of accounts into what is kept, and compares them; both take their time. */
export interface Passwords {
  hash(password: string): Promise<string>;
  matches(password: string, proof: string): Promise<boolean>;
}

/** What the keeper found in the passwords that somebody has shown. */
export interface Pass {
  /** The name's owner, as it was when the password was right. */
  readonly account?: Account;
  /** A password was shown for a name that nobody has reserved. */
  readonly isNobodys?: true;
  /** The server's password, which was shown and right. */
  readonly password?: string | undefined;
}

/** What a keeper is made with. */
export interface KeeperOptions {
  readonly people: People;
  readonly passwords: Passwords;
  readonly registry: Registry;
  /** The session that a secret names. */
  readonly sessionOf: (secret: string) => Session | undefined;
  /** Compares the server's password; there is none unless given. */
  readonly opens?: ((password: string) => boolean) | undefined;
  /** What a text means as an address; see {@linkcode HouseParts.addressKey}. */
  readonly addressKey?: ((text: string) => string | undefined) | undefined;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
  readonly chance: Chance;
  /** Names that one address may reserve in an hour. */
  readonly registrationsPerHour: number;
  /** Told of a wrong password. */
  readonly onWrong?: ((name: string, address: string) => void) | undefined;
}

/** Passwords of names that are hashed for one address in an hour. */
const HASHES_PER_HOUR = 600;

/** The keeper. */
export class Keeper {
  readonly people: People;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly registrations: Quota;
  readonly #hashes: Quota;
  readonly #turns = new Turns({ atOnce: 2, what: "Many passwords are being looked at" });
  readonly #registry: Registry;
  readonly #sessionOf: (secret: string) => Session | undefined;
  readonly #opens: ((password: string) => boolean) | undefined;
  readonly #addressKey: (text: string) => string | undefined;
  readonly #now: () => number;
  readonly #chance: Chance;
  readonly #onWrong: (name: string, address: string) => void;

  constructor(options: KeeperOptions) {
    const { people, passwords, registry, opens, now, onWrong } = options;
    this.registrations = new Quota(options.registrationsPerHour, now);
    this.#hashes = new Quota(HASHES_PER_HOUR, now);
    this.people = people;
    this.passwords = passwords;
    this.#registry = registry;
    this.#sessionOf = options.sessionOf;
    this.#opens = opens;
    this.#addressKey = options.addressKey ?? (() => undefined);
    this.#now = now;
    this.#chance = options.chance;
    this.attempts = new Attempts(now);
    this.#onWrong = onWrong ?? (() => {});
  }

  /** What has to be shown to come in. */
  get needs(): string[] {
    return this.#opens === undefined ? [] : ["password"];
  }

  /**
   * Looks at the server's password, or at the session that has shown it since the server's start. Throws
   * a {@linkcode Refusal} when it is not the right one, or not any more.
   */
  checkPassword(address: string, { name, password, session }: Hello): void {
    const opens = this.#opens;
    if (opens === undefined) return;
    if (password === undefined && session !== undefined) {
      const before = this.#sessionOf(session)?.password;
      if (before !== undefined && opens(before)) return;
    }
    if (password === undefined) throw new Refusal("password-needed", "A password is needed here");
    this.attempts.check(address);
    if (opens(password)) return;
    this.attempts.failed(address);
    this.#onWrong(name, address);
    throw new Refusal("bad-password", "That is not this server's password");
  }

  /** Looks at a name's password. Rejects with a {@linkcode Refusal} when it is not the right one. */
  async checkLogin(address: string, name: string, login: string): Promise<Account> {
    const account = this.people.account(nameKey(name));
    if (account === undefined) {
      throw new Refusal(
        "not-registered",
        `Nobody has reserved the name ${name}; it has no password`,
      );
    }
    // Who has to wait is told so at once, and again if somebody before it in the line was wrong.
    this.attempts.check(address);
    const right = await this.#turns.run(address, async () => {
      this.attempts.check(address);
      const matches = login.length <= MAX_PASSWORD &&
        await this.#hashed(address, () => this.passwords.matches(login, account.proof));
      if (!matches) this.attempts.failed(address);
      return matches;
    });
    if (right) return account;
    this.#onWrong(name, address);
    throw new Refusal("bad-login", `That is not the password of ${name}`);
  }

  /**
   * Looks at the password of the name, where one is shown. Throws or rejects with a
   * {@linkcode Refusal}. Ask after {@linkcode checkPassword}.
   */
  passOf(address: string, { name, password: shown, login }: Hello): Pass | Promise<Pass> {
    const password = this.#opens && shown;
    if (login === undefined) return { password };
    if (this.people.account(nameKey(name)) === undefined) return { password, isNobodys: true };
    return this.checkLogin(address, name, login).then((account) => ({ password, account }));
  }

  /**
   * The name that `session`, or somebody new, may take: as {@linkcode freeName}, but that
   * a reserved name is `account`'s alone, which may also take it from others (see naming.ts), and
   * no number makes it a name that is banned, everywhere or in `room`.
   */
  chooseName(
    name: string,
    session: Session | undefined,
    account: Account | undefined,
    numbered = false,
    room = "",
  ): [name: string, key: string] {
    const key = checkName(name);
    checkNoAddress(name, this.#addressKey(key));
    const owner = this.people.reserved(name, key);
    if (owner !== undefined && owner.key === key && owner.proof === account?.proof) {
      return [name, key];
    }
    if (owner !== undefined) {
      const which = owner.key === key
        ? `${name} is reserved`
        : `${alike(name, owner.name)}, which is reserved`;
      throw new Refusal("name-reserved", `The name ${which}; it needs its password`);
    }
    const avoids = (other: string, otherKey: string): boolean =>
      this.#isReserved(other, otherKey) ||
      other !== name && this.#isBanned(other, otherKey, [nameKey(room)]);
    return this.#freeName({ name, session, numbered, avoids });
  }

  /** Who has a name but `session`, or one that looks like it. */
  holder(name: string, key: string, session: Session | undefined): Session | undefined {
    return this.#registry.holder(name, key, session, this.#now());
  }

  /** Another name for somebody who has to give up a reserved one. */
  otherName(session: Session): [name: string, key: string] {
    const taken = (name: string, key: string): boolean =>
      key === session.key || this.#isReserved(name, key) ||
      this.#isBanned(name, key, ["", ...session.rooms]);
    return this.#freeName({ name: session.name, session, numbered: true, avoids: taken });
  }

  /** Whether somebody who opens a room becomes an operator of it. */
  mayHost(account: Account, room: string): boolean {
    const { people } = this;
    return room !== DEFAULT_ROOM && account.role === "member" && !people.hasHosts(room) &&
      people.hosted(account.key) < MAX_HOSTED;
  }

  /**
   * Hashes a new password when it is the address's turn. Rejects with a {@linkcode Refusal}
   * (`try-later`) when an address has too many, or too many wait.
   */
  hash(address: string, password: string): Promise<string> {
    return this.#turns.run(
      address,
      () => this.#hashed(address, () => this.passwords.hash(password)),
    );
  }

  /** Counts a password that is hashed now, right or wrong: it is a tenth of a second of a core. */
  #hashed<T>(address: string, work: () => Promise<T>): Promise<T> {
    this.#hashes.spend(address, "Many passwords came from your address; try again in a minute");
    return work();
  }

  /** Forgets what is over. Call it now and then. */
  expire(): void {
    this.attempts.expire();
    this.registrations.expire();
    this.#hashes.expire();
  }

  /**
   * Throws a {@linkcode Refusal} (`banned`) for somebody who can't come in under a name. Ask before
   * `chooseName`, which says whether it is his: until then he is taken for whose it is, or nobody
   * could show it who is above the ban of an address.
   */
  checkEntrance(name: string, address: string | undefined, room?: string): void {
    const key = nameKey(name);
    this.checkBan({ name, key, address, account: this.people.account(key) }, room);
  }

  /** Throws a {@linkcode Refusal} (`banned`) for somebody who is banned, everywhere or in a room. */
  checkBan(who: Who, room?: string): void {
    checkBanOf(this.people, who, room);
  }

  #freeName(wanted: Omit<WantedName, "now">): [name: string, key: string] {
    return freeName(this.#registry, this.#chance, { ...wanted, now: this.#now() });
  }

  readonly #isReserved = (name: string, key: string): boolean =>
    this.people.reserved(name, key) !== undefined;

  /** Whether nobody can go by a name in one of the rooms with those keys. */
  #isBanned(name: string, key: string, rooms: readonly string[]): boolean {
    const who: Who = { name, key };
    return rooms.some((room) => this.people.sanction("ban", who, room) !== undefined);
  }
}

/**
 * Throws a {@linkcode Refusal} (`bad-name`) for a name that means an address: what is said of the
 * one would be said of the other.
 */
export function checkNoAddress(name: string, address: string | undefined): void {
  if (address === undefined) return;
  throw new Refusal("bad-name", `${name} is an address, and so can't be a name; choose another`);
}
