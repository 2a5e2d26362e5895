/** The names that clients monitor: who of them is here, and what there is to tell when that changes. */

import { isConfined } from "../chat/judge/may_read.ts";
import type { Session } from "../chat/sessions/session.ts";
import { newsFor, type Watcher } from "../chat/watchers.ts";
import type { Viewed } from "../chat/answers/viewed_person.ts";
import { nameKey } from "../words/names.js";
import type { IrcClient } from "./client.ts";
import type { IrcServer } from "./irc_server.ts";
import { MOST_MONITORED } from "./isupport.ts";
import { nameOfNick, nickOf } from "./lines/irc_names.ts";
import { type IrcLine, roomFor } from "./lines/write.ts";
import { inLines } from "./telling/names_list.ts";
import { prefixAs } from "./telling/prefix.ts";

/** A name that a client monitors. */
export interface Monitored {
  /** As the client has written it. */
  readonly nick: string;
  /** Who is here under that name, as the client was told; `undefined`: nobody. */
  seen: Seen | undefined;
}

/** What a client knows of somebody whom it monitors. */
interface Seen {
  /** What it is called, which may be written otherwise than the client has. */
  readonly name: string;
  readonly account: string | undefined;
  readonly away: string;
}

/** One client's names, by their keys. */
interface List {
  readonly client: IrcClient;
  readonly session: Session;
  readonly names: Map<string, Monitored>;
  /** The keys of those that there may be something new about. */
  readonly due: Set<string>;
}

/** Who is here under a nick, as far as a client may know: ISON, USERHOST and MONITOR say the same. */
export function hereAs({ view }: IrcClient, nick: string): Viewed | undefined {
  return view?.person(nameOfNick(nick));
}

/** The names that the clients of one server monitor. The house is watched while there are any. */
export class Monitors {
  readonly #lists = new Map<Session, List>();
  readonly #byKey = new Map<string, Set<List>>();
  #unwatch: (() => void) | undefined;

  /** The names of a client, in the order in which it has named them. */
  of(client: IrcClient): readonly Monitored[] {
    const session = sessionOf(client);
    const list = session && this.#lists.get(session);
    return [...list?.names.values() ?? []];
  }

  /** Adds a nick to a client's; what it is, or `undefined`: it has too many, and this is not one of them. */
  add(client: IrcClient, nick: string): Monitored | undefined {
    const list = this.#listOf(client);
    if (list === undefined) return undefined;
    const key = nameKey(nameOfNick(nick));
    const known = list.names.get(key);
    if (known !== undefined) return known;
    if (list.names.size >= MOST_MONITORED) return undefined;
    const monitored = { nick, seen: seenIn(hereAs(client, nick)) };
    list.names.set(key, monitored);
    const lists = this.#byKey.get(key);
    if (lists === undefined) this.#byKey.set(key, new Set([list]));
    else lists.add(list);
    return monitored;
  }

  /** Takes a nick from a client's. */
  remove(client: IrcClient, nick: string): void {
    const session = sessionOf(client);
    const list = session && this.#lists.get(session);
    const key = nameKey(nameOfNick(nick));
    if (list?.names.delete(key)) this.#forgetKey(list, key);
    if (list?.names.size === 0) this.#forget(list);
  }

  /** Takes all from it. */
  clear(client: IrcClient): void {
    const session = sessionOf(client);
    const list = session && this.#lists.get(session);
    if (list !== undefined) this.#forget(list);
  }

  /** The clients that monitor a name and want to know more of whom they monitor, but for those in a room with them. */
  elsewhere(name: string): readonly IrcClient[] {
    return [...this.#byKey.get(nameKey(name)) ?? []].map(({ client }) => client)
      .filter((client) => client.caps.has("extended-monitor") && !hearsOf(client, name));
  }

  #listOf(client: IrcClient): List | undefined {
    const session = sessionOf(client);
    if (session === undefined) return undefined;
    let list = this.#lists.get(session);
    if (list === undefined) {
      this.#lists.set(session, list = { client, session, names: new Map(), due: new Set() });
      this.#unwatch ??= client.house.read(client.peer, ({ watchers }) => {
        const told = newsFor(this.#touched);
        watchers.add(told);
        return () => void watchers.delete(told);
      });
    }
    return list;
  }

  #forget(list: List): void {
    for (const key of list.names.keys()) this.#forgetKey(list, key);
    list.names.clear();
    this.#lists.delete(list.session);
    if (this.#lists.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #forgetKey(list: List, key: string): void {
    const lists = this.#byKey.get(key);
    lists?.delete(list);
    if (lists?.size === 0) this.#byKey.delete(key);
  }

  readonly #touched: Watcher = (session, keys, isMove) => {
    const due = new Set<List>();
    const isDue = (list: List, key: string): void => {
      if (isMove && !mindsRooms(list, session)) return;
      list.due.add(key);
      due.add(list);
    };
    const own = this.#lists.get(session);
    // Where it is says whom it may know.
    if (own !== undefined) { for (const key of own.names.keys()) isDue(own, key); }
    for (const key of keys) {
      for (const list of this.#byKey.get(key) ?? []) isDue(list, key);
    }
    const look = (): void => due.forEach((list) => this.#look(list));
    // Who comes has its peer in a moment, which is asked what to show of it.
    if (session.peer !== undefined) look();
    else if (due.size > 0) queueMicrotask(look);
  };

  #look(list: List): void {
    const { client, due, names } = list;
    const keys = [...due];
    due.clear();
    // It may have gone meanwhile.
    if (sessionOf(client) !== list.session) return this.#forget(list);
    const [came, left]: [string[], string[]] = [[], []];
    const more: IrcLine[] = [];
    for (const key of keys) {
      const monitored = names.get(key);
      if (monitored === undefined) continue;
      const person = hereAs(client, monitored.nick);
      const { seen: before } = monitored;
      const now = monitored.seen = seenIn(person);
      if (person === undefined || now === undefined) {
        if (before !== undefined) left.push(nickOf(before.name));
      } else if (before === undefined) came.push(shownAs(client, person));
      else if (!hearsOf(client, person.name)) more.push(...changes(client, person, before));
    }
    for (const line of [...monitorLines(client, { came, left }), ...more]) client.write(line);
  }
}

const ofServers = new WeakMap<IrcServer, Monitors>();

/** What the clients of a server monitor. */
export function monitorsOf(server: IrcServer): Monitors {
  let monitors = ofServers.get(server);
  if (monitors === undefined) ofServers.set(server, monitors = new Monitors());
  return monitors;
}

/** Somebody who is here, with the user and the host. */
export function shownAs({ server }: IrcClient, { name, account }: Viewed): string {
  return prefixAs(server, name, account?.name);
}

/** The lines for those who are here, and for those who are not. */
export function monitorLines(
  client: IrcClient,
  { came, left }: { readonly came: readonly string[]; readonly left: readonly string[] },
): readonly IrcLine[] {
  return [...listLines(client, "730", came), ...listLines(client, "731", left)];
}

/** The lines of a list with commas between its parts; the longest nick takes less than a line. */
export function listLines(
  { server, shownNick }: IrcClient,
  command: string,
  parts: readonly string[],
): readonly IrcLine[] {
  const room = roomFor(server.name, command, shownNick);
  const lines = [...inLines(parts, room, ",")];
  return lines.map((line) => ({ source: server.name, command, params: [shownNick, line] }));
}

/** Whether it may depend on rooms if a list's client may know of somebody. */
function mindsRooms({ client: { house: { state } }, session }: List, other: Session): boolean {
  return isConfined(state, session) || isConfined(state, other);
}

function sessionOf({ house, peer }: IrcClient): Session | undefined {
  return house.read(peer, (_, session) => session);
}

function seenIn(person: Viewed | undefined): Seen | undefined {
  return person && { name: person.name, account: person.account?.name, away: person.away };
}

/** Whether a client hears of somebody by a room that both are in. */
function hearsOf({ view }: IrcClient, name: string): boolean {
  return view?.shared(name).some(({ tellsPresence }) => tellsPresence) ?? false;
}

/** What has changed about somebody who was here before. */
function changes(client: IrcClient, person: Viewed, before: Seen): readonly IrcLine[] {
  const { caps } = client;
  if (!caps.has("extended-monitor")) return [];
  const { account, away } = person;
  const source = shownAs(client, person);
  const lines: IrcLine[] = [];
  if (account?.name !== before.account && caps.has("account-notify")) {
    const params = [account === undefined ? "*" : nickOf(account.name)];
    lines.push({ source, command: "ACCOUNT", params });
  }
  if (away !== before.away && caps.has("away-notify")) {
    lines.push({ source, command: "AWAY", params: away === "" ? [] : [away] });
  }
  return lines;
}
