/** Clients that talk at all nodes while something is done to a cluster, and what they must come to. */

import { assertEquals } from "@std/assert";
import { EventClient, ROOMS, type Scene } from "../crash/client.ts";
import type { Journal } from "../crash/journal.ts";
import { eventually } from "./eventually.ts";

/** Refusals that say no more than that it is to be asked for again. */
const AGAIN: ReadonlySet<string> = new Set(["try-later", "not-stored"]);

/** How long a client waits that is not told how long, in ms; also before it comes back. */
const RETRY_MS = 200;

/** The longest wait that a client may be told, in ms; a rate that it has used up would be a longer one. */
const LONGEST_RETRY_MS = 60_000;

/** Messages of one client that are on their way at once, and how long it rests after each, in ms. */
const WINDOW = 4;
const REST_MS = 40;

/** Where clients are. */
export interface LoadPlace {
  /** What clients that are here are called by, in the names of all. */
  readonly name: string;
  /** Where they connect; `undefined`: nowhere for now. */
  readonly addr: Deno.NetAddr | undefined;
}

/** Clients of all nodes; no two loads of a journal have the same name. */
export class Load {
  readonly #journal: Journal;
  readonly #clients: ReadonlyArray<readonly [place: string, client: EventClient]>;
  readonly #quiet = new AbortController();
  readonly #over = new AbortController();
  readonly #everybody: Promise<unknown>;

  constructor(name: string, journal: Journal, places: readonly LoadPlace[], each: number) {
    this.#journal = journal;
    this.#clients = places.flatMap((place) =>
      Array.from({ length: each }, (_, n) => {
        const scene = this.#scene(place);
        return [place.name, new EventClient(scene, `${name}-${place.name}-${n}`)] as const;
      })
    );
    this.#everybody = Promise.all(this.#clients.map(([, client]) => client.run()));
  }

  /** Messages that were acked, of the clients at one place or of all. */
  acked(place?: string): number {
    const meant = this.#clients.filter(([each]) => place === undefined || each === place);
    return meant.reduce((sum, [, { acked }]) => sum + acked, 0);
  }

  /** Waits until so many more messages were acked: of the clients at one place, or of all. */
  async more(count: number, place?: string): Promise<void> {
    const wanted = this.acked(place) + count;
    await eventually(`${count} more acks at ${place ?? "any node"}`, () => {
      assertEquals(this.#journal.faults, []);
      return this.acked(place) >= wanted;
    });
  }

  /** Nobody says anything new; waits until all that was said is acked, and everybody has heard all. */
  async settle(): Promise<void> {
    this.#quiet.abort();
    await eventually("all that was said is acked", () => {
      assertEquals(this.#journal.faults, []);
      return this.#clients.every(([, { pending }]) => pending === 0);
    });
    await eventually("everybody has heard all", () => this.#heard.length <= 1).catch((error) => {
      throw new Error(`${error.message}: ${this.#heard.join("; ")}`);
    });
  }

  /** Up to where clients have heard each room, and who has: one line where all have heard the same. */
  get #heard(): string[] {
    const heard = Map.groupBy(
      this.#clients,
      ([, { last }]) => ROOMS.map((room) => `${room} ${last.get(room)}`).join(", "),
    );
    return [...heard].map(([what, clients]) => {
      return `${what}: ${clients.map(([, { name }]) => name).join(" ")}`;
    });
  }

  /** Everybody leaves. */
  async end(): Promise<void> {
    this.#quiet.abort();
    this.#over.abort();
    await this.#everybody;
  }

  #scene(place: LoadPlace): Scene {
    return {
      journal: this.#journal,
      place: () => place.addr,
      onReady: () => {},
      patience: ({ code, retryAfterMs = RETRY_MS }) =>
        AGAIN.has(code) && retryAfterMs <= LONGEST_RETRY_MS ? retryAfterMs : undefined,
      ...{ retryMs: RETRY_MS, window: WINDOW, restMs: REST_MS },
      quiet: this.#quiet.signal,
      over: this.#over.signal,
    };
  }
}
