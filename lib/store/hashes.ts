/** The hashes of the secrets that were asked for lately. */

import { directLog, isRoomLog, keyOf, type LogKey } from "../chat/log_key.ts";
import type { Hash } from "../chat/log/fact.ts";
import { hashOf } from "./stored_log.ts";

const MOST_KNOWN = 10_000;

/** Remembers them. */
export class Hashes {
  readonly #known = new Map<string, Hash>();

  /** The hash of a secret; nothing of nothing. */
  of(secret: string): Hash {
    if (secret === "") return "";
    let hash = this.#known.get(secret);
    if (hash === undefined) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(secret, hash = hashOf(secret));
    }
    return hash;
  }

  /** A log whose session goes by its secret, by the hash of that. */
  log(log: LogKey): LogKey {
    return isRoomLog(log) ? log : directLog(this.of(keyOf(log)));
  }

  /** Forgets a secret. */
  drop(secret: string): void {
    this.#known.delete(secret);
  }
}
