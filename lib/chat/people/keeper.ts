/** The keeper of the door: checks passwords when a client comes in or takes a reserved name. */

import { REQUESTS } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { Quota } from "../limits/quota.ts";
import { type TurnFor, Turns } from "../limits/turns.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Hello } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { Attempts, KnownPlaces } from "./attempts.ts";
import type { People } from "./people.ts";
import type { Account } from "./records.ts";

/** Hashes passwords of accounts, and compares them with such hashes. Both take a tenth of a second. */
export interface Passwords {
  hash(password: string): Promise<string>;
  matches(password: string, proof: string): Promise<boolean>;
}

/** Who has a password looked at. */
export interface Asker {
  readonly address: string;
  /** The account that is logged in to already. */
  readonly account?: string | undefined;
  /** Whether it has gone, as far as is known: then nobody may want the result. */
  readonly hasGone: () => boolean;
  /** Whether nobody can want the result any more. */
  readonly isOver?: () => boolean;
}

/** What came of the passwords that a client has shown. */
export interface Pass {
  /** The account of the name, whose password was right. */
  readonly account?: Account;
  /** The client has shown a password for a name that nobody has reserved. */
  readonly isNobodys?: true;
  /** The server's password, which the client has shown and which was right. */
  readonly password?: string | undefined;
}

/** What a keeper is made with. */
export interface KeeperOptions {
  readonly people: People;
  readonly passwords: Passwords;
  /** The session that a secret names. */
  readonly sessionOf: (secret: string) => Session | undefined;
  /** Compares the server's password; there is none unless given. */
  readonly opens?: ((password: string) => boolean) | undefined;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
  /** Names that one address may reserve in an hour; asked each time. */
  readonly registrationsPerHour: () => number;
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
  readonly #registrations: Quota;
  readonly #hashes: Quota;
  /** From where people have come in to their accounts: guessers elsewhere don't hold them up there. */
  readonly places = new KnownPlaces();
  readonly #turns: Turns;
  readonly #sessionOf: (secret: string) => Session | undefined;
  /** Compares the server's password; `undefined`: there is none. It may change: those who are in stay. */
  opens: ((password: string) => boolean) | undefined;
  readonly #now: () => number;
  readonly #onWrong: (name: string, address: string) => void;

  constructor(options: KeeperOptions) {
    const { people, passwords, opens, now, onWrong } = options;
    this.#registrations = new Quota(options.registrationsPerHour);
    this.#hashes = new Quota(() => HASHES_PER_HOUR);
    this.people = people;
    this.passwords = passwords;
    this.#sessionOf = options.sessionOf;
    this.opens = opens;
    this.#now = now;
    this.#turns = new Turns({ atOnce: 2, what: "Many passwords are being looked at", now });
    this.attempts = new Attempts(now);
    this.#onWrong = onWrong ?? (() => {});
  }

  /** What a client has to show to come in. */
  get needs(): string[] {
    return this.opens === undefined ? [] : ["password"];
  }

  /**
   * Checks the server's password; a session that has shown it since the server's start need not again,
   * and of a device of an account this is not asked.
   * Throws a {@linkcode Refusal} when it is not the right one, or no longer is.
   */
  checkPassword(address: string, { name, password, session }: Hello): void {
    const { opens } = this;
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

  /** Checks a name's password. Rejects with a {@linkcode Refusal} when it is not the right one. */
  async checkLogin(
    asker: Asker,
    name: string,
    login: string,
  ): Promise<Account> {
    const account = this.people.account(nameKey(name));
    if (account === undefined) {
      throw new Refusal(
        "not-registered",
        `Nobody has reserved the name ${name}; it has no password`,
      );
    }
    const { address } = asker;
    // Checked now, and again when its turn has come: another try before it may have been wrong.
    this.attempts.check(address);
    const right = await this.#turns.run(this.#turnOf(asker, account.id), async () => {
      this.attempts.check(address);
      const matches = login.length <= MAX_PASSWORD &&
        await this.#hashed(address, () => this.passwords.matches(login, account.proof));
      if (!matches) this.attempts.failed(address);
      return matches;
    });
    if (right) {
      this.places.add(account.id, address);
      return account;
    }
    this.#onWrong(name, address);
    throw new Refusal("bad-login", `That is not the password of ${name}`);
  }

  /**
   * Looks at the password of the name, where one is shown. Throws or rejects with a
   * {@linkcode Refusal}. Ask after {@linkcode checkPassword}.
   */
  passOf(asker: Asker, { name, password: shown, login }: Hello): Pass | Promise<Pass> {
    const password = this.opens && shown;
    if (login === undefined) return { password };
    if (this.people.account(nameKey(name)) === undefined) return { password, isNobodys: true };
    return this.checkLogin(asker, name, login).then((account) => ({ password, account }));
  }

  /**
   * Hashes a new password when it is the address's turn. Rejects with a {@linkcode Refusal}
   * (`try-later`) when an address has too many, or too many wait.
   */
  hash(asker: Asker, password: string): Promise<string> {
    const { address, account } = asker;
    return this.#turns.run(
      this.#turnOf(asker, account),
      () => this.#hashed(address, () => this.passwords.hash(password)),
    );
  }

  /** Whose turn it is to have a password of an account hashed, or one for a name that is nobody's yet. */
  #turnOf({ address, account: own, hasGone, isOver }: Asker, account: string | undefined): TurnFor {
    const isKnown = account !== undefined &&
      (account === own || this.places.has(account, address));
    const shares = account === undefined ? [] : [`account ${account}`];
    return { address, shares, isKnown, hasGone, ...isOver === undefined ? {} : { isOver } };
  }

  /** Counts a name that an address reserves; throws a {@linkcode Refusal} when there were too many. */
  countRegistration(address: string): void {
    this.#registrations.spend(address, this.#now(), "Your address has reserved many names");
  }

  /** Hashes, and counts it for the address: it takes a tenth of a second of a core. */
  #hashed<T>(address: string, work: () => Promise<T>): Promise<T> {
    this.#hashes.spend(address, this.#now(), "Many passwords came from your address");
    return work();
  }

  /** Forgets what is over. Call it now and then. */
  expire(): void {
    const now = this.#now();
    this.attempts.expire();
    this.#turns.expire();
    this.#registrations.expire(now);
    this.#hashes.expire(now);
  }
}

/** Shortest and longest passwords of names, in UTF-16 code units. */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = REQUESTS.register.password.most;

/** Decoders put this for bytes that are not UTF-8: different passwords would be the same. */
const NOT_UTF8 = "\ufffd";

/**
 * Throws a {@linkcode Refusal} (`weak-password`) for a password that no name can have, or not this one: whoever takes
 * it for the name that is asked for has told it to everybody.
 */
export function checkStrength(password: string, name?: string): void {
  const { length } = password;
  if (password.includes(NOT_UTF8)) {
    throw new Refusal(
      "weak-password",
      "A password has no U+FFFD, which is what is left of letters that were not UTF-8",
    );
  }
  if (name !== undefined && bare(password) === bare(name)) {
    throw new Refusal(
      "weak-password",
      sentence`${name} was taken for the password, and is your name: ${{
        to: "register",
      }} takes a password, which reserves the name that you have; choose one that nobody knows`,
    );
  }
  if (length >= MIN_PASSWORD && length <= MAX_PASSWORD) return;
  throw new Refusal(
    "weak-password",
    `A password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters; this one has ${length}`,
  );
}

/** A name or password without blanks, in one case. */
function bare(text: string): string {
  return nameKey(text).replace(/\s/g, "");
}
