/**
 * What accounts have listed, rooms and conversations, how far they have read them, and their settings:
 * found by account and by log. Facts that pass change it at once (a join, a leave, a mark); what
 * differs from what is kept is put as a `list` fact soon after, see list_keeping.ts.
 */

import { chatLog, isRoomLog, type ReadLog, roomLog } from "../messages/log_key.ts";
import type { AccountSettings, Change, Kept, ListChange, Listed } from "./records.ts";
import { Unkept } from "./unkept.ts";

/** The place in a list that stands for an account's settings. */
const SETTINGS = "";

const NO_LOGS: ReadonlyMap<ReadLog, Listed> = new Map();
const NOBODY: ReadonlySet<string> = new Set();

/** All that is listed and set. */
export interface ListsDump extends Pick<Kept, "listed" | "settings"> {
  /** The places that differ from what is kept, by account. */
  readonly unkept: ReadonlyArray<readonly [account: string, place: ReadLog | typeof SETTINGS]>;
}

/** The lists and settings of all accounts; an account goes by its id. */
export class Lists {
  readonly #last: (log: ReadLog) => number;
  readonly #accounts = new Map<string, Map<ReadLog, Listed>>();
  readonly #logs = new Map<ReadLog, Set<string>>();
  readonly #settings = new Map<string, AccountSettings>();
  readonly #unkept = new Unkept<ReadLog | typeof SETTINGS>();

  /** `last` is the seq of a log's latest message; `kept` is what was kept when the house was opened. */
  constructor(
    last: (log: ReadLog) => number,
    { listed = [], settings = [] }: Partial<Pick<Kept, "listed" | "settings">> = {},
  ) {
    this.#last = last;
    for (const each of settings) this.#settings.set(each.account, each);
    for (const each of listed) {
      // Older data may have been put back, in which there is less than was read.
      const read = Math.min(each.read, last(each.log));
      this.#add({ ...each, read });
      if (read !== each.read) this.#unkept.add(each.account, each.log);
    }
  }

  /** All of it, account by account. */
  get all(): Pick<Kept, "listed" | "settings"> {
    const listed = [...this.#accounts.values()].flatMap((logs) => [...logs.values()]);
    return { listed, settings: [...this.#settings.values()] };
  }

  /** All of it, and what differs from what is kept. */
  get dump(): ListsDump {
    return { ...this.all, unkept: this.#unkept.of() };
  }

  /** Knows what was known before, in its order, where nothing is known. */
  load({ listed, settings, unkept }: ListsDump): void {
    for (const each of settings) this.#settings.set(each.account, each);
    for (const each of listed) this.#add(each);
    for (const [account, place] of unkept) this.#unkept.add(account, place);
  }

  /** What an account has listed: in the order in which it came, but what was read last at the end. */
  of(account: string): ReadonlyMap<ReadLog, Listed> {
    return this.#accounts.get(account) ?? NO_LOGS;
  }

  /** The place of a log in an account's list. */
  get(account: string, log: ReadLog): Listed | undefined {
    return this.#accounts.get(account)?.get(log);
  }

  /** How many rooms an account has listed; none if one of them is the room of that log. */
  before(account: string | undefined, log: ReadLog): number {
    if (account === undefined || this.get(account, log) !== undefined) return 0;
    return [...this.of(account).keys()].filter(isRoomLog).length;
  }

  /** The accounts that have a log listed. */
  accounts(log: ReadLog): ReadonlySet<string> {
    return this.#logs.get(log) ?? NOBODY;
  }

  /** What an account has set, and when it was here last. */
  settings(account: string): AccountSettings {
    return this.#settings.get(account) ?? { account, seen: 0 };
  }

  /**
   * Lists a log, unless it is listed already. What was said in it before counts as read. By when they were listed
   * logs have an order, so of those of one moment each is a millisecond later than the one before.
   */
  list(account: string, log: ReadLog, name: string, now: number): void {
    if (this.get(account, log) !== undefined) return;
    const at = [...this.of(account).values()].reduce((most, { at }) => Math.max(most, at + 1), now);
    this.#add({ account, log, name, read: this.#last(log), at });
    this.#unkept.add(account, log);
  }

  /** Takes a log from an account's list. */
  unlist(account: string, log: ReadLog): void {
    if (this.#delete(account, log)) this.#unkept.add(account, log);
  }

  /**
   * An account has read a log up to the message `seq`, or to the last that there is; with `back` it may
   * be less than before. False if that changes nothing.
   */
  read(account: string, log: ReadLog, seq: number, back: boolean = false): boolean {
    const known = this.get(account, log);
    if (known === undefined) return false;
    const read = Math.min(seq, this.#last(log));
    if (back ? read === known.read : read <= known.read) return false;
    this.#accounts.get(account)?.delete(log);
    this.#add({ ...known, read });
    this.#unkept.add(account, log);
    return true;
  }

  /** The last device of an account has left. */
  left(account: string, seen: number): void {
    const known = this.settings(account);
    if (seen <= known.seen) return;
    this.#settings.set(account, { ...known, seen });
    this.#unkept.add(account, SETTINGS);
  }

  /** Makes changes hold that were judged; those of other things are none here. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "listed":
          this.#change(change.listed);
          break;
        case "unlisted":
          this.unlist(change.account, change.log);
          break;
        case "settings":
          this.#settings.set(change.settings.account, change.settings);
          break;
        case "remove":
          for (const log of [...this.of(change.id).keys()]) this.#delete(change.id, log);
          this.#settings.delete(change.id);
          this.#unkept.forget(change.id);
          break;
        case "unroom":
          this.#deleteLog(roomLog(change.key));
          break;
        case "unchat":
          this.#deleteLog(chatLog(change.key));
          break;
      }
    }
  }

  /**
   * A `list` fact has been stored, or could not be. What has changed again since it was put stays as it
   * is, and will be kept later; what nobody has changed here holds now.
   */
  settle(changes: readonly ListChange[], isKept: boolean): void {
    for (const change of changes) {
      const place = placeOf(change);
      if (place === undefined) continue;
      const [account, log] = place;
      if (!this.#unkept.has(account, log)) this.#hold(change);
      else if (isKept && isSame(change, this.#now(account, log))) this.#unkept.delete(account, log);
    }
  }

  /** What differs from what is kept: of one account, or of all. */
  unkept(account?: string): ListChange[] {
    return this.#unkept.of(account).map(([account, log]) => this.#now(account, log));
  }

  /** Makes what is kept hold. */
  #hold(change: ListChange): void {
    if (change.type === "listed") this.#add(change.listed);
    else if (change.type === "unlisted") this.#delete(change.account, change.log);
    else if (change.type === "settings") {
      this.#settings.set(change.settings.account, change.settings);
    }
  }

  /** What there is to be kept of a place in a list. */
  #now(account: string, log: ReadLog | typeof SETTINGS): ListChange {
    if (log === SETTINGS) return { type: "settings", settings: this.settings(account) };
    const listed = this.get(account, log);
    return listed === undefined ? { type: "unlisted", account, log } : { type: "listed", listed };
  }

  /** A record as it was judged: what has been read since then stays read, and what was left stays so. */
  #change(listed: Listed): void {
    const { account, log } = listed;
    const known = this.get(account, log);
    if (!this.#unkept.has(account, log)) this.#add(listed);
    else if (known !== undefined) this.#add({ ...listed, read: known.read });
  }

  #add(listed: Listed): void {
    const { account, log } = listed;
    const logs = this.#accounts.get(account);
    if (logs === undefined) this.#accounts.set(account, new Map([[log, listed]]));
    else logs.set(log, listed);
    const accounts = this.#logs.get(log);
    if (accounts === undefined) this.#logs.set(log, new Set([account]));
    else accounts.add(account);
  }

  #delete(account: string, log: ReadLog): boolean {
    const logs = this.#accounts.get(account);
    if (logs === undefined || !logs.delete(log)) return false;
    if (logs.size === 0) this.#accounts.delete(account);
    const accounts = this.#logs.get(log);
    if (accounts?.delete(account) && accounts.size === 0) this.#logs.delete(log);
    return true;
  }

  #deleteLog(log: ReadLog): void {
    for (const account of [...this.accounts(log)]) this.unlist(account, log);
  }
}

/** Whose change it is, and of what; `undefined` for one of a device, which is kept elsewhere. */
function placeOf(
  change: ListChange,
): readonly [account: string, log: ReadLog | typeof SETTINGS] | undefined {
  switch (change.type) {
    case "listed":
      return [change.listed.account, change.listed.log];
    case "unlisted":
      return [change.account, change.log];
    case "settings":
      return [change.settings.account, SETTINGS];
    case "device":
      return undefined;
  }
}

/** Whether two changes say the same, though one of them may have come from elsewhere. */
function isSame(a: ListChange, b: ListChange): boolean {
  if (a.type === "listed" && b.type === "listed") {
    const { read, notify, at } = a.listed;
    return read === b.listed.read && notify === b.listed.notify && at === b.listed.at;
  }
  if (a.type === "settings" && b.type === "settings") {
    const { seen, hideSeen } = a.settings;
    return seen === b.settings.seen && hideSeen === b.settings.hideSeen;
  }
  return a.type === b.type;
}
