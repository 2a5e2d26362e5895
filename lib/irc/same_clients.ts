/**
 * The connections of each client of an account: when it comes anew, an older one of it may be dead, which is not
 * noticed for minutes. Dead ones would count as devices of the account, of which there are so many at most.
 */

import { bye } from "../server/bye.ts";
import type { DoorPeer } from "../server/door.ts";
import type { Swept } from "../server/timers.ts";
import type { IrcLine } from "./lines/write.ts";

/** One connection of a client. */
interface ClientLine {
  readonly peer: Pick<DoorPeer, "close">;
  write(line: IrcLine): void;
}

/** The word in what is asked. */
const WORD = "alive";

/** Ends those that are dead. */
export class SameClients implements Swept {
  readonly #owedMs: number;
  /** By the account and what tells its clients apart. */
  readonly #here = new Map<string, Set<ClientLine>>();
  readonly #keys = new Map<ClientLine, string>();
  /** Who was asked for a sign of life, and when: by a clock that never goes back. */
  readonly #asked = new Map<ClientLine, number>();

  /** They have so many ms for an answer. */
  constructor(owedMs: number) {
    this.#owedMs = owedMs;
  }

  /** A client has come in: its older connections are asked for a sign of life. Two that live run beside each other. */
  came(client: ClientLine, account: string, device: string): void {
    this.left(client);
    const key = `${account} ${device}`;
    const others = this.#here.get(key) ?? new Set();
    for (const other of others) {
      if (this.#asked.has(other)) continue;
      this.#asked.set(other, performance.now());
      other.write({ command: "PING", params: [WORD] });
    }
    this.#here.set(key, others.add(client));
    this.#keys.set(client, key);
  }

  /** Something has come from a client. */
  heard(client: ClientLine): void {
    if (this.#asked.size > 0) this.#asked.delete(client);
  }

  /** A client has gone, or goes by another account. */
  left(client: ClientLine): void {
    const key = this.#keys.get(client);
    if (key === undefined) return;
    const others = this.#here.get(key);
    others?.delete(client);
    if (others?.size === 0) this.#here.delete(key);
    this.#keys.delete(client);
    this.#asked.delete(client);
  }

  sweep(now: number): void {
    for (const [client, at] of this.#asked) {
      if (now - at <= this.#owedMs) continue;
      this.left(client);
      const seconds = Math.round(this.#owedMs / 1_000);
      const text = `Your client has come anew, and here nothing was heard of it for ${seconds} s.`;
      client.peer.close(bye("idle", text));
    }
  }
}
