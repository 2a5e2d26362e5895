/** What accounts have listed: rooms and conversations, found by account and by log. */

import type { ReadLog } from "../messages/log_key.ts";
import { chatLog, roomLog } from "../messages/log_key.ts";
import type { Change, Listed } from "./records.ts";

const NO_LOGS: ReadonlyMap<ReadLog, Listed> = new Map();
const NOBODY: ReadonlySet<string> = new Set();

/** The lists of all accounts; an account goes by its id. */
export class Lists {
  readonly #accounts = new Map<string, Map<ReadLog, Listed>>();
  readonly #logs = new Map<ReadLog, Set<string>>();

  constructor(listed: readonly Listed[] = []) {
    for (const each of listed) this.#add(each);
  }

  /** All of it, account by account. */
  get all(): Listed[] {
    return [...this.#accounts.values()].flatMap((logs) => [...logs.values()]);
  }

  /** What an account has listed, in the order in which it came into the list. */
  of(account: string): ReadonlyMap<ReadLog, Listed> {
    return this.#accounts.get(account) ?? NO_LOGS;
  }

  /** The place of a log in an account's list. */
  get(account: string, log: ReadLog): Listed | undefined {
    return this.#accounts.get(account)?.get(log);
  }

  /** The accounts that have a log listed. */
  accounts(log: ReadLog): ReadonlySet<string> {
    return this.#logs.get(log) ?? NOBODY;
  }

  /** Makes changes hold; those of other things are none here. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "listed":
          this.#add(change.listed);
          break;
        case "unlisted":
          this.#delete(change.account, change.log);
          break;
        case "remove":
          for (const log of this.of(change.id).keys()) this.#delete(change.id, log);
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

  #add(listed: Listed): void {
    const { account, log } = listed;
    const logs = this.#accounts.get(account);
    if (logs === undefined) this.#accounts.set(account, new Map([[log, listed]]));
    else logs.set(log, listed);
    const accounts = this.#logs.get(log);
    if (accounts === undefined) this.#logs.set(log, new Set([account]));
    else accounts.add(account);
  }

  #delete(account: string, log: ReadLog): void {
    const logs = this.#accounts.get(account);
    if (logs?.delete(log) && logs.size === 0) this.#accounts.delete(account);
    const accounts = this.#logs.get(log);
    if (accounts?.delete(account) && accounts.size === 0) this.#logs.delete(log);
  }

  #deleteLog(log: ReadLog): void {
    for (const account of [...this.accounts(log)]) this.#delete(account, log);
  }
}
