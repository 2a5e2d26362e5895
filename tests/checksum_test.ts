/** That what was changed on the disk is noticed, and never shown as said. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { isMessage } from "../lib/chat/messages/entries.ts";
import { chatLog, directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { type Checked, logSum, messageSum } from "../lib/store/message_row.ts";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader } from "../lib/store/directory.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { Reader } from "../lib/store/read.ts";
import { Data, exportMessages } from "./fixtures/data.ts";
import { append, bringing, fileOf, hash, inChat, say } from "./fixtures/facts.ts";
import { revise } from "./fixtures/life_facts.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json } from "./helpers.ts";

/** What a log's row has. */
interface Log {
  readonly kind: number;
  readonly key: string;
}

const STUB = "What was said here was changed on the server's disk, and can't be shown.";

for (
  const [what, sql] of [
    ["text", "UPDATE message SET text = 'no tea' WHERE id = 2"],
    [
      "text, to one that is no UTF-8",
      "UPDATE message SET text = CAST(x'ff2074' AS TEXT) WHERE id = 2",
    ],
    ["sender", "UPDATE message SET sender = 1 WHERE id = 2"],
    ["sender's name", "UPDATE name SET name = 'eve' WHERE id = 2"],
    ["time", "UPDATE message SET at = at + 1 WHERE id = 2"],
    ["time, to one that is none", "UPDATE message SET at = 9000000000000000000 WHERE id = 2"],
    ["action", "UPDATE message SET kind = 1 WHERE id = 2"],
    [
      "number",
      "UPDATE message SET seq = 9 WHERE id = 2; UPDATE message SET seq = 2 WHERE id = 3; " +
      "UPDATE message SET seq = 3, sum = (SELECT sum FROM message WHERE id = 3) WHERE id = 2",
    ],
    [
      "author, to an account that has not said it",
      "INSERT INTO author VALUES (1, 'id1'); UPDATE message SET author = 1 WHERE id = 2",
    ],
    ["checksum", "UPDATE message SET sum = sum + 1 WHERE id = 2"],
  ] as const
) {
  Deno.test(`a message whose ${what} was changed is withheld everywhere, and told by a check`, async () => {
    using data = new Data();
    await data.say({ from: "ann", text: "one" }, { from: "bob", text: "tea" }, { text: "three" });
    data.tamper(sql);
    using db = openReader(data.directory);
    const { entries } = new Reader(db).page(roomLog("lobby"), { after: 0, limit: 9 });
    const damaged = entries.map(({ message }) => message).filter(({ withheld }) => withheld);
    assert(damaged.length > 0);
    for (const { from, text, withheld } of damaged) {
      assertEquals([from, text, withheld], ["server", STUB, "damaged"]);
    }
    const intact = entries.map(({ message }) => message.text).filter((text) => text !== STUB);
    for (const text of intact) assert(["one", "tea", "three"].includes(text), text);
    assertEquals([...exportMessages(db)].filter(({ withheld }) => withheld).length, damaged.length);
    const { problems } = checkStore(db);
    assert(problems.length >= damaged.length, problems.join());
  });
}

for (
  const [what, sql] of [
    ["name", "UPDATE file SET name = 'flan.txt'"],
    ["type", "UPDATE file SET type = 'image/png'"],
    ["size", "UPDATE blob SET size = 9"],
    ["bytes, to others", "UPDATE blob SET sha = 'abc'; UPDATE file SET blob = 'abc'"],
    ["row, which was removed", "DELETE FROM file"],
    ["id", "UPDATE file SET id = 'f2'; UPDATE message SET file = 'f2' WHERE id = 1"],
    ["message, which was told of none", "UPDATE message SET file = NULL WHERE id = 1"],
  ] as const
) {
  Deno.test(`a message whose file had another ${what} is withheld, without its file`, async () => {
    using data = new Data();
    {
      await using log = await LocalLog.open({ dir: data.directory });
      const { text, ...rest } = bringing(fileOf("f1", "plan.txt", "the plan"));
      await append(log, say("lobby", text, rest));
      await append(log, say("lobby", "two"));
    }
    data.tamper(sql);
    using db = openReader(data.directory);
    const { entries } = new Reader(db).page(roomLog("lobby"), { after: 0, limit: 9 });
    assertEquals(entries.map(({ message: { text, file } }) => [text, file]), [
      [STUB, undefined],
      ["two", undefined],
    ]);
    const changed = 'message 1, number 1 in "lobby", was changed on the disk after it was stored';
    assert(checkStore(db).problems.includes(changed));
  });
}

Deno.test("a check says which messages were changed, and leaves it out when it is to be quick", async () => {
  using data = new Data();
  await data.say({ text: "one" }, { room: "dev", text: "two" });
  data.tamper("UPDATE message SET text = 'tow' WHERE id = 2");
  using db = openReader(data.directory);
  assertEquals(checkStore(db).problems, [
    'message 2, number 1 in "dev", was changed on the disk after it was stored',
  ]);
  assertEquals(checkStore(db, { quick: true }).problems, []);
});

Deno.test("clients are told of a damaged message by a stub, in history, scrollback, search and a resume", async () => {
  await using dir = await makeDir();
  {
    await using server = await startStored(dir.path);
    using ann = await joinEvent(server, "ann");
    using bob = await joinEvent(server, "bob");
    for (const text of ["mint tea", "green tea"]) {
      await ann.ask({ type: "say", room: "lobby", text });
    }
    await ann.ask({ type: "direct", to: "bob", text: "black tea" });
    await bob.ask({ type: "search", query: "tea" });
  }
  {
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec("UPDATE message SET text = 'no tea' WHERE seq = 1");
  }
  await using server = await startStored(dir.path);
  using guest = await joinEvent(server, "guest");
  const stubOf = ({ from, text, withheld }: Json): unknown => [from, text, withheld];
  const stub = ["server", STUB, "damaged"];
  assertEquals(stubOf(await guest.takeType("message")), stub);
  const { messages } = await guest.ask({ type: "history", room: "lobby" });
  assertEquals(messages.map(stubOf), [stub, ["ann", "green tea", undefined]]);
  const found = await guest.ask({ type: "search", query: "mint" });
  assertEquals(found.messages.map(stubOf), [stub]);
  const resume = { epoch: guest.welcome.epoch, seq: { lobby: 0 } };
  using again = await joinEvent(server, "again", { resume });
  assertEquals(stubOf(await again.takeType("message")), stub);
});

function sumOf(message: Checked & Log): number {
  return messageSum(logSum(message.kind, message.key), message);
}

Deno.test("a checksum notices every change of a single character or number", () => {
  const message = fc.record({
    kind: fc.constantFrom(0, 1),
    key: fc.string(),
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    at: fc.integer({ min: -8.64e15, max: 8.64e15 }),
    action: fc.constantFrom(0, 1),
    sender: fc.string(),
    text: fc.string({ minLength: 1, unit: "binary" }),
  });
  const at = fc.nat();
  const mask = fc.integer({ min: 1, max: 0xffff });
  fc.assert(fc.property(message, at, mask, (message: Checked & Log, at, mask) => {
    const { text, seq } = message;
    const place = at % text.length;
    const other = String.fromCharCode(text.charCodeAt(place) ^ mask);
    const changed = text.slice(0, place) + other + text.slice(place + 1);
    const sum = sumOf(message);
    assertNotEquals(sumOf({ ...message, text: changed }), sum);
    assertNotEquals(sumOf({ ...message, action: 1 - message.action }), sum);
    assertNotEquals(sumOf({ ...message, author: "id1" }), sum);
    assertNotEquals(sumOf({ ...message, author: "id1" }), sumOf({ ...message, author: "id2" }));
    assertNotEquals(sumOf({ ...message, seq: seq === 1 ? 2 : seq - 1 }), sum);
    assertEquals(sum, sum | 0);
  }));
});

Deno.test("a text with whatever signs comes back as it was said, and is not taken for damage", async () => {
  using data = new Data();
  const texts = ["\ufeffone", "\ufefftwo\0", "\0\ufeffthree", "four\0\ufeff", "\u2028five\r"];
  await data.say(...texts.map((text) => ({ text })));
  using db = openReader(data.directory);
  assertEquals([...exportMessages(db)].map(({ text }) => text), texts);
  assertEquals(checkStore(db).problems, []);
});

Deno.test("the newest text of a direct message that was changed is withheld in an inbox, too", async () => {
  await using dir = await makeDir();
  const inbox = directLog(hash("bob"));
  {
    await using log = await LocalLog.open({ dir: dir.path });
    await append(log, inChat("c", "lunch at on?", { author: "id1", inbox }));
    await append(log, inChat("c", "psst", { author: "id1", inbox }));
    log.put(revise("c", 1, "lunch at one?", { log: chatLog("c"), title: "bob" }));
  }
  const shown = (): unknown[] => {
    using db = openReader(dir.path);
    const reader = new Reader(db);
    const range = { after: 0, limit: 9 };
    const lists = [
      reader.page(inbox, range).entries,
      reader.entries(inbox, range).filter(isMessage),
      reader.salvage(inbox, 1, 2).filter(isMessage),
    ];
    return lists.map((list) => list.map(({ message: { from, text } }) => `${from}: ${text}`));
  };
  const sound = ["ann: lunch at one?", "ann: psst"];
  assertEquals(shown(), [sound, sound, sound]);
  {
    using db = new DatabaseSync(databasePath(dir.path));
    db.exec("UPDATE message SET text = 'no lunch' WHERE kind = 2");
  }
  const withheld = [`server: ${STUB}`, "ann: psst"];
  assertEquals(shown(), [withheld, withheld, withheld]);
});

Deno.test("a part of an inbox is no longer than others, though texts were edited", async () => {
  await using dir = await makeDir();
  const inbox = directLog(hash("bob"));
  await using log = await LocalLog.open({ dir: dir.path });
  for (let re = 1; re <= 3; re++) {
    await append(log, inChat("c", "psst", { author: "id1", inbox }));
  }
  for (let re = 1; re <= 3; re++) {
    const text = `${re}`.repeat(200_000);
    log.put(revise("c", re, text, { log: chatLog("c"), title: "bob" }));
  }
  await log.settled();
  using db = openReader(dir.path);
  assertEquals(new Reader(db).entries(inbox, { after: 0, limit: 9 }).length, 1);
});
