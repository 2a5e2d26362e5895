/** How far a node is behind the others, and what it does about that. */

import { assertEquals } from "@std/assert";
import type { EnterFact } from "../lib/chat/log/fact.ts";
import { EVENT_TRAITS } from "../lib/chat/sessions/peer.ts";
import { type Beat, BEAT_TOPIC, encodeBeat } from "../lib/cluster/beats.ts";
import { Lag } from "../lib/cluster/lag.ts";
import { hash } from "./fixtures/facts.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { eventually } from "./fixtures/stream_contract.ts";

/** Somebody comes in. */
const ENTER: EnterFact = {
  ...{ kind: "enter", session: hash("ann"), wanted: "ann", traits: EVENT_TRAITS, rooms: ["lobby"] },
};

Deno.test("a node is behind for as long as it has not applied what another one said that it has", () => {
  const lag = new Lag();
  assertEquals(lag.note(5, 5, 1_000), 0);
  assertEquals(lag.note(5, 9, 2_000), 0);
  assertEquals(lag.note(8, 20, 3_000), 1_000);
  assertEquals(lag.note(8, 20, 4_500), 2_500);
  // Since when it is behind the next that was said.
  assertEquals(lag.note(9, 30, 5_000), 2_000);
  assertEquals(lag.note(30, 30, 6_000), 0);
  assertEquals(lag.note(31, 30, 7_000), 0);
});

Deno.test("a node is not behind what nobody says any more", () => {
  const lag = new Lag();
  assertEquals(lag.note(5, 1e15, 1_000), 0);
  assertEquals(lag.note(6, 1e15, 4_000), 3_000);
  assertEquals(lag.note(7, 8, 14_000), 0);
  assertEquals(lag.note(7, 8, 15_000), 1_000);
  // Of what the others still say it stays known since when that was.
  assertEquals(lag.note(7, 20, 16_000), 2_000);
  assertEquals(lag.note(7, 9, 17_000), 3_000);
  assertEquals(lag.note(7, 0, 18_000), 0);
});

Deno.test("however long a node is behind, that costs little, and is told", () => {
  const lag = new Lag();
  let told = 0;
  for (let n = 0; n < 5_000; n++) told = lag.note(0, n + 1, n * 250);
  assertEquals(told, 4_999 * 250);
  // It is still behind when it has caught up with some of that.
  for (const n of [1_000, 3_000, 4_900]) {
    const late = lag.note(n, 6_000, 6_000 * 250) / 250;
    assertEquals(late <= 6_000 - n && late > 5_950 - n, true, `${n}: ${late}`);
  }
  assertEquals(lag.note(6_000, 6_000, 6_001 * 250), 0);
});

Deno.test("a node that lags takes nobody new after 2 s, and is unready after 30", async () => {
  await using nodes = await MemoryNodes.make();
  let now = 0;
  const passed = (): number => performance.now() + now;
  const { node } = await nodes.start("n1", await nodes.directory(), { passed });
  let code = "";
  const comes = (): string => {
    node.log.put(ENTER, {
      done: ({ receipt }) =>
        code = receipt !== undefined && "refused" in receipt ? receipt.refused.code : "",
    });
    return code;
  };
  assertEquals([node.unready, comes()], [undefined, ""]);
  // Another one says that it has applied what this one never reads.
  const other = nodes.order.node();
  const beat: Beat = {
    ...{ node: "n2", inc: "other", applied: 1_000, lag: 0, level: 1, agreed: 1, isOnDuty: false },
  };
  const timer = setInterval(() => other.tell(BEAT_TOPIC, encodeBeat(beat)), 200);
  try {
    await eventually("it notices", () => node.figures.lagMs > 0);
    now += 3_000;
    await eventually("it takes nobody new", () => comes() === "try-later");
    assertEquals(node.unready, undefined);
    now += 30_000;
    // For a moment it may seem to be cut off: for so long nothing of its own has come back.
    await eventually("it is unready", () => /far behind/.test(node.unready ?? ""));
  } finally {
    clearInterval(timer);
    await other.close();
  }
});
