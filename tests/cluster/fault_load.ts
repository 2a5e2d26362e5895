/** Clients that talk at all nodes while something is done to a cluster, and what they must come to. */

import { assertEquals } from "@std/assert";
import { EventClient, ROOMS, type Scene } from "../crash/client.ts";
import type { Journal } from "../crash/journal.ts";
import type { Json } from "../helpers.ts";
import { eventually } from "./eventually.ts";

/** Refusals that say no more than that it is to be asked for again. */
const AGAIN: ReadonlySet<string> = new Set(["try-later", "not-stored"]);

/** How long a client waits that is not told how long, in ms; also before it comes back. */
const RETRY_MS = 200;

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
  /** How often somebody was told that something is to be tried later. */
  refusals = 0;

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

  /** Waits until somebody is told to try later. */
  async refused(): Promise<void> {
    const before = this.refusals;
    await eventually("somebody is told to try later", () => this.refusals > before);
  }

  /** Nobody says anything new; waits until all that was said is acked, and everybody has heard all. */
  async settle(): Promise<void> {
    this.#quiet.abort();
    await eventually("all that was said is acked", () => {
      assertEquals(this.#journal.faults, []);
      return this.#clients.every(([, { pending }]) => pending === 0);
    });
    await eventually(
      "everybody has heard all",
      () =>
        ROOMS.every((room) =>
          new Set(this.#clients.map(([, { last }]) => last.get(room))).size <= 1
        ),
    );
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
      patience: (error) => this.#patience(error),
      ...{ retryMs: RETRY_MS, window: WINDOW, restMs: REST_MS },
      quiet: this.#quiet.signal,
      over: this.#over.signal,
    };
  }

  #patience({ code, retryAfterMs = RETRY_MS }: Json): number | undefined {
    if (!AGAIN.has(code)) return undefined;
    this.refusals++;
    return retryAfterMs;
  }
}
