/** What a check finds: nothing in what is sound, and each kind of damage by its name. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { checkStore } from "../lib/store/check.ts";
import { databasePath, openReader } from "../lib/store/directory.ts";
import { StoreError } from "../lib/store/faults.ts";
import { SCHEMA_VERSION } from "../lib/store/migrations.ts";
import { savePeople } from "../lib/store/people.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { Data } from "./fixtures/data.ts";

/** Ten messages in the lobby, five in another room, all of them indexed. */
async function sound(): Promise<Data> {
  const data = new Data();
  await data.say(...Array.from({ length: 10 }, (_, n) => ({ text: `text ${n}` })));
  await data.say(...Array.from({ length: 5 }, (_, n) => ({ room: "dev", text: `code ${n}` })));
  data.tamper(`
    INSERT INTO message_words (rowid, terms) SELECT id, text FROM message;
    INSERT OR REPLACE INTO meta VALUES ('indexed', (SELECT max(id) FROM message))`);
  return data;
}

/** Somebody with an account, who is an operator of a room. */
const PEOPLE = `INSERT INTO account VALUES ('ann', 'Ann', 'owner', '', 1700000000000, 'id1', 0, 0);
  INSERT INTO host VALUES ('dev', 'ann');`;

function check(data: Data, quick = false): readonly string[] {
  using db = openReader(data.directory);
  return checkStore(db, { quick }).problems;
}

Deno.test("a sound database has no problems, and is counted", async () => {
  using data = await sound();
  using db = openReader(data.directory);
  const { bytes, ...report } = checkStore(db);
  assertEquals(report, {
    schema: SCHEMA_VERSION,
    rooms: 2,
    messages: 15,
    names: 1,
    sessions: 0,
    indexed: 15,
    problems: [],
    notes: [],
  });
  assert(bytes > 10_000, `${bytes}`);
  assertEquals(checkStore(db, { quick: true }).problems, []);
});

Deno.test("a check finds whatever table or index is gone", async () => {
  using all = await sound();
  using made = openReader(all.directory);
  const objects = made.prepare(
    "SELECT type, name FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' AND name NOT GLOB '*words_*'",
  ).all();
  assertEquals(objects.length, 39);
  for (const { type, name } of objects) {
    using data = await sound();
    data.tamper(`DROP ${type} ${name}`);
    assertEquals(check(data)[0], `${name} is missing`);
  }
});

Deno.test("people and what they did, as the store keeps them, are no problem", async () => {
  using data = await sound();
  {
    using db = openForWriting({ path: databasePath(data.directory), durability: "full" });
    const ann = {
      id: "ann's",
      key: "ann",
      name: "Ann",
      role: "owner",
      proof: "",
      createdAt: 1,
    } as const;
    const eve = { room: "dev", subject: "name", key: "eve", target: "Eve" } as const;
    const sanction = { ...eve, kind: "mute", by: "Ann", at: 1, until: 0, reason: "" } as const;
    const line = { at: "2026-11-23T09:12:00.000Z", by: "Ann", action: "mute", target: "Eve" };
    savePeople(db, [
      { type: "account", account: ann },
      { type: "host", host: { room: "dev", key: "ann" } },
      { type: "sanction", sanction },
      { type: "audit", line },
    ]);
  }
  assertEquals(check(data), []);
  // Earlier versions counted the changes of people here.
  data.tamper("INSERT INTO meta VALUES ('people', '7')");
  assertEquals(check(data), []);
});

for (
  const [what, sql, problem] of [
    [
      "a message that is not there",
      "DELETE FROM message WHERE room = 1 AND seq = 4; " +
      "INSERT INTO message_words (message_words, rowid, terms) VALUES ('delete', 4, '')",
      'room 1 ("lobby") holds 9 of 10 messages; the first that is missing is 4',
    ],
    [
      "a room that ends too early",
      "UPDATE room SET last = 12 WHERE id = 1",
      'room 1 ("lobby") ends at 10, not at 12',
    ],
    [
      "a room that begins too late",
      "UPDATE room SET first = 3 WHERE id = 1",
      'room 1 ("lobby") begins at 1, not at 3',
    ],
    [
      "a room whose numbers are turned around",
      "UPDATE room SET first = 12 WHERE id = 1",
      'room 1 ("lobby") says it begins at 12 and ends at 10',
    ],
    [
      "a message of nobody",
      "UPDATE message SET sender = 99 WHERE id = 2",
      "message 2 refers to a name that is not there",
    ],
    [
      "a request that is there twice",
      "DROP INDEX message_by_request; UPDATE message SET session = 1, request = 'x' WHERE id < 4;" +
      "CREATE INDEX message_by_request ON message (session, request)",
      'request "x" of session 1 is there 3 times',
    ],
    [
      "a message after the last time that there is",
      "UPDATE message SET at = 9000000000000000000 WHERE id = 3",
      "message 3 has 9000000000000000000 for a time (at), which is none",
    ],
    [
      "an account from before the first time that there is",
      `${PEOPLE} UPDATE account SET created = -8640000000000001`,
      'account "ann" has -8640000000000001 for a time (created), which is none',
    ],
    [
      "a ban until a time that there is not",
      `${PEOPLE} INSERT INTO sanction VALUES
        ('ban', '', 'name', 'eve', 'Eve', 'ann', 1, 9000000000000000, '')`,
      'ban of "eve" has 9000000000000000 for a time (until), which is none',
    ],
    [
      "a line of the audit trail without a time",
      "INSERT INTO audit VALUES (7, 'soon', 'ann', 'kick', 'bob', '', '')",
      'line 7 of the audit trail has "soon" for a time, which is none',
    ],
    [
      "a database without an epoch",
      "DELETE FROM meta WHERE key = 'epoch'",
      "meta has no row epoch",
    ],
    ["a database without a count", "DELETE FROM meta WHERE key = 'boot'", "meta has no row boot"],
    [
      "an index of words that nothing says the end of",
      "DELETE FROM meta WHERE key = 'indexed'",
      "meta has no row indexed",
    ],
    [
      "a count that is no number",
      "UPDATE meta SET value = 'many' WHERE key = 'boot'",
      'meta has "many" for boot, not a number',
    ],
    [
      "an account with a role that there is not",
      `${PEOPLE} UPDATE account SET role = 'king'`,
      'account "ann" has the role "king", which there is not',
    ],
    [
      "an operator without an account",
      `${PEOPLE} INSERT INTO host VALUES ('dev', 'bob')`,
      '"bob" is a host of "dev", and has no account',
    ],
    ["an index that is gone", "DROP INDEX message_by_seq", "message_by_seq is missing"],
    [
      "a message that the index of words lacks",
      "INSERT INTO message_words (message_words, rowid, terms) VALUES ('delete', 3, '')",
      "1 messages up to 15 are not in the index of words",
    ],
    [
      "a message that only the index of words has",
      "INSERT INTO message_words (rowid, terms) VALUES (99, 'ghost')",
      "the index of words has 1 messages that are not there",
    ],
  ] as const
) {
  Deno.test(`a check finds ${what}`, async () => {
    using data = await sound();
    data.tamper(sql);
    assertEquals(check(data), [problem]);
  });
}

Deno.test("a check finds a damaged index of words", async () => {
  using data = await sound();
  using db = new DatabaseSync(databasePath(data.directory), { defensive: false } as object);
  db.exec("UPDATE message_words_data SET block = x'00112233' WHERE id > 10");
  const [problem = ""] = check(data);
  assert(problem.startsWith("fts5: corruption found"), problem);
});

Deno.test("a check finds damaged pages, and says so instead of throwing", async () => {
  using data = await sound();
  data.tamper("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE");
  const path = databasePath(data.directory);
  const bytes = await Deno.readFile(path);
  bytes.fill(0x41, 4_096 * 5, 4_096 * 7);
  await Deno.writeFile(path, bytes);
  const problems = check(data);
  assert(problems.length > 0);
  assertEquals(await Deno.readFile(path), bytes);
});

Deno.test("so many problems are counted, not all told", async () => {
  using data = await sound();
  await data.say(...Array.from({ length: 30 }, () => ({ room: "many" })));
  data.tamper("UPDATE message SET sender = 99 WHERE room = 3");
  const problems = check(data);
  assertEquals([problems.length, problems.at(-1)], [21, "and 10 more of this kind"]);
});

for (
  const [what, make, part] of [
    ["no", undefined, "There is no FILE; --data names the data directory of a server"],
    ["a text instead of a", "This is no database at all. ".repeat(100), "is not a database"],
    ["another program's", "CREATE TABLE x (y)", "is a database of another program"],
    ["a newer", "PRAGMA user_version = 8", "was written by a newer chatroom"],
  ] as const
) {
  Deno.test(`of ${what} database it is said what it is, and the file is left alone`, async () => {
    using data = what === "a newer" ? await sound() : new Data();
    const path = databasePath(data.directory);
    if (what.startsWith("a text")) await Deno.writeTextFile(path, make ?? "");
    else if (make !== undefined) {
      using db = new DatabaseSync(path);
      db.exec(make);
    }
    const before = make === undefined ? undefined : await Deno.readFile(path);
    const error = assertThrows(() => openReader(data.directory), StoreError);
    assertStringIncludes(error.message.replace(path, "FILE"), part);
    if (before !== undefined) assertEquals(await Deno.readFile(path), before);
  });
}
