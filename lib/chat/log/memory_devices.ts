/** The devices that accounts have signed in, in memory. */

import { type Change, type Device, MAX_DEVICES } from "../people/records.ts";
import type { Hash } from "../sessions/session.ts";
import type { KnownSession } from "./fact_log.ts";

/** The devices of all accounts, {@linkcode MAX_DEVICES} of each at most. */
export class MemoryDevices {
  readonly #devices = new Map<Hash, Device>();
  readonly #accounts = new Map<string, Set<Hash>>();

  /** What is known of a device. */
  recall(session: Hash): KnownSession | undefined {
    const device = this.#devices.get(session);
    if (device === undefined) return undefined;
    const { account, label, since } = device;
    return { account, label, since };
  }

  /** The devices of an account, the one that was used last first. */
  of(account: string): Device[] {
    const hashes = this.#accounts.get(account) ?? new Set();
    return [...hashes].map((hash) => this.#devices.get(hash) as Device)
      .sort((a, b) => b.used - a.used);
  }

  /** Devices are in use at a time, in ms since 1970. */
  use(hashes: readonly Hash[], at: number): undefined {
    for (const hash of hashes) {
      const device = this.#devices.get(hash);
      if (device !== undefined) this.#devices.set(hash, { ...device, used: at });
    }
  }

  /** Makes a change hold; one of other things is none here. */
  apply(change: Change): void {
    if (change.type === "device") this.#add(change.device);
    else if (change.type === "sign-out") {
      const { account, device, except } = change;
      for (const { hash } of this.of(account)) {
        if ((device ?? hash) === hash && hash !== except) this.forget(hash);
      }
    } else if (change.type === "remove") {
      for (const { hash } of this.of(change.id)) this.forget(hash);
    }
  }

  /** Forgets a session, if it is a device. */
  forget(hash: Hash): void {
    const account = this.#devices.get(hash)?.account;
    if (account === undefined) return;
    this.#devices.delete(hash);
    const hashes = this.#accounts.get(account);
    if (hashes?.delete(hash) && hashes.size === 0) this.#accounts.delete(account);
  }

  #add(device: Device): void {
    const { hash, account } = device;
    this.forget(hash);
    for (const { hash: surplus } of this.of(account).slice(MAX_DEVICES - 1)) this.forget(surplus);
    this.#devices.set(hash, device);
    const hashes = this.#accounts.get(account);
    if (hashes === undefined) this.#accounts.set(account, new Set([hash]));
    else hashes.add(hash);
  }
}
