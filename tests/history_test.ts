/** What every history promises, and what the one in memory does besides. */

import { assert, assertEquals } from "@std/assert";
import { type Draft, type History, MemoryHistory, type Outcome } from "../lib/chat/history.ts";

const none = { permissions: "none" } as const;

const draft = (room: string, text: string, more: Partial<Draft> = {}): Draft => ({
  room,
  title: room,
  from: "ann",
  text,
  ...more,
});

/** Appends and resolves with the outcome, whenever it comes. */
function append(history: History, what: Draft): Promise<Outcome> {
  return new Promise((resolve) => history.append(what, resolve));
}

async function seqOf(history: History, what: Draft): Promise<number | string> {
  const outcome = await append(history, what);
  if (outcome.kind === "refused") return outcome.refusal.code;
  return outcome.kind === "stored" ? outcome.message.seq : outcome.receipt.seq;
}

/** The contract; run it for every implementation. */
export function testHistory(name: string, make: () => History): void {
  Deno.test(`${name}: seq counts 1, 2, 3 … in each room`, none, async () => {
    const history = make();
    assertEquals(history.last("a"), 0);
    assertEquals(await seqOf(history, draft("a", "x")), 1);
    assertEquals(await seqOf(history, draft("a", "y")), 2);
    assertEquals(await seqOf(history, draft("b", "z")), 1);
    assertEquals([history.last("a"), history.last("b"), history.last("c")], [2, 1, 0]);
  });

  Deno.test(`${name}: outcomes come in the order of the appends`, none, async () => {
    const history = make();
    const seqs: number[] = [];
    const all = Array.from(
      { length: 50 },
      (_, i) =>
        new Promise<void>((resolve) =>
          history.append(draft(`room ${i % 3}`, `${i}`), (outcome) => {
            if (outcome.kind === "stored") seqs.push(Number(outcome.message.text));
            resolve();
          })
        ),
    );
    await Promise.all(all);
    assertEquals(seqs, Array.from({ length: 50 }, (_, i) => i));
  });

  Deno.test(`${name}: a session's id is stored once`, none, async () => {
    const history = make();
    const one = draft("a", "once", { session: "s", id: "1" });
    const first = await append(history, one);
    const again = await append(history, one);
    assert(first.kind === "stored" && again.kind === "again");
    const { room, seq, at } = first.message;
    assertEquals(again.receipt, { room, seq, at });
    // A room that was closed and opened again in another case is the same room.
    assertEquals((await append(history, { ...one, title: "A" })).kind, "again");
    assertEquals(await seqOf(history, { ...one, text: "other" }), "id-reused");
    assertEquals(await seqOf(history, { ...one, action: true }), "id-reused");
    assertEquals(await seqOf(history, { ...one, room: "b", title: "b" }), "id-reused");
    assertEquals(await seqOf(history, { ...one, session: "t" }), 2);
    assertEquals(await seqOf(history, { ...one, id: "2" }), 3);
    assertEquals(await seqOf(history, draft("a", "no id", { session: "s" })), 4);
    history.forgetSession("s");
    assertEquals(await seqOf(history, one), 5);
  });

  Deno.test(`${name}: pages go forwards and backwards`, none, async () => {
    const history = make();
    for (let i = 1; i <= 7; i++) await append(history, draft("a", `${i}`));
    const page = async (range: Parameters<History["page"]>[1]): Promise<unknown> => {
      const { entries, more } = await history.page("a", range);
      return [entries.map(({ message }) => message.seq), more];
    };
    assertEquals(await page({ limit: 3 }), [[5, 6, 7], true]);
    assertEquals(await page({ before: 5, limit: 3 }), [[2, 3, 4], true]);
    assertEquals(await page({ before: 2, limit: 3 }), [[1], false]);
    assertEquals(await page({ before: 99, limit: 99 }), [[1, 2, 3, 4, 5, 6, 7], false]);
    assertEquals(await page({ before: 1, limit: 3 }), [[], false]);
    assertEquals(await page({ after: 0, limit: 3 }), [[1, 2, 3], true]);
    assertEquals(await page({ after: 4, limit: 3 }), [[5, 6, 7], false]);
    assertEquals(await page({ after: 7, limit: 3 }), [[], false]);
    assertEquals((await history.page("none", { limit: 3 })).entries, []);
  });

  Deno.test(`${name}: a message is kept as it was given`, none, async () => {
    const history = make();
    const before = Date.now();
    await append(history, { ...draft("dev", "wäves\n\u0000"), title: "Dev", action: true });
    const [entry] = (await history.page("dev", { limit: 1 })).entries;
    assert(entry !== undefined);
    const { at, ...rest } = entry.message;
    assertEquals(rest, { room: "Dev", seq: 1, from: "ann", text: "wäves\n\u0000", action: true });
    assert(Date.parse(at) >= before && Date.parse(at) <= Date.now());
  });
}

testHistory("MemoryHistory", () => new MemoryHistory());

Deno.test("MemoryHistory keeps the last messages of a room", none, async () => {
  const history = new MemoryHistory({ messagesPerRoom: 100 });
  for (let i = 1; i <= 1_234; i++) await append(history, draft("a", `${i}`));
  const { entries, more } = history.page("a", { after: 0, limit: 5_000 });
  assertEquals([entries.length, entries[0]?.message.seq, more], [100, 1_135, false]);
});

Deno.test(
  "MemoryHistory stays below its bytes, and the room silent for longest gives first",
  none,
  async () => {
    const history = new MemoryHistory({ maxBytes: 100_000 });
    for (let i = 0; i < 10; i++) await append(history, draft("quiet", "x".repeat(1_000)));
    for (let i = 0; i < 200; i++) {
      await append(history, draft("busy", "x".repeat(1_000)));
      assert(history.bytes <= 100_000);
    }
    assertEquals(history.page("quiet", { limit: 10 }).entries.length, 0);
    assertEquals(history.last("quiet"), 10);
    const { entries } = history.page("busy", { limit: 1_000 });
    assertEquals([entries.length > 30, entries.at(-1)?.message.seq], [true, 200]);
  },
);

Deno.test(
  "MemoryHistory never hands out a number twice, though it forgets rooms",
  none,
  async () => {
    const history = new MemoryHistory({ maxRooms: 2 });
    for (let i = 0; i < 5; i++) await append(history, draft("a", "x"));
    await append(history, draft("b", "x"));
    await append(history, draft("c", "x"));
    assertEquals(history.last("a"), 5);
    assertEquals(await seqOf(history, draft("a", "back")), 6);
  },
);

Deno.test(
  "MemoryHistory knows an id for longer than the text that came under it",
  none,
  async () => {
    const history = new MemoryHistory({ maxBytes: 10_000 });
    for (let i = 0; i < 200; i++) {
      await append(history, draft("a", `${i}${"x".repeat(1_000)}`, { session: "s", id: `${i}` }));
    }
    assert(history.bytes <= 10_000);
    // The text is gone from the pages, and the id is still known.
    assert(history.page("a", { limit: 200 }).entries.length < 10);
    assertEquals(
      await seqOf(history, draft("a", `0${"x".repeat(1_000)}`, { session: "s", id: "0" })),
      1,
    );
    assertEquals(await seqOf(history, draft("a", "other", { session: "s", id: "0" })), "id-reused");
  },
);

Deno.test("MemoryHistory remembers a bounded number of ids a session", none, async () => {
  const history = new MemoryHistory();
  for (let i = 0; i < 2_000; i++) {
    await append(history, draft("a", "x", { session: "s", id: `${i}` }));
  }
  assertEquals(await seqOf(history, draft("a", "x", { session: "s", id: "1999" })), 2_000);
  assertEquals(await seqOf(history, draft("a", "x", { session: "s", id: "0" })), 2_001);
});
