/** What the history in memory promises, and what it does besides. */

import { assert, assertEquals } from "@std/assert";
import { roomLog } from "../lib/chat/log_key.ts";
import { stillHistory } from "./fixtures/still.ts";
import { append, draft, seqOf, testHistory } from "./history_contract.ts";

const none = { permissions: "none" } as const;

testHistory(
  "MemoryHistory",
  (remembered) => Promise.resolve(stillHistory({ ...remembered, now: () => Date.now() })),
  { ...none, forgets: true },
);

Deno.test("MemoryHistory keeps the last messages of a room", none, async () => {
  const history = stillHistory({ messagesPerRoom: 100 });
  for (let i = 1; i <= 1_234; i++) await append(history, draft("a", `${i}`));
  const { entries, more } = history.page(roomLog("a"), { after: 0, limit: 5_000 });
  assertEquals([entries.length, entries[0]?.message.seq, more], [100, 1_135, false]);
});

Deno.test(
  "MemoryHistory stays below its bytes, and the room silent for longest gives first",
  none,
  async () => {
    const history = stillHistory({ maxBytes: 100_000 });
    for (let i = 0; i < 10; i++) await append(history, draft("quiet", "x".repeat(1_000)));
    for (let i = 0; i < 200; i++) {
      await append(history, draft("busy", "x".repeat(1_000)));
      assert(history.bytes <= 100_000);
    }
    assertEquals(history.page(roomLog("quiet"), { limit: 10 }).entries.length, 0);
    assertEquals(history.last(roomLog("quiet")), 10);
    const { entries } = history.page(roomLog("busy"), { limit: 1_000 });
    assertEquals([entries.length > 30, entries.at(-1)?.message.seq], [true, 200]);
  },
);

Deno.test(
  "MemoryHistory never hands out a number twice, though it forgets rooms",
  none,
  async () => {
    const history = stillHistory({ maxRooms: 2 });
    for (let i = 0; i < 5; i++) await append(history, draft("a", "x"));
    await append(history, draft("b", "x"));
    await append(history, draft("c", "x"));
    assertEquals(history.last(roomLog("a")), 5);
    assertEquals(await seqOf(history, draft("a", "back")), 6);
  },
);

Deno.test(
  "MemoryHistory knows an id for longer than the text that came under it",
  none,
  async () => {
    const history = stillHistory({ maxBytes: 10_000 });
    for (let i = 0; i < 200; i++) {
      await append(history, draft("a", `${i}${"x".repeat(1_000)}`, { session: "s", id: `${i}` }));
    }
    assert(history.bytes <= 10_000);
    // The text is gone from the pages, and the id is still known.
    assert(history.page(roomLog("a"), { limit: 200 }).entries.length < 10);
    assertEquals(
      await seqOf(history, draft("a", `0${"x".repeat(1_000)}`, { session: "s", id: "0" })),
      1,
    );
    assertEquals(await seqOf(history, draft("a", "other", { session: "s", id: "0" })), "id-reused");
  },
);

Deno.test("MemoryHistory remembers a bounded number of ids a session", none, async () => {
  const history = stillHistory();
  for (let i = 0; i < 3_000; i++) {
    await append(history, draft("a", "x", { session: "s", id: `${i}` }));
  }
  assertEquals(await seqOf(history, draft("a", "x", { session: "s", id: "2999" })), 3_000);
  assertEquals(await seqOf(history, draft("a", "x", { session: "s", id: "1976" })), 1_977);
  assertEquals(await seqOf(history, draft("a", "x", { session: "s", id: "0" })), 3_001);
});
