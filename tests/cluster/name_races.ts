/** Somebody at each node wants the same name at the same time: one of them gets it. */

import { delay } from "@std/async/delay";
import { Line } from "../crash/wire.ts";
import type { Json } from "../helpers.ts";

/** A race that is not decided by then is none: a node that is held up answers nobody. In ms. */
const RACE_MS = 15_000;
const PAUSE_MS = 300;
/** How long a server has to say goodbye, in ms; one that is held up says nothing. */
const LEAVE_MS = 1_000;

/** Where somebody may come. */
interface RacePlace {
  readonly name: string;
  readonly addr: Deno.NetAddr | undefined;
}

/** Somebody who wants a name. */
interface Racer {
  readonly node: string;
  /** Whether it has got the name, and is still connected. */
  readonly hasIt: boolean;
  /** When it was answered, or lost its connection. */
  readonly answered: Promise<void>;
  /** Says goodbye, and gives up the name if it has it. */
  leave(): Promise<void>;
}

/** One race after the other, each for another name. */
export class NameRaces {
  readonly #places: readonly RacePlace[];
  /** Races that somebody has won while others wanted the same. */
  won = 0;
  /** Names that two had at once. */
  readonly faults: string[] = [];
  #count = 0;

  constructor(places: readonly RacePlace[]) {
    this.#places = places;
  }

  /** Holds races until it is over. */
  async run(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.#race(over);
      await delay(PAUSE_MS);
    }
  }

  async #race(over: AbortSignal): Promise<void> {
    const name = `racer${++this.#count}`;
    const racers = (await Promise.all(this.#places.map((place) => enter(place, name))))
      .filter((racer) => racer !== undefined);
    await before(RACE_MS, Promise.all(racers.map(({ answered }) => answered)), over);
    const winners = racers.filter(({ hasIt }) => hasIt);
    if (winners.length > 1) {
      this.faults.push(`${name} was given at ${winners.map(({ node }) => node).join(" and ")}`);
    } else if (winners.length === 1 && racers.length > 1) this.won++;
    await Promise.all(racers.map((racer) => racer.leave()));
  }
}

/** Waits for something, but not for longer than that, and not when it is over. */
async function before(ms: number, what: Promise<unknown>, over?: AbortSignal): Promise<void> {
  const done = new AbortController();
  const signal = over === undefined ? done.signal : AbortSignal.any([done.signal, over]);
  await Promise.race([what, delay(ms, { signal }).catch(() => {})]);
  done.abort();
}

async function enter({ name: node, addr }: RacePlace, name: string): Promise<Racer | undefined> {
  if (addr === undefined) return undefined;
  const { hostname, port } = addr;
  const conn = await Deno.connect({ hostname, port }).catch(() => undefined);
  if (conn === undefined) return undefined;
  const line = new Line(conn);
  let hasIt = false;
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  line.event(name);
  line.event({ type: "hello", name, exact: true });
  const reading = (async () => {
    for await (const payload of line.payloads()) {
      const { type }: Json = JSON.parse(payload);
      if (type === "ready") hasIt = true;
      if (type === "ready" || type === "error" || type === "bye") resolve();
    }
    hasIt = false;
    resolve();
  })();
  return {
    node,
    answered,
    get hasIt() {
      return hasIt;
    },
    async leave(): Promise<void> {
      line.event({ type: "quit" });
      await before(LEAVE_MS, reading);
      line[Symbol.dispose]();
      await reading;
    },
  };
}
