/** What every log of facts promises of what is said, paged and searched in it. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { DirectFact, Entry } from "../lib/chat/log/fact.ts";
import type { FactLog } from "../lib/chat/log/fact_log.ts";
import type { Cursor, PageRange, Stored } from "../lib/chat/messages/history.ts";
import { directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { append, direct, hash, say, seqOf, topic } from "./fixtures/facts.ts";
import { tries } from "./fixtures/thorough.ts";

/** What a log is opened with here: messages of each room that are in memory. */
export interface Remembered {
  readonly messagesPerRoom?: number;
}

/** How many messages are in memory where a log is asked for what lies beyond it. */
const REMEMBERED = 67;

/** The numbers that a walk through room `a` meets, in ascending order. */
async function walk({ index }: FactLog, way: "before" | "after", limit: number): Promise<number[]> {
  const seen: number[] = [];
  let at = way === "before" ? Infinity : 0;
  for (let more = true; more;) {
    const range = at === Infinity ? { limit } : { [way]: at, limit };
    const page = await index.page(roomLog("a"), range);
    const seqs = page.entries.map(({ message }) => message.seq);
    assert(seqs.length > 0 || !page.more, `${way} ${at}: there is more, and nothing came`);
    if (way === "before") seen.unshift(...seqs);
    else seen.push(...seqs);
    at = seqs.at(way === "before" ? 0 : -1) ?? at;
    more = page.more;
  }
  return seen;
}

/** Texts, and what finds each of them and what does not. */
const FOUND: ReadonlyArray<
  readonly [text: string, finds: readonly string[], misses: readonly string[]]
> = [
  ["今日は天気がいいです", ["天気", "天", "今日", '"天気が"', "いい です"], ["天日", "気天"]],
  ["中文搜索测试", ["搜索", "测试 中文"], ["索搜"]],
  ["초등학교에서 만나요", ["학교", "초등학교", "에서"], ["교학"]],
  ["วันนี้อากาศดีมาก", ["อากาศ", "ดี"], ["อากาศมาก"]],
  ["ᚠ ｶﾞｷ", ["ガキ"], []],
  ["Straße in Größe", ["strasse", "STRASSE", "straß", "grosse"], ["strase"]],
  ["Crème brûlée", ["creme BRULEE", "crè"], []],
  ["ΟΔΟΣ", ["οδος", "οδοσ"], []],
  ["İstanbul", ["istanbul", "ISTANBUL"], []],
  ["हिन्दी में", ["हिन्दी"], []],
  ["fine 👍🏽", ["👍", "👍🏽", "fine 👍"], ["👎", "👍🏿"]],
  ["family 👨‍👩‍👧 in 🇩🇪", ["👨‍👩‍👧", "👩", "🇩🇪"], ["🇪🇩"]],
  ["5 € → 6 €", ["€", "→"], ["£"]],
  ["the number of C++ files", ["numb", "number", "fil num", "c++"], ["umbex", '"numb"']],
  ["don't e-mail foo_bar.txt", ["don't", '"e mail"', "mail", "bar.txt", "foo_bar"], ["maile"]],
];

/** The contract; run it for every implementation. `forgets`: it has nothing but its memory. */
export function testKeptLog(
  name: string,
  open: (remembered: Remembered) => Promise<FactLog & Partial<AsyncDisposable>>,
  { forgets = false, ...options }: Omit<Deno.TestDefinition, "name" | "fn"> & {
    readonly forgets?: boolean;
  } = {},
): void {
  const test = (
    what: string,
    fn: (log: FactLog, t: Deno.TestContext) => Promise<void>,
    remembered: Remembered = {},
  ): void =>
    Deno.test({
      ...options,
      name: `${name}: ${what}`,
      async fn(t): Promise<void> {
        const log = await open(remembered);
        try {
          await fn(log, t);
        } finally {
          await log[Symbol.asyncDispose]?.();
        }
      },
    });

  test("seq counts 1, 2, 3 … in each room", async (log) => {
    assertEquals(log.index.last(roomLog("a")), 0);
    assertEquals(await seqOf(log, say("a", "x")), 1);
    assertEquals(await seqOf(log, say("a", "y")), 2);
    assertEquals(await seqOf(log, say("b", "z")), 1);
    assertEquals([
      log.index.last(roomLog("a")),
      log.index.last(roomLog("b")),
      log.index.last(roomLog("c")),
    ], [2, 1, 0]);
  });

  test("outcomes come in the order of the appends", async (log) => {
    const seqs: number[] = [];
    const done = ({ fact }: Entry): void => {
      if (fact.kind === "say") seqs.push(Number(fact.text));
    };
    for (let i = 0; i < 50; i++) log.put(say(`room ${i % 3}`, `${i}`), { done });
    await log.settled();
    assertEquals(seqs, Array.from({ length: 50 }, (_, i) => i));
  });

  test("a session's id is stored once", async (log) => {
    const one = say("a", "once", { session: "s", id: "1" });
    assertEquals(await seqOf(log, one), 1);
    const { message: { room, seq, at } } = (await log.index.page(roomLog("a"), { limit: 1 }))
      .entries[0] as Stored;
    const again = { again: { room, seq, at } };
    assertEquals(await append(log, one), again);
    // A room that was closed and opened again in another case is the same room.
    assertEquals(Object.keys(await append(log, { ...one, title: "A" })), ["again"]);
    assertEquals(await seqOf(log, { ...one, text: "other" }), "id-reused");
    assertEquals(await seqOf(log, { ...one, action: true }), "id-reused");
    assertEquals(await seqOf(log, { ...one, log: roomLog("b"), title: "b" }), "id-reused");
    assertEquals(await seqOf(log, { ...one, session: hash("t") }), 2);
    assertEquals(await seqOf(log, { ...one, id: "2" }), 3);
    assertEquals(await seqOf(log, say("a", "no id", { session: "s" })), 4);
    log.put({ kind: "session-forget", hashes: [hash("s")] });
    assertEquals(await seqOf(log, one), 5);
  });

  test("pages go forwards and backwards", async (log) => {
    for (let i = 1; i <= 7; i++) await append(log, say("a", `${i}`));
    const page = async (range: PageRange): Promise<unknown> => {
      const { entries, more } = await log.index.page(roomLog("a"), range);
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
    assertEquals((await log.index.page(roomLog("none"), { limit: 3 })).entries, []);
  });

  test(
    "a walk from either end meets every message once, whatever its pages hold",
    async (log) => {
      const last = 3 * REMEMBERED;
      for (let i = 1; i <= last; i++) log.put(say("a", `${i}`));
      await log.settled();
      const first = forgets ? last - REMEMBERED + 1 : 1;
      const kept = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      const few = [1, 2, 3, 7, 50, REMEMBERED - 1, REMEMBERED, REMEMBERED + 1, 100, 199, 200];
      const all = Array.from({ length: 200 }, (_, i) => i + 1);
      for (const limit of tries(few, all)) {
        for (const way of ["before", "after"] as const) {
          const seen = await walk(log, way, limit);
          assertEquals(seen, kept, `${way}, ${limit} at a time`);
        }
      }
    },
    { messagesPerRoom: REMEMBERED },
  );

  test("a message is kept as it was given", async (log) => {
    const before = Date.now();
    await append(log, { ...say("dev", "wäves\n\u0000"), title: "Dev", action: true });
    const [entry] = (await log.index.page(roomLog("dev"), { limit: 1 })).entries;
    assert(entry !== undefined);
    const { at, ...rest } = entry.message;
    assertEquals(rest, { room: "Dev", seq: 1, from: "ann", text: "wäves\n\u0000", action: true });
    assert(Date.parse(at) >= before && Date.parse(at) <= Date.now());
  });

  test("a search finds all words in the rooms it is given", async (log) => {
    for (const text of ["The quick brown fox", "the slow fox", "a quick hare", "nothing"]) {
      await append(log, say("a", text));
    }
    await append(log, say("b", "quick fox elsewhere"));
    const found = async (query: string, more = {}): Promise<unknown> => {
      const page = await log.index.search({ query, logs: [roomLog("a")], limit: 10, ...more });
      return [page.entries.map(({ message }) => message.seq).sort(), page.more];
    };
    assertEquals(await found("FOX quick"), [[1], false]);
    assertEquals(await found("fox"), [[1, 2], false]);
    assertEquals(await found("fox", { before: 2 }), [[1], false]);
    assertEquals(await found("fox", { from: "ANN" }), [[1, 2], false]);
    assertEquals(await found("fox", { from: "bob" }), [[], false]);
    assertEquals(await found("fox", { logs: [] }), [[], false]);
    assertEquals(await found("absent"), [[], false]);
    const [, more] = await found("quick", { logs: [roomLog("a"), roomLog("b")], limit: 2 }) as [
      unknown,
      boolean,
    ];
    assertEquals(more, true);
    const rest = await log.index.search({
      query: "quick",
      logs: [roomLog("a"), roomLog("b")],
      limit: 2,
      skip: 2,
    });
    assertEquals([rest.entries.length, rest.more], [1, false]);
  });

  test("a search that folds to too many terms is refused, and a text of many is found by its first", async (log) => {
    await append(log, say("a", "\ufdfa".repeat(9_000)));
    await append(log, say("a", `${"1:".repeat(20_000)} and lunch at noon`));
    const search = async (query: string): Promise<number[]> => {
      const { entries } = await log.index.search({ query, logs: [roomLog("a")], limit: 9 });
      return entries.map(({ message }) => message.seq);
    };
    for (const [query, count] of [["\ufdfa".repeat(500), 1502], ["1:".repeat(65), 65]] as const) {
      const error = await assertRejects(() => search(query), Refusal);
      assertEquals(error.code, "bad-query");
      assertStringIncludes(error.message, `at most 64 terms, and this to ${count}: a word is one`);
    }
    assertEquals(await search("1:".repeat(64)), [2]);
    assertEquals(await search("\ufdfa"), [1]);
    assertEquals(await search('"lunch at noon"'), [2]);
    assertEquals(await search('"1 and lunch"'), []);
  });

  test("what looks like the syntax of a query finds itself or nothing", async (log) => {
    await append(log, say("a", "plain"));
    for (const query of ['"', "a*", "NEAR(a b)", "text:plain", "-plain", "OR", "pla*", ""]) {
      await log.index.search({ query, logs: [roomLog("a")], limit: 10 });
    }
  });

  // A log of its own for each would take most of the time of the gate.
  test("in a text is found what is in it, and nothing else", async (log, t) => {
    for (const [text, finds, misses] of FOUND) {
      await t.step(text, async () => {
        // In a room of its own, so that the others are not found with it.
        const room = `room of ${text}`;
        await append(log, say(room, text));
        await append(log, say(room, "something else: nothing, 123"));
        const find = async (query: string): Promise<string[]> =>
          (await log.index.search({ query, logs: [roomLog(room)], limit: 9 })).entries
            .map(({ message }) => message.text);
        for (const query of finds) assertEquals(await find(query), [text], query);
        for (const query of misses) assertEquals(await find(query), [], query);
      });
    }
  });

  test("words by which nothing can be found are told, and refused when there are no others", async (log) => {
    await append(log, say("a", "tea & coffee"));
    const search = async (query: string): Promise<unknown> => {
      const found = await log.index.search({ query, logs: [roomLog("a")], limit: 9 });
      return [found.entries.length, found.ignored];
    };
    assertEquals(await search("tea"), [1, undefined]);
    assertEquals(await search('tea & coffee "?!"'), [1, ["?!", "&"]]);
    assertEquals(await search("from:ann &"), [1, ["&"]]);
    assertEquals(await search("milk &"), [0, ["&"]]);
    assertEquals(await search(""), [0, undefined]);
    for (const query of ["&", "... ++", "'", "(", "^", "in:a -"]) {
      const error = await assertRejects(() => Promise.resolve(search(query)), Refusal);
      assertEquals(error.code, "bad-query");
      assertEquals(
        error.message,
        `Nothing can be found by ${
          query.replace("in:a ", "")
        }: a search needs letters, digits, or ` +
          "signs such as emoji",
      );
    }
  });

  test("matches come in the order in which they were stored, the last one first, of all rooms", async (log) => {
    const said: string[] = [];
    for (let n = 0; n < 20; n++) {
      const text = `${n} ${"tea ".repeat(1 + n * 7 % 5)}`;
      said.push(text);
      // Many in one millisecond.
      log.put(say(`r${n % 3}`, text));
    }
    await log.settled();
    const rooms = [roomLog("r1"), roomLog("r0"), roomLog("r2")];
    const { entries } = await log.index.search({ query: "tea", logs: rooms, limit: 99 });
    assertEquals(entries.map(({ message }) => message.text), said.toReversed());
    const without = await log.index.search({ query: "from:ann", logs: rooms, limit: 99 });
    assertEquals(without.entries.map(({ message }) => message.text), said.toReversed());
  });

  test("a search that goes on after its last match tells each one once, whatever is said meanwhile", async (log) => {
    const rooms = [roomLog("a"), roomLog("b")];
    for (let n = 0; n < 23; n++) await append(log, say(n % 2 ? "a" : "b", `tea ${n}`));
    const texts: string[] = [];
    let cursor: Cursor | undefined;
    for (let page = 0;; page++) {
      const after = cursor === undefined ? {} : { cursor };
      const { entries, more } = await log.index.search({
        query: "tea",
        logs: rooms,
        limit: 5,
        ...after,
      });
      texts.push(...entries.map(({ message }) => message.text));
      const last = entries.at(-1)?.message;
      if (!more || last === undefined) break;
      cursor = { log: roomLog(last.room), seq: last.seq };
      for (let n = 0; n < 3; n++) await append(log, say("a", `tea, later ${page} ${n}`));
    }
    assertEquals(texts, Array.from({ length: 23 }, (_, n) => `tea ${22 - n}`));
    const beyond = { log: roomLog("a"), seq: 999 };
    const all = await log.index.search({ query: "later", logs: rooms, limit: 99, cursor: beyond });
    assertEquals(all.entries.length, 12);
  });

  test("a topic is kept, and cleared by an empty one", async (log) => {
    const set = async (text: string): Promise<void> => {
      log.put(topic("a", text));
      await log.settled();
    };
    assertEquals(log.index.topic(roomLog("a")), "");
    await set("tea");
    assertEquals(log.index.topic(roomLog("a")), "tea");
    await set("");
    assertEquals(log.index.topic(roomLog("a")), "");
  });

  test("direct messages are a log of their own for each session", async (log) => {
    assertEquals(await seqOf(log, direct("s", "x")), 1);
    const once = { session: "t", id: "1" };
    assertEquals(await seqOf(log, direct("s", "y", once)), 2);
    assertEquals(await seqOf(log, direct("u", "z")), 1);
    assertEquals([log.index.last(directLog(hash("s"))), log.index.last(roomLog("s"))], [2, 0]);
    const kindOf = async (fact: DirectFact): Promise<string | undefined> =>
      Object.keys(await append(log, fact))[0];
    // Sent again when the name is somebody else's, or nobody's.
    const again = direct("", "y", once);
    assertEquals(await kindOf(again), "again");
    assertEquals(await kindOf({ ...again, onlyAgain: true }), "again");
    assertEquals(await kindOf({ ...again, onlyAgain: true, id: "2" }), "absent");
    assertEquals(await seqOf(log, { ...again, text: "other" }), "id-reused");
    assertEquals(await seqOf(log, say("a", "y", once)), "id-reused");
    // Whoever goes by another name now was sent it under the earlier one.
    assertEquals(await seqOf(log, direct("s", "z", { title: "rob" })), 3);
    const other = direct("u", "y", { ...once, title: "BOB" });
    assertEquals(await kindOf(other), "again");
    assertEquals(await seqOf(log, { ...other, title: "rob" }), "id-reused");
    assertEquals(await seqOf(log, direct("s", "y", { ...once, title: "rob" })), "id-reused");
    log.put({ kind: "session-forget", hashes: [hash("s")] });
    await log.settled();
    assertEquals(log.index.last(directLog(hash("s"))), 0);
  });

  test("a direct message is told with the name that it was sent to", async (log) => {
    const facts = [
      direct("", "one", { title: "ann" }),
      direct("", "two", { title: "bob" }),
      direct("s", "x", { title: "eve" }),
      direct("s", "y", { title: "adam" }),
    ];
    await Promise.all(facts.map((each) => append(log, each)));
    const names = async (hash?: string): Promise<unknown[]> =>
      (await log.index.page(directLog(hash), { after: 0, limit: 9 })).entries
        .map(({ message }) => [message.room, message.text]);
    assertEquals(await names(), [["ann", "one"], ["bob", "two"]]);
    assertEquals(await names(hash("s")), [["eve", "x"], ["adam", "y"]]);
  });

  test("who asks for a page finds the ids of its own messages", async (log) => {
    await append(log, say("a", "x", { session: "s", id: "1" }));
    await append(log, say("a", "y", { session: "t", id: "1" }));
    const { entries } = await log.index.page(roomLog("a"), { limit: 9, session: hash("s") });
    assertEquals(entries.map(({ session, id }) => session === hash("s") ? id : null), ["1", null]);
  });

  test("all that was appended has settled when it says so", async (log) => {
    let done = 0;
    for (let i = 0; i < 20; i++) log.put(say("a", "x"), { done: () => done++ });
    await log.settled();
    assertEquals([done, log.settled()], [20, undefined]);
  });
}
