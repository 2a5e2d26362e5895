/** Which names are taken, and by whom: a person may have several sessions, which go by one name. */

import { nameKey } from "../../words/names.js";
import { type Named, NameTable, type NameTableDump } from "../names/name_tables.ts";
import type { Person, Session } from "../sessions/session.ts";

/** Names of people who are here, or may come back to them. */
export class PersonNames {
  readonly #isPresent: (session: Session) => boolean;
  readonly #time: () => number;
  readonly #names = new NameTable<Person>();

  /** A session that is not present keeps its name until a time. */
  constructor(isPresent: (session: Session) => boolean, time: () => number) {
    this.#isPresent = isPresent;
    this.#time = time;
  }

  /** All names, with one of the sessions of whoever has each, as `of` calls it. */
  dump<Of>(of: (session: Session) => Of): NameTableDump<Of> {
    return this.#names.dump(({ sessions: [first] }) => first && of(first));
  }

  /** Makes these taken, where none is. */
  load<Of>(dump: NameTableDump<Of>, of: (called: Of) => Session): void {
    this.#names.load(dump, (called) => of(called).person);
  }

  /** Who keeps a person from taking a name, by having it or one that looks alike. */
  holder(name: string, key: string, person: Person | undefined): Person | undefined {
    return this.#names.find(
      name,
      key,
      (holder) => holder !== person && [...holder.sessions].some((each) => this.#keeps(each)),
    );
  }

  /** Who goes by `name` and is here: of a person's sessions the one that came first, visitors last. */
  named(name: string): Session | undefined {
    const sessions = this.#names.get(nameKey(name))?.sessions ?? [];
    const here = [...sessions].filter((session) => this.#isPresent(session));
    return here.find(({ isVisitor }) => !isVisitor) ?? here[0];
  }

  /** Whether the person of `session` is the one that is meant by the name that it goes by. */
  holds({ person, key }: Session): boolean {
    return this.#names.get(key) === person;
  }

  /** Gives a session, and its person, a name that is free for that person. */
  take(session: Session, { name, key }: Named): void {
    session.name = name;
    session.key = key;
    this.#names.set(name, key, session.person);
  }

  /**
   * Takes the name that a session goes by from it, and from its person if no other session of it goes by
   * that.
   */
  release(session: Session): void {
    const { person, name, key } = session;
    // Nobody comes back to a name that others may have.
    if (!this.#isPresent(session)) session.nameUntil = -Infinity;
    const others = [...person.sessions].filter((each) => each !== session && each.key === key);
    if (!others.some((each) => this.#keeps(each))) this.#names.delete(name, key, person);
  }

  /** Takes its names from a person, whoever of its sessions goes by them. */
  releaseAll(person: Person): void {
    for (const session of person.sessions) {
      if (!this.#isPresent(session)) session.nameUntil = -Infinity;
      this.#names.delete(session.name, session.key, person);
    }
  }

  /** Whether nobody else can have the name that a session goes by. */
  #keeps(session: Session): boolean {
    return this.#isPresent(session) || session.nameUntil > this.#time();
  }
}
