/** What every history promises. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Cursor, Draft, History, Outcome } from "../lib/chat/history.ts";
import { directLog, roomLog } from "../lib/chat/log_key.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { tries } from "./fixtures/thorough.ts";

/** A draft of Ann's for a room. */
export const draft = (room: string, text: string, more: Partial<Draft> = {}): Draft => ({
  log: roomLog(room),
  title: room,
  from: "ann",
  text,
  ...more,
});

/** A direct message of Ann's to the client of a session, which goes by the name of bob. */
export const directDraft = (
  session: string | undefined,
  text: string,
  more: Partial<Draft> = {},
): Draft => draft("", text, { log: directLog(session), title: "bob", ...more });

/** Appends and resolves with the outcome, whenever it comes. */
export function append(history: History, what: Draft): Promise<Outcome> {
  return new Promise((resolve) => history.append(what, resolve));
}

/** The seq that it was stored under, or the code of the refusal. */
export async function seqOf(history: History, what: Draft): Promise<number | string> {
  const outcome = await append(history, what);
  if (outcome.kind === "refused") return outcome.refusal.code;
  return outcome.kind === "stored" ? outcome.message.seq : outcome.receipt.seq;
}

/** What a history is opened with here: messages of each room that are in memory. */
export interface Remembered {
  readonly messagesPerRoom?: number;
}

/** How many messages are in memory where a history is asked for what lies beyond it. */
const REMEMBERED = 67;

/** The numbers that a walk through room `a` meets, in ascending order. */
async function walk(history: History, way: "before" | "after", limit: number): Promise<number[]> {
  const seen: number[] = [];
  let at = way === "before" ? Infinity : 0;
  for (let more = true; more;) {
    const range = at === Infinity ? { limit } : { [way]: at, limit };
    const page = await history.page(roomLog("a"), range);
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
export function testHistory(
  name: string,
  open: (remembered: Remembered) => Promise<History & Partial<AsyncDisposable>>,
  { forgets = false, ...options }: Omit<Deno.TestDefinition, "name" | "fn"> & {
    readonly forgets?: boolean;
  } = {},
): void {
  const test = (
    what: string,
    fn: (history: History, t: Deno.TestContext) => Promise<void>,
    remembered: Remembered = {},
  ): void =>
    Deno.test({
      ...options,
      name: `${name}: ${what}`,
      async fn(t): Promise<void> {
        const history = await open(remembered);
        try {
          await fn(history, t);
        } finally {
          await history[Symbol.asyncDispose]?.();
        }
      },
    });

  test("seq counts 1, 2, 3 … in each room", async (history) => {
    assertEquals(history.last(roomLog("a")), 0);
    assertEquals(await seqOf(history, draft("a", "x")), 1);
    assertEquals(await seqOf(history, draft("a", "y")), 2);
    assertEquals(await seqOf(history, draft("b", "z")), 1);
    assertEquals([
      history.last(roomLog("a")),
      history.last(roomLog("b")),
      history.last(roomLog("c")),
    ], [2, 1, 0]);
  });

  test("outcomes come in the order of the appends", async (history) => {
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

  test("a session's id is stored once", async (history) => {
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
    assertEquals(await seqOf(history, { ...one, log: roomLog("b"), title: "b" }), "id-reused");
    assertEquals(await seqOf(history, { ...one, session: "t" }), 2);
    assertEquals(await seqOf(history, { ...one, id: "2" }), 3);
    assertEquals(await seqOf(history, draft("a", "no id", { session: "s" })), 4);
    history.forgetSession("s");
    assertEquals(await seqOf(history, one), 5);
  });

  test("pages go forwards and backwards", async (history) => {
    for (let i = 1; i <= 7; i++) await append(history, draft("a", `${i}`));
    const page = async (range: Parameters<History["page"]>[1]): Promise<unknown> => {
      const { entries, more } = await history.page(roomLog("a"), range);
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
    assertEquals((await history.page(roomLog("none"), { limit: 3 })).entries, []);
  });

  test(
    "a walk from either end meets every message once, whatever its pages hold",
    async (history) => {
      const last = 3 * REMEMBERED;
      for (let i = 1; i <= last; i++) history.append(draft("a", `${i}`), () => {});
      await history.settled();
      const first = forgets ? last - REMEMBERED + 1 : 1;
      const kept = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      const few = [1, 2, 3, 7, 50, REMEMBERED - 1, REMEMBERED, REMEMBERED + 1, 100, 199, 200];
      const all = Array.from({ length: 200 }, (_, i) => i + 1);
      for (const limit of tries(few, all)) {
        for (const way of ["before", "after"] as const) {
          const seen = await walk(history, way, limit);
          assertEquals(seen, kept, `${way}, ${limit} at a time`);
        }
      }
    },
    { messagesPerRoom: REMEMBERED },
  );

  test("a message is kept as it was given", async (history) => {
    const before = Date.now();
    await append(history, { ...draft("dev", "wäves\n\u0000"), title: "Dev", action: true });
    const [entry] = (await history.page(roomLog("dev"), { limit: 1 })).entries;
    assert(entry !== undefined);
    const { at, ...rest } = entry.message;
    assertEquals(rest, { room: "Dev", seq: 1, from: "ann", text: "wäves\n\u0000", action: true });
    assert(Date.parse(at) >= before && Date.parse(at) <= Date.now());
  });

  test("a search finds all words in the rooms it is given", async (history) => {
    for (const text of ["The quick brown fox", "the slow fox", "a quick hare", "nothing"]) {
      await append(history, draft("a", text));
    }
    await append(history, draft("b", "quick fox elsewhere"));
    const found = async (query: string, more = {}): Promise<unknown> => {
      const page = await history.search({ query, rooms: [roomLog("a")], limit: 10, ...more });
      return [page.entries.map(({ message }) => message.seq).sort(), page.more];
    };
    assertEquals(await found("FOX quick"), [[1], false]);
    assertEquals(await found("fox"), [[1, 2], false]);
    assertEquals(await found("fox", { before: 2 }), [[1], false]);
    assertEquals(await found("fox", { from: "ANN" }), [[1, 2], false]);
    assertEquals(await found("fox", { from: "bob" }), [[], false]);
    assertEquals(await found("fox", { rooms: [] }), [[], false]);
    assertEquals(await found("absent"), [[], false]);
    const [, more] = await found("quick", { rooms: [roomLog("a"), roomLog("b")], limit: 2 }) as [
      unknown,
      boolean,
    ];
    assertEquals(more, true);
    const rest = await history.search({
      query: "quick",
      rooms: [roomLog("a"), roomLog("b")],
      limit: 2,
      skip: 2,
    });
    assertEquals([rest.entries.length, rest.more], [1, false]);
  });

  test("a search that folds to too many terms is refused, and a text of many is found by its first", async (history) => {
    await append(history, draft("a", "\ufdfa".repeat(9_000)));
    await append(history, draft("a", `${"1:".repeat(20_000)} and lunch at noon`));
    const search = async (query: string): Promise<number[]> => {
      const { entries } = await history.search({ query, rooms: [roomLog("a")], limit: 9 });
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

  test("what looks like the syntax of a query finds itself or nothing", async (history) => {
    await append(history, draft("a", "plain"));
    for (const query of ['"', "a*", "NEAR(a b)", "text:plain", "-plain", "OR", "pla*", ""]) {
      await history.search({ query, rooms: [roomLog("a")], limit: 10 });
    }
  });

  // A history of its own for each would take most of the time of the gate.
  test("in a text is found what is in it, and nothing else", async (history, t) => {
    for (const [text, finds, misses] of FOUND) {
      await t.step(text, async () => {
        // In a room of its own, so that the others are not found with it.
        const room = `room of ${text}`;
        await append(history, draft(room, text));
        await append(history, draft(room, "something else: nothing, 123"));
        const find = async (query: string): Promise<string[]> =>
          (await history.search({ query, rooms: [roomLog(room)], limit: 9 })).entries
            .map(({ message }) => message.text);
        for (const query of finds) assertEquals(await find(query), [text], query);
        for (const query of misses) assertEquals(await find(query), [], query);
      });
    }
  });

  test("words by which nothing can be found are told, and refused when there are no others", async (history) => {
    await append(history, draft("a", "tea & coffee"));
    const search = async (query: string): Promise<unknown> => {
      const found = await history.search({ query, rooms: [roomLog("a")], limit: 9 });
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

  test("matches come in the order in which they were stored, the last one first, of all rooms", async (history) => {
    const said: string[] = [];
    for (let n = 0; n < 20; n++) {
      const text = `${n} ${"tea ".repeat(1 + n * 7 % 5)}`;
      said.push(text);
      // Many in one millisecond.
      history.append(draft(`r${n % 3}`, text), () => {});
    }
    await history.settled();
    const rooms = [roomLog("r1"), roomLog("r0"), roomLog("r2")];
    const { entries } = await history.search({ query: "tea", rooms, limit: 99 });
    assertEquals(entries.map(({ message }) => message.text), said.toReversed());
    const without = await history.search({ query: "from:ann", rooms, limit: 99 });
    assertEquals(without.entries.map(({ message }) => message.text), said.toReversed());
  });

  test("a search that goes on after its last match tells each one once, whatever is said meanwhile", async (history) => {
    const rooms = [roomLog("a"), roomLog("b")];
    for (let n = 0; n < 23; n++) await append(history, draft(n % 2 ? "a" : "b", `tea ${n}`));
    const texts: string[] = [];
    let cursor: Cursor | undefined;
    for (let page = 0;; page++) {
      const after = cursor === undefined ? {} : { cursor };
      const { entries, more } = await history.search({ query: "tea", rooms, limit: 5, ...after });
      texts.push(...entries.map(({ message }) => message.text));
      const last = entries.at(-1)?.message;
      if (!more || last === undefined) break;
      cursor = { log: roomLog(last.room), seq: last.seq };
      for (let n = 0; n < 3; n++) await append(history, draft("a", `tea, later ${page} ${n}`));
    }
    assertEquals(texts, Array.from({ length: 23 }, (_, n) => `tea ${22 - n}`));
    const beyond = { log: roomLog("a"), seq: 999 };
    const all = await history.search({ query: "later", rooms, limit: 99, cursor: beyond });
    assertEquals(all.entries.length, 12);
  });

  test("a topic is kept, and cleared by an empty one", async (history) => {
    const set = (text: string): Promise<void> =>
      new Promise((resolve, reject) =>
        history.setTopic(
          { log: roomLog("a"), title: "A", text },
          (error) => error ? reject(error) : resolve(),
        )
      );
    assertEquals(history.topic(roomLog("a")), "");
    await set("tea");
    assertEquals(history.topic(roomLog("a")), "tea");
    await set("");
    assertEquals(history.topic(roomLog("a")), "");
  });

  test("direct messages are a log of their own for each session", async (history) => {
    const to = (session: string | undefined, text: string, more = {}): Draft =>
      directDraft(session, text, more);
    assertEquals(await seqOf(history, to("s", "x")), 1);
    assertEquals(await seqOf(history, to("s", "y", { session: "t", id: "1" })), 2);
    assertEquals(await seqOf(history, to("u", "z")), 1);
    assertEquals([history.last(directLog("s")), history.last(roomLog("s"))], [2, 0]);
    // Sent again when the name is somebody else's, or nobody's.
    const again = to(undefined, "y", { session: "t", id: "1" });
    assertEquals((await append(history, again)).kind, "again");
    const unless = new Refusal("no-such-name", "Nobody");
    assertEquals((await append(history, { ...again, unless })).kind, "again");
    assertEquals(await seqOf(history, { ...again, unless, id: "2" }), "no-such-name");
    assertEquals(await seqOf(history, { ...again, text: "other" }), "id-reused");
    assertEquals(await seqOf(history, { ...again, log: roomLog("a") }), "id-reused");
    // Whoever goes by another name now was sent it under the earlier one.
    assertEquals(await seqOf(history, to("s", "z", { title: "rob" })), 3);
    const other = to("u", "y", { session: "t", id: "1", title: "BOB" });
    assertEquals((await append(history, other)).kind, "again");
    assertEquals(await seqOf(history, { ...other, title: "rob" }), "id-reused");
    assertEquals(
      await seqOf(history, to("s", "y", { session: "t", id: "1", title: "rob" })),
      "id-reused",
    );
    history.forgetSession("s");
    await history.settled();
    assertEquals(history.last(directLog("s")), 0);
  });

  test("a direct message is told with the name that it was sent to", async (history) => {
    const drafts = [
      directDraft(undefined, "one", { title: "ann" }),
      directDraft(undefined, "two", { title: "bob" }),
      directDraft("s", "x", { title: "eve" }),
      directDraft("s", "y", { title: "adam" }),
    ];
    await Promise.all(drafts.map((each) => append(history, each)));
    const names = async (session: string | undefined): Promise<unknown[]> =>
      (await history.page(directLog(session), { after: 0, limit: 9 })).entries
        .map(({ message }) => [message.room, message.text]);
    assertEquals(await names(undefined), [["ann", "one"], ["bob", "two"]]);
    assertEquals(await names("s"), [["eve", "x"], ["adam", "y"]]);
  });

  test("who asks for a page finds the ids of its own messages", async (history) => {
    await append(history, draft("a", "x", { session: "s", id: "1" }));
    await append(history, draft("a", "y", { session: "t", id: "1" }));
    const { entries } = await history.page(roomLog("a"), { limit: 9, session: "s" });
    assertEquals(entries.map(({ session, id }) => session === "s" ? id : null), ["1", null]);
  });

  test("all that was appended has settled when it says so", async (history) => {
    let done = 0;
    for (let i = 0; i < 20; i++) history.append(draft("a", "x"), () => done++);
    await history.settled();
    assertEquals([done, history.settled()], [20, undefined]);
  });
}
