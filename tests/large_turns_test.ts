/** Large requests are answered in turn, so that one address holds nobody else up. Counted in turns of the loop. */

import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { LARGE_BYTES, LargeTurns } from "../lib/server/large_turns.ts";
import { joinEvent } from "./helpers.ts";
import { joinWeb, startWeb } from "./web_peer.ts";

const FRAME = 65_536;

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

Deno.test("a crowd of one address gets one large request a turn, in its order", async () => {
  using turns = new LargeTurns();
  const begun: number[] = [];
  const waits = Array.from({ length: 20 }, async (_, n) => {
    await turns.take("192.0.2.1", FRAME);
    begun.push(n);
  });
  for (let count = 1; count < 20; count++) {
    await turn();
    await Promise.resolve();
    assertEquals(begun.length <= count + 1, true, `${begun.length} after ${count} turns`);
    assertEquals(turns.take("192.0.2.2", FRAME), undefined, "another address waits for them");
    assertEquals(turns.take("192.0.2.1", LARGE_BYTES), undefined, "a small request waits");
  }
  await Promise.all(waits);
  assertEquals(begun, begun.toSorted((a, b) => a - b));
});

Deno.test("many addresses take turns, and together have a share of a turn", async () => {
  using turns = new LargeTurns();
  const begun: string[] = [];
  const addresses = Array.from({ length: 10 }, (_, n) => `192.0.2.${n}`);
  const waits = [0, 1].flatMap(() =>
    addresses.map(async (address) => {
      await turns.take(address, FRAME);
      begun.push(address);
    })
  );
  await Promise.resolve();
  assertEquals(begun.length, 4);
  await Promise.all(waits);
  for (const part of [begun.slice(0, 10), begun.slice(10)]) {
    assertEquals(part.toSorted(), addresses);
  }
});

Deno.test("nothing waits any more at the end", async () => {
  const turns = new LargeTurns();
  turns.take("192.0.2.1", FRAME);
  const waits = turns.take("192.0.2.1", FRAME);
  turns[Symbol.dispose]();
  await waits;
  assertEquals(turns.take("192.0.2.1", FRAME), undefined);
});

for (const door of ["event", "web"] as const) {
  Deno.test(`at the ${door} door a large request waits for its turn, and so does what follows it`, async () => {
    await using web = await startWeb();
    const { turns } = web.server.host.shared;
    const take = turns.take.bind(turns);
    const asked: number[] = [];
    const turn = Promise.withResolvers<void>();
    turns.take = (_, bytes) => {
      asked.push(bytes);
      return turn.promise;
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
    assertEquals(asked.length, 1);
    turns.take = take;
  });
}
