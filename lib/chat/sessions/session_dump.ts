/** Sessions and persons as plain data, so that a house that starts again knows them as they were. */

import { Person, Session } from "./session.ts";
import type { Sessions, SessionsOrder } from "./sessions.ts";
import type { Persons } from "./persons.ts";
import type { Traits } from "./peer.ts";

/** When a time is over that a session is kept, or its name; none: never, and `null`: it is over. */
type End = number | null;

/** What one session has that a new one has not. */
interface SessionDump
  extends Partial<Pick<Session, "hears" | "label" | "door" | "node" | "endedAt" | "ended">> {
  readonly hash: string;
  readonly name: string;
  /** The same as the name if there is none. */
  readonly key?: string;
  /** Where its traits are among all; the same for the account that it has shown. */
  readonly traits: number;
  readonly account?: number;
  readonly isVisitor?: true;
  readonly since: number;
  readonly times: number;
  readonly address?: string;
  readonly left?: Session["left"];
  /** The keys of its rooms, in the order in which it came into them. */
  readonly rooms?: readonly string[];
  readonly nameUntil?: End;
  readonly forgetAt?: End;
}

/** A person of whom there is more to know than its one session. */
interface PersonDump {
  readonly who: string;
  /** Their numbers, the one that came in last at the end. */
  readonly sessions: readonly number[];
  readonly away?: string;
  /** It is found by what it goes by, and not only by its session. */
  readonly isFound?: true;
}

/** All sessions, and whose they are; a number of a session is its place in `all`. */
export interface SessionsDump {
  readonly all: readonly SessionDump[];
  readonly traits: readonly Traits[];
  readonly accounts: ReadonlyArray<NonNullable<Session["account"]>>;
  readonly persons: readonly PersonDump[];
  readonly order: SessionsOrder<number>;
}

/** Things by numbers, as a dump refers to them. */
export class ByNumber<Thing> {
  readonly all: Thing[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #idOf: (thing: Thing) => unknown;

  /** Things are the same if `idOf` is; unless told, if they are one object. */
  constructor(things: Iterable<Thing> = [], idOf: (thing: Thing) => unknown = (thing) => thing) {
    this.#idOf = idOf;
    for (const thing of things) this.of(thing);
  }

  /** The number of a thing; a thing that is new gets the next one. */
  of(thing: Thing): number {
    const id = this.#idOf(thing);
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.all.length);
    return this.all.push(thing) - 1;
  }

  /** Whether a thing has a number. */
  has(thing: Thing): boolean {
    return this.#numbers.has(this.#idOf(thing));
  }

  /** The thing with a number; throws an `Error` that says so where there is none. */
  at(number: number): Thing {
    const thing = this.all[number];
    if (thing !== undefined) return thing;
    throw new Error(`The dump of the house is damaged: of ${this.all.length} it names ${number}`);
  }
}

/** All that is known of sessions. They get their numbers in the order in which they are known. */
export function dumpSessions(
  sessions: Sessions,
  persons: Persons,
  numbers: ByNumber<Session>,
): SessionsDump {
  const json = (thing: unknown): string => JSON.stringify(thing);
  const traits = new ByNumber<Traits>([], json);
  const accounts = new ByNumber<NonNullable<Session["account"]>>([], json);
  for (const session of sessions) numbers.of(session);
  const all = numbers.all.map((session) => dumpSession(session, traits, accounts));
  const whose = new Set(numbers.all.map(({ person }) => person));
  return {
    all,
    traits: traits.all,
    accounts: accounts.all,
    persons: [...whose].flatMap((person) => dumpPerson(person, persons, numbers)),
    order: sessions.order((session) => numbers.of(session)),
  };
}

function dumpSession(
  session: Session,
  traits: ByNumber<Traits>,
  accounts: ByNumber<NonNullable<Session["account"]>>,
): SessionDump {
  const { hash, name, key, hears, label, door, node, since, address, left, rooms } = session;
  const { times, ended, endedAt, account, isVisitor, nameUntil, forgetAt } = session;
  return {
    ...{ hash, name, traits: traits.of(session.traits), since, times },
    ...(key === name ? {} : { key }),
    ...(account === undefined ? {} : { account: accounts.of(account) }),
    ...(isVisitor ? { isVisitor } : {}),
    ...(Object.keys(hears).length === 0 ? {} : { hears }),
    ...(label === "" ? {} : { label }),
    ...(door === "" ? {} : { door }),
    ...(node === undefined ? {} : { node }),
    ...(address === undefined ? {} : { address }),
    ...(left.length === 0 ? {} : { left }),
    ...(rooms.size === 0 ? {} : { rooms: [...rooms] }),
    ...(Object.keys(ended).length === 0 ? {} : { ended }),
    ...(endedAt === 0 ? {} : { endedAt }),
    ...(nameUntil === Infinity ? {} : { nameUntil: endOf(nameUntil) }),
    ...(forgetAt === Infinity ? {} : { forgetAt: endOf(forgetAt) }),
  };
}

function dumpPerson(
  person: Person,
  persons: Persons,
  numbers: ByNumber<Session>,
): readonly PersonDump[] {
  const { who, away } = person;
  const sessions = [...person.sessions].map((session) => numbers.of(session));
  const isFound = persons.has(person);
  const [first] = person.sessions;
  // A session is a person of its own from the beginning.
  if (!isFound && away === "" && sessions.length === 1 && who === guestOf(first)) return [];
  return [{
    ...{ who, sessions },
    ...(away === "" ? {} : { away }),
    ...(isFound ? { isFound } : {}),
  }];
}

function guestOf(session: Session | undefined): string | undefined {
  return session && new Person(`guest ${session.hash}`).who;
}

/** Makes sessions and persons known as they were. Throws an `Error` for a dump that is damaged. */
export function loadSessions(
  { all, traits, accounts, persons: whose, order }: SessionsDump,
  sessions: Sessions,
  persons: Persons,
): ByNumber<Session> {
  const numbers = new ByNumber<Session>();
  const allTraits = new ByNumber(traits);
  const allAccounts = new ByNumber(accounts);
  for (const each of all) {
    const shown = each.account === undefined ? undefined : allAccounts.at(each.account);
    numbers.of(loadSession(each, allTraits.at(each.traits), shown));
  }
  for (const { who, sessions: own, away = "", isFound } of whose) {
    const person = new Person(who);
    person.away = away;
    for (const number of own) {
      const session = numbers.at(number);
      session.person = person;
      person.sessions.add(session);
    }
    if (isFound) persons.found(person);
  }
  sessions.load(numbers.all, order, (number) => numbers.at(number));
  return numbers;
}

function loadSession(
  dump: SessionDump,
  traits: Traits,
  account: Session["account"],
): Session {
  const { hash, name, key = name, isVisitor = false, rooms = [] } = dump;
  const session = new Session(undefined, name, key, undefined, isVisitor, hash, traits);
  const { hears = {}, label = "", door = "", node, since, times, address, left = [] } = dump;
  const { ended = {}, endedAt = 0, nameUntil, forgetAt } = dump;
  Object.assign(session, { hears, label, door, node, since, times, address, left, account });
  Object.assign(session, { ended, endedAt });
  session.nameUntil = endIn(nameUntil);
  session.forgetAt = endIn(forgetAt);
  for (const room of rooms) session.rooms.add(room);
  return session;
}

/** JSON has no number for what was over always. */
function endOf(time: number): End {
  return time === -Infinity ? null : time;
}

function endIn(end: End | undefined): number {
  return end === undefined ? Infinity : end ?? -Infinity;
}
