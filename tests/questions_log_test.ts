/** The logs that there are keep questions and their answers alike, and let nothing of them stay that was removed. */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { isMessage } from "../lib/chat/messages/entries.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { ChoiceQuestion } from "../lib/chat/messages/question.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { LocalLogOptions } from "../lib/store/local_log_options.ts";
import { entriesOf, type LogUnderTest, outcomesOf } from "./fact_log_contract.ts";
import { hash, say } from "./fixtures/facts.ts";
import { answer, remove, revise } from "./fixtures/life_facts.ts";
import { stillLog } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const A = roomLog("a");
const ASK: ChoiceQuestion = { choices: ["yes", "Roll back"] };
const OF_BOB: ChoiceQuestion = { ...ASK, from: ["bob"], who: ["id2"] };
const EVE = { from: "eve", by: hash("eve"), author: "id3", who: "account id3" } as const;

const asks = (text: string, ask: ChoiceQuestion, more = {}) =>
  say("a", text, { author: "id1", ask, ...more });

/** What a page says of questions. */
async function questionsIn({ index }: LogUnderTest): Promise<unknown[]> {
  const { entries } = await index.page(A, { limit: 99 });
  return entries.map(({ message: { text, ask, answers = [] } }) => [
    ...[text, ...(ask === undefined ? [] : [ask.choices.join("|")])],
    ...answers.map(({ from, choice }) => `${from}: ${choice}`),
  ]);
}

async function entriesIn({ index }: LogUnderTest, after = 0): Promise<unknown[]> {
  const entries = await index.entries(A, { after, limit: 99 });
  return entries.map((entry) => {
    if (isMessage(entry)) return `${entry.message.text} ${entry.message.ask?.choices.join("|")}`;
    return entry.kind === "answered" ? `${entry.from} ${entry.re} ${entry.choice}` : entry.kind;
  });
}

function testQuestions(name: string, make: () => Promise<LogUnderTest>): void {
  const test = (what: string, run: (under: LogUnderTest) => Promise<void>): void =>
    Deno.test(`${name}: ${what}`, async () => {
      await using under = await make();
      await run(under);
    });

  test("the first answer holds, in the spelling of the question, and later ones do not", async (under) => {
    const outcomes = await outcomesOf(under.log, [
      asks("deploy?", ASK),
      answer("a", 1, "roll BACK "),
      answer("a", 1, "yes"),
      answer("a", 1, "yes", EVE),
    ]);
    assertEquals(outcomes, [1, 2, "already-answered", "already-answered"]);
    assertEquals(await questionsIn(under), [["deploy?", "yes|Roll back", "bob: Roll back"]]);
    assertEquals(await entriesIn(under), ["deploy? yes|Roll back", "bob 1 Roll back"]);
    assertEquals(await entriesIn(under, 1), ["bob 1 Roll back"]);
  });

  test("who may answer is told by account or role, and never by the name", async (under) => {
    const outcomes = await outcomesOf(under.log, [
      asks("of bob", OF_BOB),
      answer("a", 1, "yes", { ...EVE, from: "bob" }),
      answer("a", 1, "yes", { author: undefined, who: "address 192.0.2.1" }),
      answer("a", 1, "yes"),
      asks("of operators", { ...ASK, role: "operator" }),
      answer("a", 3, "yes", { roles: ["member", "host"] }),
      answer("a", 3, "yes", { ...EVE, roles: ["operator", "owner"] }),
      asks("of anybody but me", ASK),
      answer("a", 5, "yes", { author: "id1", by: hash("ann"), from: "ann" }),
      answer("a", 5, "yes", { author: undefined, who: "address 192.0.2.1" }),
    ]);
    assertEquals(outcomes, [
      1,
      "not-allowed",
      "not-allowed",
      2,
      3,
      "not-allowed",
      4,
      5,
      "not-allowed",
      6,
    ]);
  });

  test("a quorum is of different people who say the same", async (under) => {
    const outcomes = await outcomesOf(under.log, [
      asks("deploy?", { ...ASK, quorum: 2 }),
      answer("a", 1, "yes"),
      answer("a", 1, "yes"),
      answer("a", 1, "roll back", EVE),
      answer("a", 1, "yes", { ...EVE, author: "id4", who: "account id4" }),
      answer("a", 1, "yes", { ...EVE, author: "id5", who: "account id5" }),
    ]);
    assertEquals(outcomes, [1, 2, "already-answered", 3, 4, "already-answered"]);
    const answers = ["bob: yes", "eve: Roll back", "eve: yes"];
    assertEquals(await questionsIn(under), [["deploy?", "yes|Roll back", ...answers]]);
  });

  test("what is no question, no choice or no longer open is not answered, and no question is edited", async (under) => {
    const outcomes = await outcomesOf(under.log, [
      say("a", "hello"),
      answer("a", 1, "yes"),
      answer("a", 9, "yes"),
      asks("deploy?", { ...ASK, forMs: 0 }),
      answer("a", 2, "maybe"),
      revise("a", 2, "delete everything?"),
    ]);
    const codes = ["no-such-message", "no-such-message", 2, "bad-field", "not-allowed"];
    assertEquals(outcomes, [1, ...codes]);
  });

  test("an answer that is sent again is the same, and nothing stays of what was removed", async (under) => {
    const once = { session: hash("bob"), id: "7" };
    const sent = { session: "ann", id: "1" };
    await entriesOf(under.log, [asks("deploy?", ASK, sent), answer("a", 1, "Yes", once)]);
    assertEquals(await outcomesOf(under.log, [answer("a", 1, "yes", once)]), ["again 2"]);
    assertEquals(await outcomesOf(under.log, [answer("a", 1, "roll back", once)]), ["id-reused"]);
    assertEquals(await outcomesOf(under.log, [asks("deploy?", OF_BOB, sent)]), ["id-reused"]);
    await entriesOf(under.log, [remove("a", 1)]);
    assertEquals(await questionsIn(under), [[""]]);
    assertEquals(await entriesIn(under), [" undefined", "emptied", "removed"]);
    const again = [asks("deploy?", ASK, sent), answer("a", 1, "yes", once)];
    assertEquals(await outcomesOf(under.log, again), ["again 1", "again 2"]);
    assertEquals(await outcomesOf(under.log, [answer("a", 1, "yes", EVE)]), ["no-such-message"]);
  });
}

testQuestions("MemoryLog", () => {
  const log = stillLog();
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});

async function onDisk(options: Partial<LocalLogOptions>): Promise<LogUnderTest> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir());
  const log = stack.use(await LocalLog.open({ dir: dir.path, ...options }));
  const kept = stack.move();
  return { log, index: log.index, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

testQuestions("LocalLog", () => onDisk({}));
testQuestions("LocalLog, read from the disk", () => onDisk({ maxBytes: 0 }));

Deno.test("a question is open by the log's clock, and when it is over it is told until when it was", async () => {
  let now = Date.now();
  const log = new MemoryLog({ now: () => now, epoch: "e" });
  await entriesOf(log, [asks("deploy?", { ...ASK, forMs: 60_000 })]);
  now += 60_000;
  assertEquals(await outcomesOf(log, [answer("a", 1, "yes")]), [2]);
  await entriesOf(log, [asks("and now?", { ...ASK, forMs: 60_000 })]);
  now += 60_001;
  assertEquals(await outcomesOf(log, [answer("a", 3, "yes")]), ["too-late"]);
  const { entries } = await log.index.page(A, { limit: 1 });
  const { at, ask } = entries[0]?.message ?? {};
  assertEquals(Date.parse(ask?.until ?? "") - Date.parse(at ?? ""), 60_000);
});

Deno.test("questions survive a restart, check knows them, and on the disk no choice stays that was removed", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    await entriesOf(log, [
      asks("deploy?", OF_BOB),
      answer("a", 1, "yes"),
      asks("secret?", { choices: ["marmalade", "bread"] }),
      answer("a", 3, "marmalade", { author: undefined, who: "address 192.0.2.1", from: "gus" }),
      remove("a", 3),
    ]);
  }
  {
    await using log = await LocalLog.open({ dir: dir.path });
    assertEquals(await outcomesOf(log, [answer("a", 1, "yes", EVE)]), ["not-allowed"]);
    assertEquals(await outcomesOf(log, [answer("a", 1, "Roll back")]), ["already-answered"]);
  }
  using db = openReader(dir.path);
  assertEquals(checkStore(db).problems, []);
  const rows = db.prepare("SELECT extra FROM message").all().map(({ extra }) => String(extra));
  assertEquals(rows.some((extra) => /marmalade|bread|192/.test(extra)), false);
  assertEquals(rows.filter((extra) => extra !== "null").length, 2);
  using writable = new DatabaseSync(`${dir.path}/chatroom.db`);
  writable.exec("DELETE FROM life WHERE kind = 6");
  const [problem] = checkStore(db).problems;
  assertEquals(
    problem,
    'the table life does not say that message 1 in "a" has an answer of account id2 by entry 2',
  );
});
