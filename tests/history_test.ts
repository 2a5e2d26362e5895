/** What the log in memory promises, and what it does besides. */

import { assert, assertEquals } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { append, say, seqOf } from "./fixtures/facts.ts";
import { stillLog } from "./fixtures/still.ts";
import { testKeptLog } from "./history_contract.ts";

const none = { permissions: "none" } as const;

testKeptLog(
  "MemoryLog",
  (remembered) => Promise.resolve(stillLog({ ...remembered, now: () => Date.now() })),
  { ...none, forgets: true },
);

Deno.test("MemoryLog keeps the last messages of a room", none, async () => {
  const log = stillLog({ messagesPerRoom: 100 });
  for (let i = 1; i <= 1_234; i++) await append(log, say("a", `${i}`));
  const { entries, more } = log.page(roomLog("a"), { after: 0, limit: 5_000 });
  assertEquals([entries.length, entries[0]?.message.seq, more], [100, 1_135, false]);
});

Deno.test(
  "MemoryLog stays below its bytes, and the room silent for longest gives first",
  none,
  async () => {
    const log = stillLog({ maxBytes: 100_000 });
    for (let i = 0; i < 10; i++) await append(log, say("quiet", "x".repeat(1_000)));
    for (let i = 0; i < 200; i++) {
      await append(log, say("busy", "x".repeat(1_000)));
      assert(log.bytes <= 100_000);
    }
    assertEquals(log.page(roomLog("quiet"), { limit: 10 }).entries.length, 0);
    assertEquals(log.last(roomLog("quiet")), 10);
    const { entries } = log.page(roomLog("busy"), { limit: 1_000 });
    assertEquals([entries.length > 30, entries.at(-1)?.message.seq], [true, 200]);
  },
);

Deno.test(
  "MemoryLog never hands out a number twice, though it forgets rooms",
  none,
  async () => {
    const log = stillLog({ maxRooms: 2 });
    for (let i = 0; i < 5; i++) await append(log, say("a", "x"));
    await append(log, say("b", "x"));
    await append(log, say("c", "x"));
    assertEquals(log.last(roomLog("a")), 5);
    assertEquals(await seqOf(log, say("a", "back")), 6);
  },
);

Deno.test(
  "MemoryLog knows an id for longer than the text that came under it",
  none,
  async () => {
    const log = stillLog({ maxBytes: 10_000 });
    for (let i = 0; i < 200; i++) {
      await append(log, say("a", `${i}${"x".repeat(1_000)}`, { session: "s", id: `${i}` }));
    }
    assert(log.bytes <= 10_000);
    // The text is gone from the pages, and the id is still known.
    assert(log.page(roomLog("a"), { limit: 200 }).entries.length < 10);
    assertEquals(
      await seqOf(log, say("a", `0${"x".repeat(1_000)}`, { session: "s", id: "0" })),
      1,
    );
    assertEquals(await seqOf(log, say("a", "other", { session: "s", id: "0" })), "id-reused");
  },
);

Deno.test("MemoryLog remembers a bounded number of ids a session", none, async () => {
  const log = stillLog();
  for (let i = 0; i < 3_000; i++) {
    await append(log, say("a", "x", { session: "s", id: `${i}` }));
  }
  assertEquals(await seqOf(log, say("a", "x", { session: "s", id: "2999" })), 3_000);
  assertEquals(await seqOf(log, say("a", "x", { session: "s", id: "1976" })), 1_977);
  assertEquals(await seqOf(log, say("a", "x", { session: "s", id: "0" })), 3_001);
});
