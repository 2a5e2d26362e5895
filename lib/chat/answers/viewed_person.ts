/** People as one session may see them; see view.ts. */

import { lastHere, lastSeen, learnsWhen } from "./person.ts";
import type { HouseParts } from "../house_parts.ts";
import type { ServerRole } from "../people/permissions.ts";
import type { Account } from "../people/records.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

/** A person. */
export interface Viewed {
  /** Tells persons apart, whatever they are called. */
  readonly who: string;
  readonly name: string;
  /** None: a guest. */
  readonly account?: { readonly id: string; readonly name: string } | undefined;
  /** On the server. */
  readonly role: ServerRole;
  /** Whether it is connected. */
  readonly here: boolean;
  /** Why it says that it is away; empty: it does not. */
  readonly away: string;
  /** When the first of its sessions that are here came, in ms since 1970; 0: none is. */
  readonly since: number;
  /** For how long it has done nothing, in ms; none where that is not to be known, as in `whois`. */
  readonly idleMs?: number | undefined;
  /** When it was here last, if it is not, as an RFC 3339 time; none where that is not to be known. */
  readonly seen?: string | undefined;
  /** The peers of its sessions that are connected with this node. */
  readonly peers: readonly Peer[];
}

/**
 * Somebody whose session is known. Costly parts are found when they are asked for, by getters that all of them
 * share: whoever lists a large room makes thousands of these.
 */
export class SeenPerson implements Viewed {
  readonly who: string;
  readonly name: string;
  readonly account: Viewed["account"];
  readonly role: ServerRole;
  readonly away: string;
  readonly #house: HouseParts;
  readonly #asker: Session;
  readonly #one: Session;

  /** `account` is that of the session. */
  constructor(house: HouseParts, asker: Session, one: Session, account: Account | undefined) {
    this.who = one.person.who;
    this.name = one.name;
    this.account = account && { id: account.id, name: account.name };
    this.role = account?.role ?? "member";
    this.away = one.person.away;
    this.#house = house;
    this.#asker = asker;
    this.#one = one;
  }

  get here(): boolean {
    return this.#hereNow().length > 0;
  }

  get since(): number {
    const here = this.#hereNow();
    return here.length === 0 ? 0 : Math.min(...here.map(({ since }) => since));
  }

  get seen(): string | undefined {
    const account = this.#house.state.people.accountOf(this.#one);
    if (account === undefined || this.here) return undefined;
    return lastHere(this.#house, this.#asker, account);
  }

  get peers(): readonly Peer[] {
    return shownSessions(this.#one).flatMap(({ peer }) => peer ?? []);
  }

  /** By the rule of `whois`. */
  get idleMs(): number | undefined {
    const [house, asker, one] = [this.#house, this.#asker, this.#one];
    const account = house.state.people.accountOf(one);
    const shares = house.registry.roomsOf(asker).some((room) => room.hasPerson(one.person));
    const isOwn = one.person === asker.person;
    if (!isOwn && !learnsWhen(house, asker, account, shares)) return undefined;
    const here = this.#hereNow();
    return here.length === 0 ? undefined : lastSeen(house, account, here).idleMs;
  }

  #hereNow(): Session[] {
    return shownSessions(this.#one).filter((each) => this.#house.registry.isPresent(each));
  }
}

/** The same with the account of the session. */
export function viewedPerson(house: HouseParts, asker: Session, one: Session): Viewed {
  return new SeenPerson(house, asker, one, house.state.people.accountOf(one));
}

/** An account of which no session is here. */
export function absentAccount(house: HouseParts, asker: Session, account: Account): Viewed {
  const { id, name, role } = account;
  const gone = { here: false, away: "", since: 0, peers: [] };
  return {
    ...{ who: `account ${id}`, name, account: { id, name }, role, ...gone },
    get seen() {
      return lastHere(house, asker, account);
    },
  };
}

/** The sessions of the same person that others are told of: a visitor stands for itself. */
export function shownSessions(one: Session): readonly Session[] {
  if (one.isVisitor) return [one];
  return [...one.person.sessions].filter(({ isVisitor }) => !isVisitor);
}
