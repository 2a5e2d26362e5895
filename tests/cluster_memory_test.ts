/** What a node notes of its house and of the others, and when. */

import { assert, assertEquals } from "@std/assert";
import type { HouseDump } from "../lib/chat/dump.ts";
import type { Entry } from "../lib/chat/log/fact.ts";
import { Incarnations } from "../lib/cluster/incarnations.ts";
import { Memory } from "../lib/cluster/memory.ts";
import type { AppliedStore } from "../lib/store/applied_store.ts";
import { openNode } from "./fixtures/cluster_world.ts";

/** An entry that is as long as this, or a little longer, when it is noted. */
const ENTRY_LENGTH = 300_000;

function longEntry(): Entry {
  const room = { log: "room lobby", title: "lobby", opener: "", from: "ann" };
  return {
    at: 1,
    fact: { kind: "topic", ...room, text: "x".repeat(ENTRY_LENGTH) } as Entry["fact"],
  };
}

/** A node's memory over its store, and what it has read. */
class Remembering {
  readonly memory: Memory;
  readonly #store: AppliedStore;
  readonly #incarnations: Incarnations;
  /** How often the house was asked for all that it knows. */
  dumps = 0;

  constructor(store: AppliedStore, houseLength = 10) {
    this.#store = store;
    this.memory = new Memory(store.notes, store.place ?? {});
    this.#incarnations = new Incarnations(this.memory.incarnations);
    this.memory.known();
    this.memory.dump = () => {
      this.dumps++;
      return { all: "y".repeat(houseLength) } as unknown as HouseDump;
    };
  }

  /** Reads a batch of a node with an entry in it. */
  read(inc: string, b: number): void {
    const seq = (this.#store.place?.seq ?? 0) + 1;
    this.#incarnations.take(inc, b);
    if (b === 1) this.#incarnations.here(inc, inc);
    this.#store.apply(() => {
      this.memory.enter(seq, [longEntry()], this.#incarnations);
      return { seq, at: seq, hash: "", counts: this.#incarnations.counts };
    });
  }

  /** The number of entries that a start has to take in again. */
  get entries(): number {
    return this.memory.known()?.entries.length ?? NaN;
  }
}

/** A store that is opened anew, as at each start. */
async function withStore(
  ...starts: readonly ((store: AppliedStore) => void)[]
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    for (const start of starts) {
      const store = await openNode(dir);
      try {
        start(store);
      } finally {
        await store[Symbol.asyncDispose]();
      }
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a house is noted again after a while, however often its node is started anew", async () => {
  let batches = 0;
  const start = (store: AppliedStore): void => {
    const node = new Remembering(store);
    for (let n = 0; n < 3; n++) node.read("n1", ++batches);
    assert(node.entries < 5, `${node.entries} entries would be taken in again`);
  };
  await withStore(start, start, start);
});

Deno.test("a large house is noted when as much as it has come after it, and not before", async () => {
  await withStore((store) => {
    const node = new Remembering(store, 10 * ENTRY_LENGTH);
    let b = 0;
    for (; b < 10; b++) node.read("n1", b + 1);
    assertEquals([node.dumps, node.entries], [1, 9]);
    for (; b < 13; b++) node.read("n1", b + 1);
    assertEquals(node.dumps, 2);
    assert(node.entries < 3);
  });
});

Deno.test("a node that starts again knows how many batches of each have counted", async () => {
  await withStore(
    (store) => {
      const node = new Remembering(store);
      for (const [inc, b] of [["n1", 1], ["n2", 1], ["n1", 2], ["n1", 3]] as const) {
        node.read(inc, b);
      }
    },
    (store) => {
      const { incarnations } = new Remembering(store).memory;
      assertEquals(incarnations.map(({ inc, b }) => [inc, b]), [["n1", 3], ["n2", 1]]);
    },
  );
});
