/** Searching: as the terminal asks and shows it, and from a client to the words on the disk. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { Searches } from "../lib/client/search.ts";
import { parseLine } from "../lib/words/parse.js";
import { LocalLog } from "../lib/store/local_log.ts";
import type { Event, EventOf, Message } from "../lib/wire/events.ts";
import type { RequestOf } from "../lib/wire/requests.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { joinEvent, type Json, startServer } from "./helpers.ts";

type Request = RequestOf<"search">;

const at = "2026-11-20T12:03:00.000Z";

function message(text: string, more: Partial<Message> = {}): Message {
  return { room: "dev", seq: 1, from: "bob", at, text, ...more };
}

function page(messages: Message[], more = false): EventOf<"page"> {
  return { type: "page", room: "", messages, more };
}

/** Asks with an answer that is made up; its lines without their times, and what was asked. */
async function search(
  searches: Searches,
  query: string,
  answer: Event,
): Promise<{ lines: string[]; asked: Request[] }> {
  const asked: Request[] = [];
  const lines = await searches.ask({ type: "search", query }, (request) => {
    if (request.type === "search") asked.push(request);
    return Promise.resolve(answer);
  });
  return { lines: lines.map(({ text }) => withoutTime(text)), asked };
}

function withoutTime(line: string): string {
  return line.replace(/2026-11-\d\d \d\d:\d\d /, "");
}

Deno.test("what is found is shown with its room, its speaker and its hits", async () => {
  const { lines, asked } = await search(
    new Searches(),
    'Café "at noon" from:bob lun',
    page([
      message("the CAFE at noon\nfor lunch"),
      message("waves to a cafe", { room: "lobby", from: "Ann Lee", action: true }),
    ]),
  );
  assertEquals(asked, [{ type: "search", query: 'Café "at noon" from:bob lun', limit: 10 }]);
  assertEquals(lines, [
    "1. #dev <bob> the «CAFE» «at» «noon» ↵ for «lunch»",
    "2. #lobby * Ann Lee waves to a «cafe»",
    'That is all of: Café "at noon" from:bob lun; /around 1 shows what was said before and after',
  ]);
});

Deno.test("hits are what the server finds by: characters, beginnings of words, whole phrases", async () => {
  const marked = async (query: string, text: string): Promise<string> =>
    (await search(new Searches(), query, page([message(text)]))).lines[0]?.slice(14) ?? "";
  assertEquals(await marked("天気", "今日は天気がいい、天と気"), "今日は«天気»がいい、天と気");
  assertEquals(await marked("날씨", "오늘 날씨가 좋다"), "오늘 «날씨»가 좋다");
  assertEquals(await marked("อากาศ", "วันนี้อากาศดี"), "วันนี้«อากาศ»ดี");
  assertEquals(
    await marked("umb le", "Umbrella, umbra le lever"),
    "«Umbrella», «umbra» «le» lever",
  );
  assertEquals(await marked("strasse", "Die Straße"), "Die «Straße»");
  assertEquals(await marked("👍", "gut 👍!"), "gut «👍»!");
  assertEquals(await marked('"at noon" tea', "tea at noon, at 9"), "«tea» «at» «noon», at 9");
  assertEquals(await marked("from:bob", "all of it"), "all of it");
  const long = `${"雨".repeat(400)}天気${"雨".repeat(400)}`;
  assertStringIncludes(await marked("天気", long), "雨«天気»雨");
});

Deno.test("a long text is cut around its first hit", async () => {
  const long = `${"a ".repeat(500)}needle${" b".repeat(500)}`;
  const { lines: [line = ""] } = await search(new Searches(), "needle", page([message(long)]));
  assertStringIncludes(line, "a «needle» b");
  assert(line.length < 300 && /<bob> ….*…$/.test(line), line);
});

Deno.test("/search alone goes on with the last search until there is no more", async () => {
  const searches = new Searches();
  assertEquals((await search(searches, "", page([]))).lines, [
    "/search needs words to look for, as in: /search lunch from:bob",
  ]);
  const first = await search(searches, "tea", page([message("tea"), message("tea")], true));
  assertEquals(
    first.lines.at(-1),
    "1 to 2 of: tea; /search alone shows more, /around 1 shows what was said before and after",
  );
  const second = await search(searches, "", page([message("tea")]));
  // A server of an earlier version gives no cursor.
  assertEquals(second.asked, [{ type: "search", query: "tea", limit: 10, skip: 2 }]);
  assertEquals(second.lines, [
    "3. #dev <bob> «tea»",
    "That is all of: tea; /around 3 shows what was said before and after",
  ]);
  const third = await search(searches, " ", page([]));
  assertEquals([third.lines, third.asked], [["There is nothing more of: tea"], []]);
  assertEquals((await search(searches, "gin", page([]))).lines, ["Nothing was found: gin"]);
});

Deno.test("/search alone goes on from the cursor that the server gave, and words without a use are told", async () => {
  const searches = new Searches();
  const answer = { ...page([message("tea")], true), cursor: "7 dev", ignored: ["&", "?"] } as Event;
  const first = await search(searches, "tea & ?", answer);
  assertEquals(first.lines.slice(0, 2), [
    "Nothing can be found by & ?, which was left out",
    "1. #dev <bob> «tea»",
  ]);
  const { asked } = await search(searches, "", page([]));
  assertEquals(asked, [{ type: "search", query: "tea & ?", limit: 10, cursor: "7 dev" }]);
});

Deno.test("times in a search are read as they are typed, and later pages go on from the same", async () => {
  const offsetMs = (): number => -10 * 3_600_000;
  const now = Date.parse("2026-11-28T05:00:00Z");
  const searches = new Searches({ hereNow: () => ({ now, offsetMs }) });
  const first = await search(searches, "tea after:2h", page([message("tea")], true));
  assertEquals(first.asked[0]?.query, "tea after:2026-11-28T03:00:00.000Z");
  assertStringIncludes(first.lines.at(-1) ?? "", "1 to 1 of: tea after:2h;");
  assertEquals((await search(searches, "", page([]))).asked[0]?.query, first.asked[0]?.query);
  const day = await search(searches, "tea after:yesterday", page([message("tea")]));
  assertEquals(day.asked[0]?.query, "tea after:2026-11-26T10:00:00.000Z");
});

Deno.test("/around shows what was said around a message that was found", async () => {
  const searches = new Searches();
  const asked: unknown[] = [];
  const around = async (number: number, answer: Event = page([])): Promise<string[]> =>
    (await searches.around(number, (request) => {
      asked.push(request);
      return Promise.resolve(answer);
    })).map(({ text }) => withoutTime(text));
  await assertRejects(
    () => around(1),
    RangeError,
    "/around needs something that was found; /search WORDS looks for it",
  );
  await search(searches, "tea", page([message("tea", { seq: 3 })], true));
  await search(searches, "", page([message("no tea", { seq: 40, room: "lobby" })]));
  await assertRejects(() => around(3), RangeError, "/around takes a number from 1 to 2, not 3");
  assertEquals(asked, []);
  const answer = { seq: 2, re: 1, quote: { from: "eve", text: "tea?" }, edited: at };
  const said = page([message("no tea?", answer), message("tea", { seq: 3, from: "ann" })]);
  assertEquals(await around(1, said), [
    "  #dev <bob> no tea? · edited (↳ eve: tea?)",
    "> #dev <ann> «tea»",
  ]);
  assertEquals(await around(2), ["What was said there in #lobby is not kept any more"]);
  assertEquals(asked, [
    { type: "history", room: "dev", before: 9, limit: 11 },
    { type: "history", room: "lobby", before: 46, limit: 11 },
  ]);
});

Deno.test("/search is typed, asked and shown at the terminal, with remote text inert", async () => {
  using setup = await Setup.online();
  setup.conversation.answer = (request) =>
    request.type === "search"
      ? page([message("a \u001b[2J lunch")])
      : new RequestError("no-answer", request.type);
  setup.io.type("/search lunch\r");
  await setup.io.expect("That is all of: lunch");
  assertEquals(setup.sent, [{ type: "search", query: "lunch", limit: 10 }]);
  assert(
    setup.entries.some((entry) =>
      /^1\. \d{4}-\d\d-\d\d \d\d:\d\d #dev <bob> a ␛\[2J «lunch»$/.test(entry)
    ),
  );
  setup.conversation.answer = () => page([message("what is for \u001b[2J lunch?")]);
  setup.io.type("/around 1\r");
  await setup.io.expect("what is for ␛[2J «lunch»?");
  assertEquals(setup.sent.at(-1), { type: "history", room: "dev", before: 7, limit: 11 });
  setup.io.type("/around lunch\r");
  await setup.io.expect("/around needs the number of a message that /search found, not lunch");
  const place = { room: "lobby" };
  assertEquals(parseLine("/find x in:dev", place), {
    kind: "request",
    request: { type: "search", query: "x in:dev" },
  });
});

Deno.test("a search finds on the disk what the rooms of its client hold, by every filter", async () => {
  const dir = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  const factLog = stack.use(await LocalLog.open({ dir }));
  await using server = startServer({ factLog });
  using ann = await joinEvent(server, "Ann Lee");
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "join", room: "dev" });
  await ann.ask({ type: "say", room: "lobby", text: "Crème brûlée for lunch" });
  await bob.ask({ type: "say", room: "lobby", text: "lunch at noon" });
  await bob.ask({ type: "say", room: "dev", text: "noon is not lunch" });
  const find = async (query: string): Promise<string[]> => {
    const { messages } = await bob.ask({ type: "search", query });
    return messages.map(({ text }: Json) => text).sort();
  };
  assertEquals(await find("CREME lun"), ["Crème brûlée for lunch"]);
  assertEquals(await find('"at noon"'), ["lunch at noon"]);
  assertEquals(await find("lunch in:#DEV"), ["noon is not lunch"]);
  assertEquals(await find('from:"ann lee"'), ["Crème brûlée for lunch"]);
  assertEquals(await find("lunch from:nobody"), []);
  assertEquals((await find("lunch after:2020-01-01")).length, 3);
  assertEquals(await find("lunch before:2020-01-01"), []);
  assertEquals(await find('"'), []);
  const hidden = await ann.ask({ type: "search", query: "noon" });
  assertEquals(hidden.messages.map(({ text }: Json) => text), ["lunch at noon"]);
  const error = await bob.ask({ type: "search", query: "before:soon" });
  assertEquals([error.type, error.code], ["error", "bad-query"]);
  assertStringIncludes(error.text, 'before: takes a date such as before:2026-11-01, not "soon"');
  const long = await bob.ask({ type: "search", query: "x".repeat(1_001) });
  assertEquals([long.code, long.text], [
    "bad-query",
    "A search is at most 500 characters long; this has 1001.",
  ]);
  const some = await bob.ask({ type: "search", query: "lunch", limit: 2 });
  const rest = await bob.ask({ type: "search", query: "lunch", limit: 2, skip: 2 });
  assertEquals([some.messages.length, some.more, rest.messages.length, rest.more], [
    2,
    true,
    1,
    false,
  ]);
});

Deno.test("a search is gone on with by its cursor while others talk, in rooms that one is in alone", async () => {
  await using server = startServer();
  using bob = await joinEvent(server, "bob");
  await bob.ask({ type: "join", room: "Dev" });
  for (let n = 1; n <= 5; n++) await bob.ask({ type: "say", room: "dev", text: `tea ${n}` });
  const ask = (more: Json): Promise<Json> => bob.ask({ type: "search", query: "tea", ...more });
  const first = await ask({ limit: 2 });
  await bob.ask({ type: "say", room: "lobby", text: "tea, too" });
  const second = await ask({ limit: 2, cursor: first.cursor });
  const third = await ask({ limit: 2, cursor: second.cursor });
  assertEquals(
    [first, second, third].map(({ messages }) => messages.map(({ seq }: Json) => seq)),
    [[5, 4], [3, 2], [1]],
  );
  assertEquals([third.more, third.cursor], [false, undefined]);
  const plus = await ask({ query: "tea +" });
  assertEquals([plus.type, plus.text, plus.ignored], ["page", undefined, ["+"]]);
  for (const cursor of ["", "x", "1 elsewhere", "1", "-1 dev"]) {
    const { code, text } = await ask({ cursor });
    assertEquals(code, "bad-query");
    assertStringIncludes(text, "search anew");
  }
});
