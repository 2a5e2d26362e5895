/** Who has left the server, or goes by another nick now: the latest, for WHOWAS. */

import type { HouseParts } from "../chat/house_parts.ts";
import { isConfined } from "../chat/judge/may_read.ts";
import type { News } from "../chat/news.ts";
import type { Account } from "../chat/people/records.ts";
import type { Session } from "../chat/sessions/session.ts";
import { nameKey } from "../words/names.js";
import type { IrcClient } from "./client.ts";
import type { IrcServer } from "./irc_server.ts";
import { nameOfNick } from "./lines/irc_names.ts";
import { hostOf, OTHER_USER } from "./telling/prefix.ts";

/** Somebody as they were when they left a nick. */
export interface LeftPerson {
  readonly name: string;
  readonly user: string;
  readonly host: string;
  readonly realName: string;
}

/** The same as it is remembered. */
interface Remembered extends LeftPerson {
  /** The id of the account that had the nick. */
  readonly account: string | undefined;
  /** Whether it hid then when it was here: that counts once there is no such account any more. */
  readonly hid: boolean;
}

/** Of how many names it is remembered who went by them, and how many people of one name. */
const MOST_NAMES = 1_000;
const MOST_OF_ONE = 8;

/**
 * Those who have left, the latest of each name first. Nobody is told when that was, and neither guests who came by
 * a link are among them, whom others do not meet, nor who hides when they were here, whenever that was set.
 */
export class LeftPeople {
  readonly #server: IrcServer;
  readonly #byKey = new Map<string, readonly Remembered[]>();
  #isWatching = false;

  constructor(server: IrcServer) {
    this.#server = server;
  }

  /** Of how many names somebody is remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Begins to remember who leaves, from the first client on that is in. */
  watch({ house, peer }: IrcClient): void {
    if (this.#isWatching) return;
    house.read(peer, (parts) => {
      this.#isWatching = true;
      parts.watchers.add((news) => news.forEach((each) => this.#note(parts, each)));
    });
  }

  /** Who went by a nick, the latest first, as far as a client may know. */
  of({ view, house }: IrcClient, nick: string): readonly LeftPerson[] {
    if (view?.isConfined !== false) return [];
    const name = nameOfNick(nick);
    const key = nameKey(name);
    const { people, lists } = house.state;
    const found = (this.#byKey.get(key) ?? []).filter(({ account, hid }) =>
      account === undefined || people.accountWith(account) === undefined
        ? !hid
        : lists.settings(account).hideSeen !== true
    );
    // What they say of themselves is a text as others are: nobody is told that of somebody who is muted or banned.
    if (!people.isSanctioned({ name, key })) return found;
    return found.map((each) => ({ ...each, user: OTHER_USER, realName: each.name }));
  }

  #note(parts: HouseParts, news: News): void {
    if (news.kind === "gone") return this.#noteGone(parts, news.session);
    if (news.kind !== "renamed") return;
    const { session, from, forced } = news;
    const key = nameKey(from);
    if (key === session.key) return;
    // Whoever had to give a name up was not its owner.
    const account = forced === undefined ? parts.state.people.account(key) : undefined;
    this.#add(parts, session, from, account);
  }

  #noteGone(parts: HouseParts, session: Session): void {
    const { registry, state: { people } } = parts;
    // Another device of the same person is here.
    if ([...session.person.sessions].some((each) => registry.isPresent(each))) return;
    this.#add(parts, session, session.name, people.accountOf(session));
  }

  #add({ state }: HouseParts, session: Session, name: string, account: Account | undefined): void {
    if (session.isVisitor || isConfined(state, session)) return;
    const hid = account !== undefined && state.lists.settings(account.id).hideSeen === true;
    const { user = "", realName = "" } = this.#server.users.get(name) ?? {};
    const left = {
      name,
      user: user === "" ? OTHER_USER : `~${user}`,
      host: hostOf(account?.name),
      realName: realName || name,
      account: account?.id,
      hid,
    };
    const key = nameKey(name);
    const before = this.#byKey.get(key) ?? [];
    // A browser whose connection breaks at times has not left so often.
    const others = before.filter((each) => !isSame(each, left));
    this.#byKey.delete(key);
    this.#byKey.set(key, [left, ...others].slice(0, MOST_OF_ONE));
    if (this.#byKey.size > MOST_NAMES) this.#byKey.delete(this.#byKey.keys().next().value ?? "");
  }
}

function isSame(one: Remembered, other: Remembered): boolean {
  return one.name === other.name && one.account === other.account && one.user === other.user &&
    one.host === other.host &&
    one.realName === other.realName;
}

const ofServers = new WeakMap<IrcServer, LeftPeople>();

/** Those who have left a server. */
export function leftPeople(server: IrcServer): LeftPeople {
  let left = ofServers.get(server);
  if (left === undefined) ofServers.set(server, left = new LeftPeople(server));
  return left;
}
