/** What the writer does when nobody waits for it, a step at a time. */

import { assertEquals } from "@std/assert";
import type { StayingFact } from "../lib/chat/log/fact.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { Log } from "../lib/store/log.ts";
import { Packer } from "../lib/store/packing.ts";
import { Reader } from "../lib/store/read.ts";
import { dropLog } from "../lib/store/rooms.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { getNumber } from "../lib/store/sql.ts";
import { Upkeep } from "../lib/store/upkeep.ts";
import { direct, hash, say as said } from "./fixtures/facts.ts";
import { react, revise } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const RULES = { sessionMs: 60_000, sessions: 10 };

Deno.test("old messages go though there are always more to index", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const upkeep = new Upkeep(db, { ...RULES, keepMessages: 10 }, () => log.refresh());
  let first = 1;
  for (let round = 0; round < 6; round++) {
    const packer = new Packer();
    for (let i = 0; i < 1_000; i++) packer.add(said("dev", `message ${i}`));
    log.append(packer.pack());
    for (const { first: kept } of upkeep.step().pruned) first = kept;
  }
  assertEquals(first > 200, true, `the oldest that is kept is ${first}`);
  assertEquals(
    new Reader(db).page(roomLog("dev"), { after: 0, limit: 1 }).entries[0]?.message.seq,
    first,
  );
});

Deno.test("in the end all is indexed, and what was pruned is not found", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const upkeep = new Upkeep(db, { ...RULES, keepMessages: 10 }, () => log.refresh());
  const packer = new Packer();
  for (let i = 0; i < 2_000; i++) packer.add(said("dev", `message number${i}`));
  log.append(packer.pack());
  let steps = 0;
  while (upkeep.step().more) steps++;
  assertEquals(steps < 60, true, `${steps} steps`);
  const find = (query: string): number[] =>
    new Reader(db).search({ query, logs: [roomLog("dev")], limit: 9 }).entries
      .map(({ message }) => message.seq);
  assertEquals([find('"number5"'), find('"number1995"')], [[], [1_996]]);
  db.exec("INSERT INTO message_words (message_words) VALUES ('integrity-check')");
});

Deno.test("long messages are indexed one in a step, so that what is said meanwhile waits for one only", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const upkeep = new Upkeep(db, RULES, () => log.refresh());
  const packer = new Packer();
  for (let i = 0; i < 5; i++) {
    packer.add(said("dev", `n${i} ${"\ufdfa".repeat(21_850)}`));
  }
  log.append(packer.pack());
  let steps = 0;
  while (upkeep.index()) steps++;
  assertEquals(steps, 5);
  const { entries } = new Reader(db).search({ query: "\ufdfa", logs: [roomLog("dev")], limit: 9 });
  assertEquals(entries.length, 5);
});

Deno.test("a session that is in use stays, though it is kept for a minute only, and goes a while after", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  let now = 1_000_000;
  const log = new Log(db, { now: () => now, sessionMs: RULES.sessionMs });
  const upkeep = new Upkeep(db, RULES, () => log.refresh(), 100, {
    now: () => now,
    passed: () => now,
  });
  const say = (): boolean => {
    const packer = new Packer();
    packer.add(said("dev", "once", { session: "s", id: "1" }));
    return log.append(packer.pack()).odd[0]?.kind === "again";
  };
  const pass = (ms: number, inUse: boolean): void => {
    for (let passed = 0; passed < ms; passed += RULES.sessionMs / 4) {
      now += RULES.sessionMs / 4;
      const packer = new Packer();
      packer.add({ kind: "session-use", hashes: [hash("s")] });
      if (inUse) log.append(packer.pack());
      while (upkeep.step().more);
    }
  };
  assertEquals(say(), false);
  pass(10 * RULES.sessionMs, true);
  assertEquals(say(), true);
  pass(RULES.sessionMs, false);
  assertEquals(say(), true);
  pass(2 * RULES.sessionMs, false);
  assertEquals(say(), false);
});

Deno.test("devices of accounts stay longer than sessions of guests, and are not counted with them", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const DAY = 86_400_000;
  let now = 1_000 * DAY;
  const clocks = { now: () => now, passed: () => now };
  const rules = { sessionMs: 7 * DAY, deviceMs: 90 * DAY, sessions: 2 };
  const log = new Log(db, { now: () => now, sessionMs: rules.sessionMs });
  const upkeep = new Upkeep(db, rules, () => log.refresh(), 100, clocks);
  const put = (fact: StayingFact): void => {
    const packer = new Packer();
    packer.add(fact);
    assertEquals(log.append(packer.pack()).odd, []);
  };
  const left = (): unknown[] => {
    now += 60_000;
    while (upkeep.step().more);
    const rows = db.prepare("SELECT hash FROM session").all();
    const known = new Map(["d1", "d2", "d3", "g1", "g2", "g3"].map((each) => [hash(each), each]));
    return rows.map(({ hash }) => known.get((hash as Uint8Array).toHex())).sort();
  };
  for (const secret of ["d1", "d2", "d3"]) {
    const account = `id${secret === "d3" ? 2 : 1}`;
    const device = { hash: hash(secret), account, label: "", door: "tcp", since: now, used: now };
    put({ kind: "list", changes: [{ type: "device", device }] });
  }
  for (const secret of ["g1", "g2", "g3"]) {
    now += DAY;
    put({ kind: "session-use", hashes: [hash(secret)] });
  }
  assertEquals(left(), ["d1", "d2", "d3", "g2", "g3"]);
  now += 20 * DAY;
  put({ kind: "session-use", hashes: [hash("d2")] });
  assertEquals(left(), ["d1", "d2", "d3"]);
  const signOut = { type: "sign-out", account: "id2" } as const;
  put({ kind: "people", changes: [signOut] });
  assertEquals(left(), ["d1", "d2"]);
  now += 80 * DAY;
  assertEquals(left(), ["d2"]);
});

Deno.test("sessions that go and messages that grow old need no statement that is not there", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  let now = 0;
  const log = new Log(db, { now: () => now });
  const upkeep = new Upkeep(db, { ...RULES, keepMessages: 1 }, () => log.refresh());
  const round = (n: number): void => {
    const packer = new Packer();
    packer.add(said("dev", "said", { session: `${n}`, id: "1" }));
    const more = { session: `${n}`, id: "2" };
    packer.add(direct(`${n}`, "to one", more));
    packer.add({ kind: "session-forget", hashes: [hash(`${n - 1}`)] });
    log.append(packer.pack());
    for (let more = true; more; more = upkeep.step().more);
    now += 1_000;
  };
  for (let n = 0; n < 3; n++) round(n);
  let made = 0;
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => (made++, prepare(sql));
  for (let n = 3; n < 20; n++) round(n);
  assertEquals(made, 0);
});

Deno.test("a name goes when the last message that has it has gone, and one that is used stays", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  let now = 1_000_000;
  const log = new Log(db, { now: () => now });
  const rules = { ...RULES, keepMs: 60_000 };
  const upkeep = new Upkeep(db, rules, () => log.refresh(), 10, {
    now: () => now,
    passed: () => now,
  });
  const say = (from: string): void => {
    const packer = new Packer();
    packer.add(said("dev", "hi", { from }));
    log.append(packer.pack());
  };
  const tell = (from: string, title: string): void => {
    const packer = new Packer();
    packer.add(direct("s", "hi", { from, title }));
    log.append(packer.pack());
  };
  const tidy = (): void => {
    while (upkeep.step().more);
  };
  const names = (): unknown[] =>
    db.prepare("SELECT name FROM name ORDER BY name").all().map(({ name }) => name);
  for (let n = 0; n < 25; n++) say(`guest${n}`);
  say("ann");
  tidy();
  assertEquals(names().length, 26);
  now += 50_000;
  say("ann");
  tell("eve", "bob");
  now += 20_000;
  tidy();
  // They go at the next round, which is later.
  assertEquals(names().length, 28);
  now += 600_000 - 70_000 - 1;
  rules.keepMs = 10_000_000;
  tidy();
  assertEquals(names().length, 28);
  now += 10_001;
  tidy();
  assertEquals(names(), ["ann", "bob", "eve"]);
  // Whoever comes back gets a row of the name anew, though it was known before.
  say("guest1");
  assertEquals(db.prepare("PRAGMA foreign_key_check").all(), []);
  assertEquals(names(), ["ann", "bob", "eve", "guest1"]);
  assertEquals(db.prepare("PRAGMA foreign_keys").get(), { foreign_keys: 1 });
});

Deno.test("a step is as short where much was done about messages, whether they are old or of a room that is gone", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const limit = 100;
  const changesOf = (upkeep: Upkeep): number[] => {
    const changes = (): number => getNumber(db, "SELECT total_changes() AS n");
    const steps: number[] = [];
    for (let before = changes(); upkeep.step().more; before = changes()) {
      steps.push(changes() - before);
    }
    return steps;
  };
  const finish = (): void => {
    const upkeep = new Upkeep(db, RULES, () => log.refresh());
    while (upkeep.step().more);
  };
  const fill = (room: string): void => {
    const packer = new Packer();
    for (let i = 0; i < 40; i++) packer.add(said(room, `message ${i}`, { author: "id1" }));
    for (let re = 1; re <= 40; re++) {
      for (let i = 0; i < 20; i++) packer.add(revise(room, re, `edit ${i}`));
      for (let i = 0; i < 20; i++) packer.add(react(room, re, "x", { who: `account ${i}` }));
    }
    for (let i = 0; i < 40; i++) packer.add(said(room, `new ${i}`));
    log.append(packer.pack());
  };
  fill("old");
  finish();
  const old = changesOf(new Upkeep(db, { ...RULES, keepMessages: 40 }, () => log.refresh(), limit));
  // What is emptied, forgotten and removed: each message with 20 edits, 20 reactions and its words.
  assertEquals(old.filter((changes) => changes > 10 * limit), []);
  assertEquals(
    getNumber(db, `SELECT count(*) AS n FROM message WHERE kind = 2 AND text <> ''`),
    0,
  );
  assertEquals(getNumber(db, "SELECT count(*) AS n FROM life"), 0);
  // What names a run of the server is made by whoever opens a directory.
  const wrong = checkStore(db).problems.filter((each) => !each.startsWith("meta has no row"));
  assertEquals(wrong, []);
  fill("gone");
  finish();
  dropLog(db, roomLog("gone"));
  const gone = changesOf(new Upkeep(db, RULES, () => log.refresh(), limit));
  assertEquals(gone.filter((changes) => changes > 10 * limit), []);
  assertEquals(getNumber(db, "SELECT count(*) AS n FROM life"), 0);
});
