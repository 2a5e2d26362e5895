/** Who is one person: which sessions are one account's, and which are guests'. */

import { Person, type Session } from "./session.ts";

/** How the name of a person begins that has an account. */
const ACCOUNT = "account ";

/** The persons of whom a session is known. */
export class Persons {
  /** By the ids of their accounts. */
  readonly #accounts = new Map<string, Person>();
  /** Guests of whom not only the first session is known, by what they go by. */
  readonly #guests = new Map<string, Person>();

  /** How many of them have an account. */
  get size(): number {
    return this.#accounts.size;
  }

  /** The person of an account; `undefined` while none of its sessions is known. */
  ofAccount(id: string): Person | undefined {
    return this.#accounts.get(id);
  }

  /** The guest of several sessions that goes by that; any other is found by its only session. */
  ofGuest(who: string): Person | undefined {
    return this.#guests.get(who);
  }

  /** The same; one without sessions if none is known. */
  forAccount(id: string): Person {
    return this.#accounts.get(id) ?? new Person(`${ACCOUNT}${id}`);
  }

  /** Whether a person is found by what it goes by, and not only by its session. */
  has(person: Person): boolean {
    const id = accountIn(person);
    const known = id === undefined ? this.#guests.get(person.who) : this.#accounts.get(id);
    return known === person;
  }

  /** A person is found by what it goes by from here on. */
  found(person: Person): void {
    const id = accountIn(person);
    if (id !== undefined) this.#accounts.set(id, person);
    else this.#guests.set(person.who, person);
  }

  /** Makes `session` one of the person's. */
  move(session: Session, person: Person): void {
    if (session.person === person) return;
    this.#drop(session);
    person.sessions.add(session);
    session.person = person;
    this.found(person);
  }

  /** A session has come in: it is its person's last. */
  came(session: Session): void {
    const { sessions } = session.person;
    sessions.delete(session);
    sessions.add(session);
  }

  /** A session is not known any more. */
  forget(session: Session): void {
    this.#drop(session);
  }

  #drop(session: Session): void {
    const { person } = session;
    person.sessions.delete(session);
    const id = accountIn(person);
    if (person.sessions.size > 0) return;
    if (this.#guests.get(person.who) === person) this.#guests.delete(person.who);
    if (id !== undefined && this.#accounts.get(id) === person) this.#accounts.delete(id);
  }
}

/** The id of a person's account; `undefined` for a guest. */
export function accountIn({ who }: Person): string | undefined {
  return who.startsWith(ACCOUNT) ? who.slice(ACCOUNT.length) : undefined;
}
