/** Large requests are answered in turn, so that one address holds nobody else up. Counted in turns of the loop. */

import { assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers";
import { LARGE_BYTES, LargeTurns } from "../lib/server/large_turns.ts";
import { joinEvent } from "./helpers.ts";
import { joinWeb, startWeb } from "./web_peer.ts";

const listens = (): boolean => true;

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Turns with a clock that goes on when something is answered, and who was answered. */
function makeTurns(): {
  turns: LargeTurns;
  answered: string[];
  ask: (address: string, ms: number, isThere?: () => boolean) => void | Promise<void>;
} {
  let now = 0;
  const answered: string[] = [];
  const turns = new LargeTurns(() => now);
  const ask = (address: string, ms: number, isThere = listens): void | Promise<void> =>
    turns.run(
      address,
      () => {
        now += ms;
        answered.push(address);
      },
      isThere,
    );
  return { turns, answered, ask };
}

Deno.test("of a crowd of one address one costly request is answered in a turn", async () => {
  const { turns, answered, ask } = makeTurns();
  using _ = turns;
  const waits = Array.from({ length: 20 }, () => ask("crowd", 9));
  for (let count = 1; count < 20; count++) {
    assertEquals(answered.filter((each) => each === "crowd").length, count);
    assertEquals(ask("other", 1), undefined, "another address waits for them");
    await turn();
  }
  await Promise.all(waits);
});

Deno.test("what is large and costs little is answered at once, as long as that is so", async () => {
  const { turns, answered, ask } = makeTurns();
  using _ = turns;
  for (let count = 0; count < 100; count++) assertEquals(ask("files", 0.04), undefined);
  assertEquals(ask("files", 9), undefined);
  const waits = ask("files", 0.04);
  assertEquals(answered.length, 101);
  await waits;
  assertEquals(answered.length, 102);
});

Deno.test("many addresses take turns, and together have a share of a turn", async () => {
  const { turns, answered, ask } = makeTurns();
  using _ = turns;
  const addresses = Array.from({ length: 10 }, (_, n) => `192.0.2.${n}`);
  const waits = [0, 1].flatMap(() => addresses.map((address) => ask(address, 9)));
  for (let count = 3; count < 20; count += 3) {
    assertEquals(answered.length, count);
    await turn();
  }
  await Promise.all(waits);
  for (const part of [answered.slice(0, 10), answered.slice(10)]) {
    assertEquals(part.toSorted(), addresses);
  }
});

Deno.test("who has gone is not answered, and a mistake is that of its request alone", async () => {
  const { turns, answered, ask } = makeTurns();
  using _ = turns;
  const waits = [ask("a", 9), ask("a", 9, () => false), ask("a", 9)];
  const wrong = turns.run("a", () => {
    throw new Error("a bug");
  }, listens);
  await assertRejects(async () => await wrong, Error, "a bug");
  await Promise.all(waits);
  assertEquals(answered.length, 2);
});

Deno.test("nothing waits any more at the end", async () => {
  const { turns, answered, ask } = makeTurns();
  ask("a", 9);
  const waits = ask("a", 9);
  turns[Symbol.dispose]();
  await waits;
  assertEquals([ask("a", 9), answered.length], [undefined, 3]);
});

for (const door of ["event", "web"] as const) {
  Deno.test(`at the ${door} door a large request waits for its turn, and so does what follows it`, async () => {
    await using web = await startWeb();
    const { turns } = web.server.host.shared;
    let count = 0;
    const turn = Promise.withResolvers<void>();
    turns.run = async (_, answer) => {
      count++;
      await turn.promise;
      await answer();
    };
    using ann = door === "web"
      ? await joinWeb(web.door, "ann")
      : await joinEvent(web.server, "ann");
    using bob = await joinEvent(web.server, "bob");
    const text = "x".repeat(LARGE_BYTES);
    await ann.tell({ type: "say", id: "large", room: "lobby", text });
    await ann.tell({ type: "say", id: "small", room: "lobby", text: "after it" });
    // Small ones of others go by.
    await bob.ask({ type: "say", room: "lobby", text: "meanwhile" });
    assertEquals((await ann.takeType("message")).text, "meanwhile");
    turn.resolve();
    assertEquals((await ann.takeType("ack")).id, "large");
    assertEquals((await ann.takeType("ack")).id, "small");
    assertEquals(count, 1);
  });
}
