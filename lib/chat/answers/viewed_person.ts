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
  readonly account?: { readonly id: string; readonly name: string };
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

/** Somebody whose session is known. Costly parts are found when they are asked for. */
export function viewedPerson(house: HouseParts, asker: Session, one: Session): Viewed {
  const { registry, state: { people } } = house;
  const account = people.accountOf(one);
  return {
    who: one.person.who,
    name: one.name,
    ...(account === undefined ? {} : { account: { id: account.id, name: account.name } }),
    role: account?.role ?? "member",
    away: one.person.away,
    get here() {
      return shownSessions(one).some((each) => registry.isPresent(each));
    },
    get since() {
      const here = shownSessions(one).filter((each) => registry.isPresent(each));
      return here.length === 0 ? 0 : Math.min(...here.map(({ since }) => since));
    },
    get seen() {
      return account === undefined || this.here ? undefined : lastHere(house, asker, account);
    },
    get peers() {
      return shownSessions(one).flatMap(({ peer }) => peer ?? []);
    },
    get idleMs() {
      return idleOf(house, asker, one, account);
    },
  };
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

/** For how long somebody has done nothing, by the rule of `whois`. */
function idleOf(
  house: HouseParts,
  asker: Session,
  one: Session,
  account: Account | undefined,
): number | undefined {
  const { registry } = house;
  const shares = registry.roomsOf(asker).some((room) => room.hasPerson(one.person));
  const isOwn = one.person === asker.person;
  if (!isOwn && !learnsWhen(house, asker, account, shares)) return undefined;
  const here = shownSessions(one).filter((each) => registry.isPresent(each));
  return here.length === 0 ? undefined : lastSeen(house, account, here).idleMs;
}
