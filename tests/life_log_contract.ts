/** What every log of facts promises of what is done about messages. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Fact } from "../lib/chat/log/fact.ts";
import type { Index } from "../lib/chat/log/fact_log.ts";
import { type HistoryEntry, isMessage, seqOf } from "../lib/chat/messages/entries.ts";
import { chatLog, type LogKey, roomLog } from "../lib/chat/messages/log_key.ts";
import type { Refusal } from "../lib/chat/refusal.ts";
import { entriesOf, type LogUnderTest, outcomesOf } from "./fact_log_contract.ts";
import { bringing, fileOf, hash, inChat, say } from "./fixtures/facts.ts";
import { pin, react, remove, revise } from "./fixtures/life_facts.ts";

const A = roomLog("a");

/** An entry in short. */
function shown(entry: HistoryEntry): string {
  const seq = seqOf(entry);
  if (isMessage(entry)) return `${seq} ${entry.message.from}: ${entry.message.text}`;
  if (entry.kind === "emptied") return `${seq} emptied`;
  const what = entry.kind === "revised"
    ? entry.text
    : entry.kind === "reacted"
    ? `${entry.key}${entry.off ? " off" : ""}`
    : entry.kind === "removed"
    ? entry.reason ?? ""
    : entry.kind === "answered"
    ? entry.choice
    : entry.off
    ? "off"
    : "";
  return `${seq} ${entry.from} ${entry.kind} ${entry.re} ${what}`.trim();
}

async function entriesIn(index: Index, log: LogKey = A, after = 0): Promise<string[]> {
  return (await index.entries(log, { after, limit: 99 })).map(shown);
}

/** The messages of a page, as far as something has become of them. */
async function pageIn(index: Index, before?: number, limit = 99): Promise<unknown[]> {
  const range = { limit, ...(before === undefined ? {} : { before }) };
  const { entries, more } = await index.page(A, { ...range, asker: "account id1" });
  const told = entries.map(
    ({ message: { seq, text, edited, removed, reactions, pinned, quote } }) => {
      const marks = [
        ...(edited === undefined ? [] : ["edited"]),
        ...(removed === undefined ? [] : [`removed by ${removed.by}`]),
        ...(pinned ? ["pinned"] : []),
        ...(reactions ?? []).map(({ key, count, mine }) => `${key}${count}${mine ? "!" : ""}`),
        ...(quote === undefined ? [] : [`to ${quote.from}: ${quote.text}`]),
      ];
      return [`${seq} ${text}`, ...marks].join(", ");
    },
  );
  return more ? ["…", ...told] : told;
}

/** Runs the contract on logs that `make` opens. */
export function testLifeLog(name: string, make: () => Promise<LogUnderTest>): void {
  const test = (what: string, run: (under: LogUnderTest) => Promise<void> | void): void =>
    Deno.test(`${name}: ${what}`, async () => {
      await using under = await make();
      await run(under);
    });

  test("whoever comes later is told no text that others took the place of", async ({ log, index }) => {
    await entriesOf(log, [
      say("a", "one", { author: "id1" }),
      revise("a", 1, "two"),
      say("a", "four", { author: "id1" }),
      revise("a", 1, "three"),
      revise("a", 3, "five"),
    ]);
    const last = ["4 ann revised 1 three", "5 ann revised 3 five"];
    assertEquals(await entriesIn(index), ["1 ann: three", "2 emptied", "3 ann: five", ...last]);
    assertEquals(await entriesIn(index, A, 1), ["2 emptied", "3 ann: five", ...last]);
    assertEquals(await entriesIn(index, A, 3), last);
    const [first] = await index.entries(A, { after: 0, limit: 1 });
    assertEquals(first && isMessage(first) && first.message.edited !== undefined, true);
  });

  test("what is done about messages has numbers in their order", async ({ log, index }) => {
    const facts: Fact[] = [
      say("a", "one"),
      say("a", "two", { author: "id1" }),
      react("a", 1, "👍"),
      revise("a", 2, "TWO"),
      pin("a", 1),
      remove("a", 1, { mayAny: true, reason: "spam" }),
      say("a", "three"),
    ];
    assertEquals(await outcomesOf(log, facts), [1, 2, 3, 4, 5, 6, 7]);
    assertEquals(await entriesIn(index), [
      ...["1 ann: ", "2 ann: TWO", "3 emptied", "4 ann revised 2 TWO"],
      ...["5 emptied", "6 ann removed 1 spam", "7 ann: three"],
    ]);
    assertEquals(await entriesIn(index, A, 5), ["6 ann removed 1 spam", "7 ann: three"]);
    assertEquals(await pageIn(index), ["1 , removed by ann", "2 TWO, edited", "7 three"]);
    assertEquals((await index.page(A, { limit: 9 })).upTo, 7);
  });

  test("pages, and what is unread, count messages alone", async ({ log, index }) => {
    await entriesOf(log, [say("a", "one"), say("a", "two"), say("a", "three")]);
    await entriesOf(log, ["👍", "🎉", "❤️", "👀"].map((key) => react("a", 1, key)));
    await entriesOf(log, [say("a", "four"), react("a", 2, "👍")]);
    assertEquals(await pageIn(index, undefined, 2), ["…", "3 three", "8 four"]);
    assertEquals(await pageIn(index, 3, 2), ["1 one, 👍1!, 🎉1!, ❤️1!, 👀1!", "2 two, 👍1!"]);
    assertEquals(await pageIn(index, undefined, 4).then((page) => page.length), 4);
    const unreadAfter = async (seq: number): Promise<number | undefined> =>
      (await index.unread(new Map([[A, seq]]))).get(A);
    assertEquals(await Promise.all([0, 2, 3, 5, 8, 9].map(unreadAfter)), [4, 2, 1, 1, 0, 0]);
    const before = (limit: number): Promise<number> | number => index.beforeLast(A, limit);
    assertEquals(await Promise.all([1, 2, 4, 9].map(before)), [7, 2, 0, 0]);
    // One that was removed is nothing to be read.
    await entriesOf(log, [remove("a", 2, { mayAny: true })]);
    assertEquals(await Promise.all([0, 1, 2, 8].map(unreadAfter)), [3, 2, 2, 0]);
  });

  test("only who has said something edits it, by account or session", async ({ log }) => {
    await entriesOf(log, [
      say("a", "an account's", { author: "id1" }),
      say("a", "a session's", { session: "s", id: "1" }),
      say("a", "nobody's"),
    ]);
    const other = { author: "id2", by: hash("s") };
    const guest = { author: undefined, by: hash("s") };
    assertEquals(
      await outcomesOf(log, [
        ...[revise("a", 1, "x", other), revise("a", 1, "x", guest), revise("a", 1, "x")],
        ...[revise("a", 2, "x", guest), revise("a", 2, "x"), revise("a", 2, "x", other)],
        ...[revise("a", 3, "x", guest), revise("a", 3, "x"), revise("a", 9, "x")],
        ...[revise("a", 4, "an edit of an edit"), remove("a", 2), remove("a", 2, guest)],
        ...[remove("a", 3), remove("a", 3, { mayAny: true }), revise("a", 2, "x", guest)],
      ]),
      [
        ...["not-yours", "not-yours", 4, 5, "not-yours", 6],
        ...["not-yours", "not-yours", "no-such-message", "no-such-message"],
        ...["not-allowed", 7, "not-allowed", 8, "no-such-message"],
      ],
    );
  });

  test("a message is edited while there is time, and so often", async ({ log, index }) => {
    await entriesOf(log, [say("a", "one", { author: "id1" })]);
    assertEquals(await outcomesOf(log, [revise("a", 1, "x", { windowMs: -1 })]), ["too-late"]);
    const edits = Array.from({ length: 101 }, (_, n) => revise("a", 1, `edit ${n}`));
    assertEquals((await outcomesOf(log, edits)).slice(98), [100, 101, "too-many-edits"]);
    assertEquals(await pageIn(index), ["1 edit 99, edited"]);
  });

  test("reactions are a set of who gave which", async ({ log, index }) => {
    const bob = { author: "id2", who: "account id2", from: "bob" } as const;
    const guest = { author: undefined, who: "address 192.0.2.1", from: "guest" } as const;
    await entriesOf(log, [say("a", "one"), say("a", "two")]);
    assertEquals(
      await outcomesOf(log, [
        ...[react("a", 1, "👍"), react("a", 1, "👍"), react("a", 1, "👍", bob)],
        ...[react("a", 1, "🎉", guest), react("a", 1, "🎉", { ...guest, from: "zoe" })],
        ...[react("a", 1, "👍", { off: true }), react("a", 1, "👍", { off: true })],
        ...[react("a", 1, "👀", { off: true }), react("a", 1, "👍")],
      ]),
      [3, "again 3", 4, 5, "again 5", 6, "again 6", "again 1", 7],
    );
    assertEquals(await pageIn(index), ["1 one, 👍2!, 🎉1", "2 two"]);
    assertEquals(await index.reactions(A, 1), [
      {
        key: "👍",
        count: 2,
        people: [{ name: "bob", account: "id2" }, { name: "ann", account: "id1" }],
      },
      { key: "🎉", count: 1, people: [{ name: "guest" }] },
    ]);
    assertEquals(await index.reactions(A, 2), []);
    assertEquals([await index.reactions(A, 3), await index.reactions(A, 99)], [
      undefined,
      undefined,
    ]);
  });

  test("a message has 20 different reactions, and a room 50 pinned messages", async ({ log, index }) => {
    const letters = [..."abcdefghijklmnopqrstu"];
    await entriesOf(log, [say("a", "one")]);
    const of = (id: number) => ({ who: `account id${id}`, author: `id${id}` } as const);
    const given = await outcomesOf(
      log,
      letters.map((key, n) => react("a", 1, key, of(Math.floor(n / 5)))),
    );
    assertEquals(given.slice(18), [20, 21, "too-many-reactions"]);
    assertEquals(
      await outcomesOf(log, [
        ...[react("a", 1, "b", of(9)), react("a", 1, "a", { ...of(0), off: true })],
        ...[react("a", 1, "u", of(9)), react("a", 1, "a", of(9))],
      ]),
      [22, 23, 24, "too-many-reactions"],
    );
    await entriesOf(log, Array.from({ length: 51 }, (_, n) => say("b", `${n}`)));
    const pins = Array.from({ length: 51 }, (_, n) => pin("b", n + 1));
    assertEquals((await outcomesOf(log, pins)).slice(49), [101, "too-many-pins"]);
    assertEquals(
      await outcomesOf(log, [pin("b", 2, { off: true }), pin("b", 51), pin("b", 51)]),
      [102, 103, "again 103"],
    );
    const { entries } = await index.pins(roomLog("b"), {});
    assertEquals(entries.map(({ message: { seq } }) => seq).slice(-2), [50, 51]);
    // One that is removed makes room.
    await entriesOf(log, [remove("b", 1, { mayAny: true })]);
    assertEquals(await outcomesOf(log, [pin("b", 2)]), [105]);
    assertEquals((await index.pins(roomLog("b"), {})).entries.length, 50);
  });

  test("one person gives a message 5 different reactions, and each again 10 times", async ({ log }) => {
    const guest = { author: undefined, who: "address 192.0.2.1" } as const;
    const other = { author: undefined, who: "address 192.0.2.2" } as const;
    await entriesOf(log, [say("a", "one"), say("a", "two")]);
    const keys = [..."abcdef"];
    const given = await outcomesOf(log, keys.map((key) => react("a", 1, key, guest)));
    assertEquals(given, [3, 4, 5, 6, 7, "too-many-reactions"]);
    const [entry] = await entriesOf(log, [react("a", 1, "f", guest)]);
    const { refused } = entry?.receipt as { refused: Refusal };
    assertStringIncludes(refused.message, "guests from one address share their reactions");
    const off = { ...guest, off: true } as const;
    assertEquals(
      await outcomesOf(log, [
        ...[react("a", 1, "f", other), react("a", 1, "a", guest), react("a", 2, "a", guest)],
        ...[react("a", 1, "b", off), react("a", 1, "f", guest), react("a", 1, "b", guest)],
      ]),
      [8, "again 3", 9, 10, 11, "too-many-reactions"],
    );
    const turns = Array.from({ length: 11 }, () => [
      react("a", 2, "a", off),
      react("a", 2, "a", guest),
    ]).flat();
    const turned = await outcomesOf(log, turns);
    assertEquals(turned.at(17), 29);
    assertEquals(turned.slice(18), [30, "too-many-reactions", "again 30", "too-many-reactions"]);
    assertEquals(await outcomesOf(log, [react("a", 2, "a", other), react("a", 2, "z", guest)]), [
      ...[31, 32],
    ]);
  });

  test("an answer quotes what it answers, as that reads then", async ({ log, index }) => {
    const [, answer] = await entriesOf(log, [
      say("a", "lunch?", { author: "id1", from: "bob" }),
      say("a", "yes", { re: 1 }),
    ]);
    assertEquals(answer?.receipt, { seq: 2, quote: { from: "bob", text: "lunch?" } });
    await entriesOf(log, [revise("a", 1, `${"long ".repeat(40)}\nsecond line`)]);
    const quote = `${"long ".repeat(15)}long…`;
    assertEquals(await pageIn(index), [
      `1 ${"long ".repeat(40)}\nsecond line, edited`,
      `2 yes, to bob: ${quote}`,
    ]);
    assertEquals(
      await outcomesOf(log, [say("a", "what?", { re: 3 }), say("a", "what?", { re: 9 })]),
      [
        ...["no-such-message", "no-such-message"],
      ],
    );
    await entriesOf(log, [remove("a", 1)]);
    assertEquals(await pageIn(index), ["1 , removed by ann", "2 yes"]);
  });

  test("what is removed is nowhere any more, and its sender still gets its first ack", async ({ log, index }) => {
    const sent = say("a", "marmalade", { session: "s", id: "1", mentions: ["id2"] });
    const own = { author: undefined, by: hash("s"), session: hash("s") };
    await entriesOf(log, [{ kind: "session-use", hashes: [hash("s")] }, sent, say("a", "jam")]);
    const edit = revise("a", 1, "more marmalade", { ...own, id: "2" });
    const removal = remove("a", 1, { ...own, id: "3" });
    assertEquals(await outcomesOf(log, [edit, removal]), [3, 4]);
    assertEquals(await entriesIn(index), [
      ...["1 ann: ", "2 ann: jam", "3 emptied", "4 ann removed 1"],
    ]);
    const found = await index.search({ query: "marmalade", logs: [A], limit: 9 });
    assertEquals(found.entries, []);
    const from = await index.search({ query: "from:ann", logs: [A], limit: 9 });
    assertEquals(from.entries.map(({ message: { text } }) => text), ["jam"]);
    assertEquals((await index.mentions("id2", new Map([[A, 0]]))).get(A), 0);
    assertEquals(await outcomesOf(log, [sent, edit, removal]), ["again 1", "again 3", "again 4"]);
    assertEquals(await outcomesOf(log, [remove("a", 1, { mayAny: true })]), ["no-such-message"]);
  });

  test("the same id again is the same, and for something else it is reused", async ({ log }) => {
    const once = { session: hash("s"), id: "1" };
    await entriesOf(log, [
      { kind: "session-use", hashes: [hash("s")] },
      say("a", "one"),
      say("a", "two"),
    ]);
    assertEquals(
      await outcomesOf(log, [
        ...[react("a", 1, "👍", once), react("a", 1, "👍", once), react("a", 2, "👍", once)],
        ...[
          react("a", 1, "🎉", once),
          react("a", 1, "👍", { ...once, off: true }),
          pin("a", 1, once),
        ],
        say("a", "👍", { session: "s", id: "1" }),
      ]),
      [3, "again 3", "id-reused", "id-reused", "id-reused", "id-reused", "id-reused"],
    );
  });

  test("what changed nothing does so when it is sent again, though it was undone", async ({ log }) => {
    const once = (id: string): { session: string; id: string } => ({ session: hash("s"), id });
    const on = ["1", "2"].map((id) => react("a", 1, "👍", once(id)));
    const off = react("a", 1, "👍", { ...once("3"), off: true });
    await entriesOf(log, [say("a", "one")]);
    assertEquals(await outcomesOf(log, [...on, off]), [2, "again 2", 3]);
    assertEquals(await outcomesOf(log, [...on, off]), ["again 2", "again 2", "again 3"]);
    assertEquals(await outcomesOf(log, [react("a", 1, "👍", once("4"))]), [4]);
  });

  test("a search finds the newest text, once, as it is to be read", async ({ log, index }) => {
    await entriesOf(log, [say("a", "a brown dog", { author: "id1" }), say("a", "a cat")]);
    await entriesOf(log, [revise("a", 1, "a red fox"), react("a", 1, "👍")]);
    const find = async (query: string): Promise<unknown[]> =>
      (await index.search({ query, logs: [A], limit: 9, asker: "account id1" })).entries.map(
        ({ message: { seq, text, edited, reactions } }) => [
          ...[seq, text, edited !== undefined, reactions?.[0]?.mine],
        ],
      );
    assertEquals(await find("dog"), []);
    assertEquals(await find("fox"), [[1, "a red fox", true, true]]);
    await entriesOf(log, [revise("a", 1, "a fox, and a fox")]);
    assertEquals(await find("fox"), [[1, "a fox, and a fox", true, true]]);
  });

  test("of a message that is kept no longer, its edits are empty", async ({ log, index }) => {
    await entriesOf(log, [say("a", "marmalade", { author: "id1" }), say("a", "two")]);
    await entriesOf(log, [revise("a", 1, "more marmalade"), react("a", 1, "👍")]);
    await entriesOf(log, [{ kind: "retain", cuts: [{ log: A, first: 2 }] }]);
    assertEquals(await entriesIn(index), ["2 ann: two", "3 emptied", "4 emptied"]);
    assertEquals(await pageIn(index), ["2 two"]);
    assertEquals(await outcomesOf(log, [react("a", 1, "🎉")]), ["no-such-message"]);
    const found = await index.search({ query: "marmalade", logs: [A], limit: 9 });
    assertEquals(found.entries, []);
  });

  test("in a conversation it is the same", async ({ log, index }) => {
    const chat = chatLog("c");
    const about = { log: chat, title: "bob" };
    assertEquals(
      await outcomesOf(log, [
        inChat("c", "hello", { author: "id1" }),
        revise("a", 1, "hullo", about),
        react("a", 1, "👍", about),
        inChat("c", "again", { re: 1 }),
      ]),
      [1, 2, 3, 4],
    );
    assertEquals(await entriesIn(index, chat), [
      ...["1 ann: hullo", "2 ann revised 1 hullo", "3 ann reacted 1 👍", "4 ann: again"],
    ]);
    const again = await entriesOf(log, [react("a", 1, "👍", about)]);
    assertEquals(again.map(({ receipt }) => receipt && "again" in receipt && receipt.again.log), [
      chat,
    ]);
  });

  test("an edit of a message that brings a file goes on saying so", async ({ log, index }) => {
    const file = fileOf("f1", "a.txt", "0123456789");
    const said = say("a", "", { author: "id1", ...bringing(file) });
    const once = { session: hash("ann"), id: "1" };
    const edit = revise("a", 1, "look", once);
    const facts = [said, edit, say("a", "yes", { re: 1 }), edit, revise("a", 1, said.text)];
    assertEquals(await outcomesOf(log, facts), [1, 2, 3, "again 2", 4]);
    assertEquals(await pageIn(index), [`1 ${said.text}, edited`, "3 yes, to ann: a.txt"]);
    // Whoever wrote the whole sentence meant no caption of that.
    const whole = revise("a", 1, `${said.text}: look here`, { ...once, id: "2" });
    assertEquals(await outcomesOf(log, [whole, whole]), [5, "again 5"]);
    assertEquals(await pageIn(index), [
      ...[`1 ${said.text}: look here, edited`, "3 yes, to ann: look here"],
    ]);
    const entries = await index.entries(A, { after: 3, limit: 9 });
    assertEquals(entries.map(shown), [
      ...["4 emptied", `5 ann revised 1 ${said.text}: look here`],
    ]);
    assertEquals(entries.map((each) => "file" in each && each.file), [false, file]);
    await entriesOf(log, [remove("a", 1)]);
    assertEquals(await outcomesOf(log, [whole]), ["again 5"]);
  });

  test("of what is said with a file nothing need be left, of other messages something", async ({ log, index }) => {
    const file = fileOf("f1", "a.txt", "0123456789");
    const { text, ...brought } = bringing(file);
    const said = say("a", `${text}: look`, { author: "id1", ...brought });
    const none = revise("a", 1, "");
    const facts = [said, none, say("a", "plain", { author: "id1" }), revise("a", 3, "")];
    assertEquals(await outcomesOf(log, facts), [1, 2, 3, "empty-text"]);
    assertEquals(await pageIn(index), [`1 ${text}, edited`, "3 plain"]);
    const entries = await index.entries(A, { after: 1, limit: 1 });
    assertEquals(entries.map(shown), [`2 ann revised 1 ${text}`]);
    // What is not there, or somebody else's, is told as that.
    const others = [revise("a", 9, ""), revise("a", 3, "", { author: "id2" })];
    assertEquals(await outcomesOf(log, others), ["no-such-message", "not-yours"]);
  });
}
