/** What an import stores, and what it refuses; what an export reads of it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { writtenAddress } from "../lib/server/address.ts";
import { exportLines, type ExportOptions } from "../lib/store/export.ts";
import { checkStore } from "../lib/store/check.ts";
import { importMessages } from "../lib/store/import.ts";
import { ImportError, type ImportReport } from "../lib/store/import_writer.ts";
import { lockDirectory, openReader, openWriter } from "../lib/store/directory.ts";
import { eachAudit } from "../lib/store/people.ts";
import { StoreError } from "../lib/store/faults.ts";
import type { Message } from "../lib/wire/events.ts";
import { Data, jsonLine, lines } from "./fixtures/data.ts";

const at = "2026-11-23T09:12:00.000Z";

async function load(data: Data, text: string[], again = false): Promise<ImportReport> {
  using opened = await openWriter(data.directory);
  return await importMessages(opened.db, lines(text), { again });
}

function stored(data: Data, options?: ExportOptions): Message[] {
  using db = openReader(data.directory);
  assertEquals(checkStore(db).problems, []);
  return [...exportLines(db, options)] as Message[];
}

Deno.test("what is exported can be imported, and is the same then", async () => {
  using first = new Data();
  await first.say(
    { room: "lobby", seq: 7, from: "ann", text: "one\ntwo" },
    { room: "Dev", from: "bob", text: "waves", action: true, at: "2026-11-23T09:12:01.123Z" },
    { room: "lobby", seq: 8, from: "Ann Lee", text: "\u001b[31m👍🏽\0 \u2028" },
  );
  const messages = stored(first);
  assertEquals(messages, [
    { room: "lobby", seq: 7, from: "ann", at, text: "one\ntwo" },
    {
      room: "Dev",
      seq: 1,
      from: "bob",
      at: "2026-11-23T09:12:01.123Z",
      text: "waves",
      action: true,
    },
    { room: "lobby", seq: 8, from: "Ann Lee", at, text: "\u001b[31m👍🏽\0 \u2028" },
  ]);
  using second = new Data();
  const report = await load(second, messages.map((message) => JSON.stringify(message)));
  assertEquals(report, { messages: 3, rooms: 2, renumbered: 0, withheld: 0 });
  assertEquals(stored(second), messages);
});

Deno.test("what is imported into a room with messages gets the numbers after them", async () => {
  using data = new Data();
  await data.say({ text: "a" }, { text: "b" });
  const report = await load(data, [jsonLine({ seq: 1, text: "c" }), jsonLine({ room: "LOBBY" })]);
  assertEquals(report, { messages: 2, rooms: 1, renumbered: 1, withheld: 0 });
  assertEquals(stored(data).map(({ room, seq, text }) => [room, seq, text]), [
    ["lobby", 1, "a"],
    ["lobby", 2, "b"],
    ["lobby", 3, "c"],
    ["lobby", 4, "hi"],
  ]);
});

Deno.test("an empty room begins with its first number in the file and has no holes", async () => {
  using data = new Data();
  const report = await load(data, [5, 6, 9].map((seq) => jsonLine({ seq })));
  assertEquals(report, { messages: 3, rooms: 1, renumbered: 1, withheld: 0 });
  assertEquals(stored(data).map(({ seq }) => seq), [5, 6, 7]);
});

Deno.test("a file is imported once, unless it is asked for again", async () => {
  using data = new Data();
  const file = [jsonLine({ text: "once" })];
  await load(data, file);
  const error = await assertRejects(() => load(data, file), ImportError);
  assert(
    /^This was imported already, at .*; nothing was stored/.test(error.message),
    error.message,
  );
  assertEquals(stored(data).length, 1);
  await load(data, file, true);
  assertEquals(stored(data).length, 2);
});

Deno.test("an empty file can be imported as often as one likes", async () => {
  using data = new Data();
  for (const file of [[], [], ["", " "], ["", " "]]) {
    assertEquals(await load(data, file), { messages: 0, rooms: 0, renumbered: 0, withheld: 0 });
  }
});

for (
  const [line, message] of [
    ["hello", 'It is not a JSON object: "hello"'],
    ["[]", 'It is not a JSON object: "[]"'],
    [`{"room":${"[".repeat(40)}`, "It is nested deeper than 32 levels"],
    [
      `{"text":"one",${jsonLine({}).slice(1)}`,
      "A field is there twice; each may be there once",
    ],
    ["{}", "The field room is missing: it must be a string (of whole characters)"],
    [jsonLine({ seq: 0 }), "The field seq must be a number from 1 up, not 0"],
    [jsonLine({ text: "" }), "The field text must not be empty"],
    [
      jsonLine({ at: "9999-12-31T23:59:59-23:59" }),
      "The field at must be a time such as 2026-11-23T09:12:00.000Z, not " +
      '"9999-12-31T23:59:59-23:59"',
    ],
    [jsonLine({ from: "server" }), "The name server is the server's own; choose another"],
    [jsonLine({ room: "a b" }), 'A room\'s name has no spaces: "a b"; put - for them'],
    [
      jsonLine({ at: "2026-11-23" }),
      'The field at must be a time such as 2026-11-23T09:12:00.000Z, not "2026-11-23"',
    ],
    ...[
      "2026-02-30T09:12:00Z",
      "2025-02-29T09:12:00Z",
      "2026-04-31T09:12:00+01:00",
      "2026-13-01T09:12:00Z",
      "2026-11-23T24:00:00Z",
      "2026-11-23T09:60:00Z",
      "2026-11-23T09:12:00+24:00",
      "0000-01-01T00:00:00Z",
      "0001-01-01T00:00:00+01:00",
    ].map((at) =>
      [
        jsonLine({ at }),
        `The field at must be a time such as 2026-11-23T09:12:00.000Z, not "${at}"`,
      ] as const
    ),
    [
      jsonLine({ text: "x".repeat(65_537) }),
      "The text has 65537 bytes, and nobody can say more than 65536 at once; a server of yours that " +
      "lets people say more has its --max-payload, which import takes too",
    ],
    [
      JSON.stringify({ type: "direct", ...JSON.parse(jsonLine({})) }),
      'The field type must be "message" or left out, not "direct"',
    ],
  ] as const
) {
  Deno.test(`a file with the line ${line.slice(0, 100)} is refused as a whole`, async () => {
    using data = new Data();
    await data.say({ text: "before" });
    const file = [jsonLine({}), "", line, jsonLine({ room: "dev" })];
    const error = await assertRejects(() => load(data, file), ImportError);
    assertEquals(error.message, `Line 3: ${message}; nothing was stored`);
    assertEquals(stored(data).map(({ text }) => text), ["before"]);
  });
}

Deno.test("what is imported may be as large as what a frame carries, in bytes and not in characters", async () => {
  using data = new Data();
  const [most, more] = ["ä".repeat(32_768), "ä".repeat(32_769)];
  assertEquals(await load(data, [jsonLine({ text: most, at: "2024-02-29T23:59:59.5-12:00" })]), {
    messages: 1,
    rooms: 1,
    renumbered: 0,
    withheld: 0,
  });
  await assertRejects(() => load(data, [jsonLine({ text: more })]), ImportError, "65538 bytes");
  using opened = await openWriter(data.directory);
  const file = lines([jsonLine({ text: more })]);
  await importMessages(opened.db, file, { maxTextBytes: 65_538 });
});

Deno.test("whatever numbers an export has, it is imported, and its rooms have numbers left", async () => {
  using data = new Data();
  await load(data, [jsonLine({ seq: 2 ** 52, text: "the first" })]);
  await load(data, [jsonLine({ text: "said since" })]);
  const exported = stored(data);
  assertEquals(exported.map(({ seq }) => seq), [2 ** 52, 2 ** 52 + 1]);
  using again = new Data();
  const texts = exported.map((message) => JSON.stringify(message));
  assertEquals((await load(again, texts)).renumbered, 0);
  assertEquals(stored(again), exported);
  // What came before may have been removed.
  using higher = new Data();
  const last = jsonLine({ seq: Number.MAX_SAFE_INTEGER, text: "the last" });
  assertEquals((await load(higher, [...texts.slice(1), last])).renumbered, 2);
  assertEquals(stored(higher).map(({ seq }) => seq), [2 ** 52, 2 ** 52 + 1]);
});

Deno.test("a room whose numbers are used up takes no more, and the line is named", async () => {
  using data = new Data();
  await data.say({ seq: 2 ** 52 });
  const last = Number.MAX_SAFE_INTEGER - 1;
  data.rewrite(`UPDATE message SET seq = ${last}; UPDATE room SET first = ${last}, last = ${last}`);
  const error = await assertRejects(
    () => load(data, [jsonLine({ text: "the last" }), jsonLine({ text: "too many" })]),
    ImportError,
  );
  assertEquals(error.message, "Line 2: The room lobby has no numbers left; nothing was stored");
  assertEquals(stored(data).map(({ seq }) => seq), [last]);
});

Deno.test("an export is of the rooms and the time that were asked for, without direct messages", async () => {
  using data = new Data();
  const days = ["2026-10-31", "2026-11-01", "2026-11-02"];
  for (const day of days) {
    for (const room of ["lobby", "Dev"]) {
      await data.say({ room, at: `${day}T00:00:00.000Z`, text: `${room} ${day}` });
    }
  }
  data.rewrite("UPDATE room SET kind = 1 WHERE key = 'lobby'");
  const texts = (options: ExportOptions): string[] => stored(data, options).map(({ text }) => text);
  assertEquals(texts({}), days.map((day) => `Dev ${day}`));
  data.rewrite("UPDATE room SET kind = 0");
  assertEquals(texts({}).length, 6);
  assertEquals(texts({ rooms: ["DEV"] }), days.map((day) => `Dev ${day}`));
  const [since, until] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 2)];
  assertEquals(texts({ since, until }), ["lobby 2026-11-01", "Dev 2026-11-01"]);
  assertEquals(texts({ since: until, rooms: ["lobby"] }), ["lobby 2026-11-02"]);
});

Deno.test("an export goes over page after page, and ends where the database ended when it began", async () => {
  using data = new Data();
  await data.say(...Array.from({ length: 2_500 }, (_, n) => ({ text: `${n}` })));
  using db = openReader(data.directory);
  const reading = exportLines(db);
  const first = reading.next().value;
  await data.say({ text: "later" });
  const rest = [...reading];
  assertEquals(rest.length, 2_499);
  const texts = [first, rest.at(-1)].map((line) => (line as Message).text);
  assertEquals(texts, ["0", "2499"]);
});

Deno.test("an export of the audit trail goes over page after page", async () => {
  using data = new Data();
  await data.say({});
  data.tamper(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO audit SELECT i, '${at}', 'ann', 'kick', i, '', '' FROM n`);
  using db = openReader(data.directory);
  const targets = [...eachAudit(db)].map(({ target }) => Number(target));
  assertEquals(targets, Array.from({ length: 2_000 }, (_, i) => i + 1));
});

Deno.test("an import goes behind what the index of words has passed, and into no used directory", async () => {
  using data = new Data();
  await data.say({}, {}, {});
  data.tamper(`DELETE FROM message; UPDATE room SET first = 4;
    INSERT INTO meta VALUES ('indexed', 3)`);
  await load(data, [jsonLine({ text: "new" })]);
  assertEquals(stored(data).map(({ seq, text }) => [seq, text]), [[4, "new"]]);
  using _lock = lockDirectory(data.directory);
  await assertRejects(() => load(data, [jsonLine({})]), StoreError, "another program is using");
});

Deno.test("a message that was withheld from an export is left out of the import, and counted", async () => {
  using data = new Data();
  await data.say({ text: "one" }, { text: "two" }, { text: "three" });
  data.tamper("UPDATE message SET text = 'tow' WHERE seq = 2");
  using db = openReader(data.directory);
  const exported = [...exportLines(db)].map((message) => JSON.stringify(message));
  using other = new Data();
  using opened = await openWriter(other.directory);
  const report = await importMessages(opened.db, lines(exported));
  assertEquals(report, { messages: 2, rooms: 1, renumbered: 1, withheld: 1 });
});

Deno.test("texts are stored as the server keeps them, and it is told of how many that changed one", async () => {
  using data = new Data();
  const texts = ["x\n", "x\r\ny", "\n", "\r\n \n", "x\ny", "  x"];
  const report = await load(data, texts.map((text, n) => jsonLine({ seq: n + 1, text })));
  assertEquals(stored(data).map(({ seq, text }) => [seq, text]), [
    [1, "x"],
    [2, "x\ny"],
    [3, "x\ny"],
    [4, "  x"],
  ]);
  assertEquals(report, {
    messages: 4,
    rooms: 1,
    renumbered: 2,
    withheld: 0,
    notes: [
      "Stored without blank lines at the end and with LF for CR LF, as texts are kept: 2",
      "Left out, since their texts are blank lines and nothing else: 2",
    ],
  });
});

Deno.test("rooms that look alike and names that are addresses are taken from an old export, and named", async () => {
  using data = new Data();
  await data.say({ room: "lobby" });
  using opened = await openWriter(data.directory);
  const file = [
    jsonLine({ room: "lоbby" }),
    jsonLine({ room: "LOBBY" }),
    jsonLine({ room: "dev", from: "127.0.0.1" }),
    jsonLine({ room: "dеv", from: "127.0.0.1" }),
  ];
  const { notes, rooms } = await importMessages(opened.db, lines(file), {
    addressOf: writtenAddress,
  });
  assertEquals([rooms, notes], [4, [
    "Rooms that look like others, which nobody can open now: lоbby (with U+043E) looks like lobby, " +
    "dеv (with U+0435) looks like dev",
    "Names that are addresses, which nobody can take now: 127.0.0.1",
  ]]);
});
