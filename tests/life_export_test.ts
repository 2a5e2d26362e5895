/** Export and import of what was done about messages: as it was written, and as people read it. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Fact } from "../lib/chat/log/fact.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { type ExportLine, exportLines } from "../lib/store/export.ts";
import { importMessages } from "../lib/store/import.ts";
import { ImportError, type ImportReport } from "../lib/store/import_writer.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { Message } from "../lib/wire/events.ts";
import { jsonLine, lines } from "./fixtures/data.ts";
import { say } from "./fixtures/facts.ts";
import { answer, pin, react, remove, revise } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const GUEST = { author: undefined, who: "address 192.0.2.1", from: "gus" } as const;

const FACTS: readonly Fact[] = [
  say("a", "one", { author: "id1" }),
  say("a", "secret", { author: "id1" }),
  revise("a", 1, "ONE"),
  say("a", "an answer", { re: 1, from: "bob" }),
  ...[react("a", 1, "👍"), react("a", 1, "👍", GUEST), react("a", 1, "🎉", GUEST)],
  react("a", 1, "🎉", { ...GUEST, from: "zoe", off: true }),
  revise("a", 2, "more secret"),
  remove("a", 2, { reason: "spam" }),
  pin("a", 4),
];

async function fill(dir: string): Promise<void> {
  await using log = await LocalLog.open({ dir });
  for (const fact of FACTS) log.put(fact);
  await log.settled();
}

function exported(dir: string, folded = false): ExportLine[] {
  using db = openReader(dir);
  assertEquals(checkStore(db).problems, []);
  return [...exportLines(db, { folded })];
}

async function load(dir: string, from: readonly ExportLine[]): Promise<ImportReport> {
  using opened = await openWriter(dir);
  return await importMessages(opened.db, lines(from.map((line) => JSON.stringify(line))));
}

/** Messages as people read them, but for who they are here. */
async function pageOf(dir: string): Promise<unknown[]> {
  await using log = await LocalLog.open({ dir });
  const { entries } = await log.index.page(roomLog("a"), { after: 0, limit: 99 });
  return entries.map(({ message: { by: _, ...message } }) => message);
}

Deno.test("what was done about messages is exported as it was written, and is the same when imported", async () => {
  await using first = await makeDir();
  await using second = await makeDir();
  await fill(first.path);
  const raw = exported(first.path);
  assertEquals(raw.map((line) => "type" in line ? `${line.type} ${line.re}` : line.text), [
    ...["one", "", "revised 1", "an answer", "reacted 1", "reacted 1", "reacted 1", "reacted 1"],
    ...["revised 2", "removed 2", "pinned 4"],
  ]);
  assertEquals(JSON.stringify(raw).includes("secret"), false);
  const report = await load(second.path, raw);
  assertEquals(report, { messages: 3, rooms: 1, about: 8, renumbered: 0, withheld: 0 });
  const without = (all: readonly ExportLine[]): unknown =>
    all.map((line) => ({ ...line, by: undefined, who: undefined }));
  assertEquals(without(exported(second.path)), without(raw));
  assertEquals(await pageOf(second.path), await pageOf(first.path));
});

Deno.test("numbers that are taken move what is about them along", async () => {
  await using first = await makeDir();
  await using second = await makeDir();
  await fill(first.path);
  {
    await using log = await LocalLog.open({ dir: second.path });
    for (const text of ["here", "before"]) log.put(say("a", text));
    await log.settled();
  }
  assertEquals((await load(second.path, exported(first.path))).renumbered, 11);
  const page = await pageOf(second.path) as Message[];
  assertEquals(page.map(({ seq, text, quote, pinned }) => [seq, text, quote?.text, pinned]), [
    ...[[1, "here", undefined, undefined], [2, "before", undefined, undefined]],
    ...[[3, "ONE", undefined, undefined], [4, "", undefined, undefined]],
    [6, "an answer", "ONE", true],
  ]);
});

Deno.test("folded is what people read, and an import of it has those texts", async () => {
  await using first = await makeDir();
  await using second = await makeDir();
  await fill(first.path);
  const folded = exported(first.path, true) as Message[];
  const { 0: one, 1: removed, length } = folded;
  assertEquals([length, one?.text, one?.edited !== undefined], [3, "ONE", true]);
  assertEquals(one?.reactions, [{ key: "👍", count: 2 }]);
  assertEquals([removed?.text, removed?.removed?.reason], ["", "spam"]);
  const report = await load(second.path, folded);
  assertEquals(report, { messages: 2, rooms: 1, renumbered: 1, withheld: 1 });
  const texts = (exported(second.path) as Message[]).map(({ text }) => text);
  assertEquals(texts, ["ONE", "an answer"]);
});

Deno.test("what is about nothing in the file is left out, and a text that is empty is refused", async () => {
  await using dir = await makeDir();
  const about = { room: "lobby", from: "ann", at: "2026-11-23T09:12:00.000Z" };
  const load = async (...all: string[]): Promise<ImportReport> => {
    using opened = await openWriter(dir.path);
    return await importMessages(opened.db, lines(all));
  };
  const line = (fields: object): string => JSON.stringify({ ...about, ...fields });
  const report = await load(
    jsonLine({ seq: 1 }),
    line({ type: "reacted", seq: 2, re: 9, key: "👍" }),
    line({ type: "pinned", seq: 3, re: 1 }),
  );
  assertEquals([report.messages, report.about, report.notes], [1, 1, [
    "Left out, since they are about messages that are not there: 1",
  ]]);
  for (
    const [bad, problem] of [
      [
        jsonLine({ seq: 7, text: "" }),
        "Line 1: The field text must not be empty, unless a later line removes the message; " +
        "nothing was stored",
      ],
      [
        line({ type: "reacted", seq: 8, re: 1 }),
        "Line 1: The field key must have 1 to 200 letters, not undefined; nothing was stored",
      ],
      [
        line({ type: "reacted", seq: 8, re: 1, key: "yes\n".repeat(100) }),
        "Line 1: The field key must have 1 to 200 letters, not 400 letters that begin " +
        `with ${JSON.stringify("yes\n".repeat(10))}; nothing was stored`,
      ],
      [
        line({ type: "reacted", seq: 8, re: 1, key: "👍", who: "x".repeat(129) }),
        "Line 1: The field by or who must have at most 128 letters, not 129; nothing was stored",
      ],
      [
        line({ type: "pinned", seq: 8 }),
        "Line 1: The field re must be there in a line of type pinned; nothing was stored",
      ],
    ] as const
  ) {
    const error = await assertRejects(() => load(bad), ImportError);
    assertEquals(error.message, problem);
  }
});

Deno.test("what nobody could do about a message is left out of an import, and named", async () => {
  await using dir = await makeDir();
  const about = { room: "a", from: "ann", at: "2026-11-23T09:12:00.000Z" };
  const line = (fields: object): string => JSON.stringify({ ...about, ...fields });
  const all = [
    ...["one", "two"].map((text, n) => line({ seq: n + 1, text })),
    line({ type: "reacted", re: 1, key: "\u2764" }),
    line({ type: "reacted", re: 1, key: "\u2764\ufe0f" }),
    ...["ab", "a\nb", "\x1b[31mK", "\u202e".repeat(5)].map((key) =>
      line({ type: "reacted", re: 1, key })
    ),
    line({ type: "revised", re: 1 }),
    line({ type: "revised", re: 1, text: "ONE" }),
    line({ type: "removed", re: 2, reason: "why\nnot" }),
    line({ type: "revised", re: 2, text: "TEXT AFTER REMOVAL" }),
    line({ type: "reacted", re: 2, key: "👍" }),
    line({ type: "pinned", re: 2 }),
    ...Array.from(
      { length: 25 },
      (_, n) =>
        line({ type: "reacted", re: 1, key: String.fromCharCode(0x61 + n), from: `guest ${n}` }),
    ),
    ...Array.from({ length: 100 }, () => line({ type: "revised", re: 1, text: "again" })),
  ];
  {
    using opened = await openWriter(dir.path);
    const { about, notes = [] } = await importMessages(opened.db, lines(all));
    assertEquals(about, 1 + 1 + 1 + 19 + 99);
    const [refused = "", reasons] = notes;
    assertEquals(
      refused.startsWith(
        "Left out, since a server would have refused it: line 4 (nothing changes), " +
          "line 5 (bad-reaction), ",
      ),
      true,
      refused,
    );
    assertEquals(
      reasons,
      "Removals without their reasons, which are no line of at most 200 characters: 1",
    );
  }
  const [one, two, ...more] = await pageOf(dir.path) as Message[];
  assertEquals([one?.text, one?.reactions?.length, one?.reactions?.[0]?.key], [
    ...["again", 20, "\u2764\ufe0f"],
  ]);
  assertEquals([two?.text, two?.removed?.reason, two?.reactions, two?.pinned, more.length], [
    ...["", undefined, undefined, undefined, 0],
  ]);
  assertEquals(JSON.stringify(exported(dir.path)).includes("AFTER"), false);
});

const ASK = { choices: ["yes", "marmalade"] };

Deno.test("questions and answers are exported and imported, and of what was removed no choice is", async () => {
  await using first = await makeDir();
  await using second = await makeDir();
  {
    await using log = await LocalLog.open({ dir: first.path });
    const facts: Fact[] = [
      say("a", "bread?", { author: "id1", ask: { choices: ["rye", "white"] } }),
      say("a", "of bob?", {
        author: "id1",
        ask: { ...ASK, from: ["bob"], who: ["id2"], forMs: 9_000 },
      }),
      answer("a", 1, "rye"),
      answer("a", 2, "MARMALADE"),
      say("a", "jam?", { author: "id1", ask: ASK }),
      answer("a", 5, "marmalade", { author: undefined, who: "address 192.0.2.1", from: "gus" }),
      remove("a", 2),
      answer("a", 5, "yes", GUEST),
    ];
    for (const fact of facts) log.put(fact);
    await log.settled();
  }
  const raw = exported(first.path);
  assertEquals(raw.map((line) => "choice" in line ? `${line.re} ${line.choice}` : line.seq), [
    ...[1, 2, "1 rye", "2 ", 5, "5 marmalade", 7],
  ]);
  assertEquals(await load(second.path, raw), {
    ...{ messages: 3, rooms: 1, about: 4, renumbered: 0, withheld: 0 },
  });
  const without = (all: readonly ExportLine[]): unknown =>
    all.map((line) => ({ ...line, by: undefined, who: undefined }));
  assertEquals(without(exported(second.path)), without(raw));
  assertEquals(await pageOf(second.path), await pageOf(first.path));
});
