/** A clock that is set is no lapse of time: neither for sessions nor for what is kept of a room. */

import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { People } from "../lib/chat/people/people.ts";
import type { StayingFact } from "../lib/chat/log/fact.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { LeapWatch } from "../lib/store/clock.ts";
import { Log } from "../lib/store/log.ts";
import { Packer } from "../lib/store/packing.ts";
import { Retention } from "../lib/store/retention.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { Upkeep } from "../lib/store/upkeep.ts";
import { savePeople } from "../lib/store/people.ts";
import { say as said, topic } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** Two clocks: `wait` lets both go on, `set` moves the one that can be set. */
class TestClocks {
  time: number;
  #passed = 0;

  constructor(time: number) {
    this.time = time;
  }

  readonly now = (): number => this.time;
  readonly passed = (): number => this.#passed;

  wait(ms: number): void {
    this.time += ms;
    this.#passed += ms;
  }

  set(ms: number): void {
    this.time += ms;
  }
}

async function openDb(): Promise<
  { readonly db: DatabaseSync; readonly path: string } & AsyncDisposable
> {
  const dir = await makeDir();
  const path = `${dir.path}/chatroom.db`;
  const db = openForWriting({ path, durability: "normal" });
  return {
    db,
    path,
    async [Symbol.asyncDispose](): Promise<void> {
      db.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

for (
  const [way, start, leap] of [
    ["forward, from 1970 to today", 60_000, 56 * YEAR_MS],
    ["back by a year", 56 * YEAR_MS, -YEAR_MS],
    ["back, from today to 1970", 56 * YEAR_MS, -56 * YEAR_MS + 60_000],
  ] as const
) {
  Deno.test(`a session that is in use outlives a clock that is set ${way}, and ends in its time`, async () => {
    await using store = await openDb();
    const { db } = store;
    const clocks = new TestClocks(start);
    const sessionMs = 7 * DAY_MS;
    const log = new Log(db, { now: clocks.now, sessionMs });
    const upkeep = new Upkeep(db, { sessionMs, sessions: 10 }, () => log.refresh(), 100, clocks);
    const settle = (): void => {
      while (upkeep.step().more);
    };
    const say = (): boolean => {
      const packer = new Packer();
      packer.add(said("dev", "once", { session: "s", id: "1" }));
      return log.append(packer.pack()).odd[0]?.kind === "again";
    };
    const known = (): boolean => db.prepare("SELECT count(*) AS n FROM session").get()?.["n"] === 1;
    assertEquals(say(), false);
    settle();
    clocks.wait(1_000);
    clocks.set(leap);
    settle();
    assertEquals(say(), true);
    for (let hours = 0; hours < 6.9 * 24; hours++) {
      clocks.wait(3_600_000);
      settle();
    }
    assertEquals(known(), true);
    for (let hours = 0; hours < 2 * 24; hours++) {
      clocks.wait(3_600_000);
      settle();
    }
    assertEquals(known(), false);
  });
}

Deno.test("a clock that is set while nothing can be written is dealt with as soon as it can", async () => {
  await using store = await openDb();
  const { db, path } = store;
  const clocks = new TestClocks(60_000);
  const sessionMs = 7 * DAY_MS;
  const log = new Log(db, { now: clocks.now, sessionMs });
  const upkeep = new Upkeep(db, { sessionMs, sessions: 10 }, () => log.refresh(), 100, clocks);
  const packer = new Packer();
  packer.add(said("dev", "once", { session: "s", id: "1" }));
  log.append(packer.pack());
  while (upkeep.step().more);
  db.exec("PRAGMA busy_timeout = 0");
  clocks.set(YEAR_MS);
  {
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    assertThrows(() => upkeep.step(), Error, "locked");
  }
  clocks.wait(20_000);
  while (upkeep.step().more);
  assertEquals(db.prepare("SELECT count(*) AS n FROM session").get()?.["n"], 1);
});

Deno.test("fractions of a ms are rounded before they are stored, wherever they come from", async () => {
  await using store = await openDb();
  const { db } = store;
  const clocks = new TestClocks(60_000.25);
  const log = new Log(db, { now: clocks.now });
  const rules = { sessionMs: 7 * DAY_MS, sessions: 10, keepMs: YEAR_MS };
  const upkeep = new Upkeep(db, rules, () => log.refresh(), 100, clocks);
  const packer = new Packer();
  packer.add(said("dev", "once", { session: "s", id: "1" }));
  packer.add(topic("dev", "this") as StayingFact);
  assertEquals(log.append(packer.pack()).odd, []);
  while (upkeep.step().more);
  clocks.set(YEAR_MS + 0.123);
  while (upkeep.step().more);
  const [at, until] = [clocks.time, clocks.time + 0.7];
  const subject = { kind: "ban", room: "", subject: "name", key: "bob", target: "bob" } as const;
  const account = { id: "a", key: "ann", name: "ann", role: "member", proof: "" } as const;
  const parties = [{ who: "account a", name: "ann" }, { who: "account b", name: "bob" }] as const;
  savePeople(db, [
    { type: "sanction", sanction: { ...subject, at, until, by: "ann", reason: "" } },
    { type: "account", account: { ...account, createdAt: at } },
    { type: "member", member: { room: "dev", account: "a", by: "a", at } },
    { type: "chat", chat: { key: "pair", parties, at } },
  ]);
  const whole = (table: string, column: string): unknown =>
    db.prepare(`SELECT count(*) AS n FROM ${table} WHERE typeof(${column}) = 'integer'`).get()
      ?.["n"];
  const stored = [["session", "used"], ["message", "at"], ["sanction", "until"], ["member", "at"]];
  assertEquals(stored.map(([table = "", column = ""]) => whole(table, column)), [1, 1, 1, 1]);
});

Deno.test("just after the clock was set forward the earlier time counts as well, for a minute", () => {
  const clocks = new TestClocks(1_000_000);
  const watch = new LeapWatch(clocks);
  clocks.wait(4_000);
  assertEquals(watch.earliest(), 1_004_000);
  clocks.set(YEAR_MS);
  assertEquals([watch.earliest(), clocks.now()], [1_004_000, 1_004_000 + YEAR_MS]);
  clocks.wait(60_001);
  assertEquals(watch.earliest(), clocks.now());
  clocks.set(-DAY_MS);
  assertEquals(watch.earliest(), clocks.now());
  assertEquals(watch.leap(), 0);
});

/** Messages of one room, said at these times; what is left of them at `now`, by seq. */
function keptOf(db: DatabaseSync, retention: Retention, now: number): number[] {
  retention.begin(now);
  while (retention.due) retention.step(100);
  return db.prepare("SELECT seq FROM message ORDER BY seq").all().map(({ seq }) => Number(seq));
}

function sayAt(db: DatabaseSync, times: readonly number[]): void {
  let time = 0;
  const log = new Log(db, { now: () => time });
  for (const at of times) {
    time = at;
    const packer = new Packer();
    packer.add(said("dev", `said at ${at}`));
    log.append(packer.pack());
  }
}

Deno.test("a message with a time to come goes with what was said after it", async () => {
  await using store = await openDb();
  const now = 100 * DAY_MS;
  sayAt(store.db, [80, 200, 90, 98, 300, 99].map((day) => day * DAY_MS));
  const retention = new Retention(store.db, { keepMs: 5 * DAY_MS });
  assertEquals(keptOf(store.db, retention, now), [4, 5, 6]);
  assertEquals(keptOf(store.db, retention, now + 3.5 * DAY_MS), [5, 6]);
  assertEquals(keptOf(store.db, retention, now + 4.5 * DAY_MS), []);
});

Deno.test("a clock that is set years ahead and put right within the hour costs no message", async () => {
  await using store = await openDb();
  const now = 100 * DAY_MS;
  sayAt(store.db, [96, 98, 99].map((day) => day * DAY_MS));
  const retention = new Retention(store.db, { keepMs: 5 * DAY_MS });
  assertEquals(keptOf(store.db, retention, now), [1, 2, 3]);
  retention.leapt(10 * YEAR_MS, now + 10 * YEAR_MS);
  assertEquals(keptOf(store.db, retention, now + 10 * YEAR_MS), [1, 2, 3]);
  retention.leapt(-60_000, now + 10 * YEAR_MS - 60_000);
  assertEquals(keptOf(store.db, retention, now + 10 * YEAR_MS + 1_800_000), [1, 2, 3]);
  retention.leapt(-10 * YEAR_MS, now + 1_800_000);
  assertEquals(keptOf(store.db, retention, now + 2 * DAY_MS), [2, 3]);
  // Whoever sleeps for a day at most is not asked: a laptop does so all the time.
  retention.leapt(DAY_MS, now + 3.5 * DAY_MS);
  assertEquals(keptOf(store.db, retention, now + 3.5 * DAY_MS), [3]);
  retention.leapt(10 * YEAR_MS, now + 10 * YEAR_MS);
  assertEquals(keptOf(store.db, retention, now + 10 * YEAR_MS + 3_600_001), []);
});

/** Forgets the bans that have been over for long, as a house does now and then. */
function forgetOver(people: People): void {
  people.apply(people.over().map((sanction) => ({ type: "lift", sanction })));
}

Deno.test("a ban whose time is over holds again if the clock that said so is put right", () => {
  let now = YEAR_MS;
  const people = new People(() => now);
  const eve = { name: "eve", key: "eve" };
  const about = { kind: "ban", room: "", subject: "name", key: "eve" } as const;
  const sanction = { ...about, target: "eve", by: "ann", at: now, until: now + DAY_MS, reason: "" };
  people.apply([{ type: "sanction", sanction }]);
  const isBanned = (): boolean => people.sanction("ban", eve) !== undefined;
  now += 10 * YEAR_MS;
  assertEquals([isBanned(), people.find(about), people.sanctions()], [false, undefined, []]);
  now += DAY_MS - 10 * YEAR_MS - 1;
  forgetOver(people);
  assertEquals([isBanned(), people.find(about)], [true, sanction]);
  now += 3_600_000;
  forgetOver(people);
  assertEquals(isBanned(), false);
  now -= 3_600_000;
  assertEquals(isBanned(), true);
  now += 3_600_002;
  forgetOver(people);
  now -= 3_600_002;
  assertEquals(isBanned(), false);
});

Deno.test("bans that are over keep nobody from imposing others", () => {
  let now = YEAR_MS;
  const people = new People(() => now);
  for (let i = 0; i < 500; i++) {
    const about = { kind: "mute", room: "dev", subject: "name", key: `eve${i}` } as const;
    const sanction = { ...about, target: about.key, by: "ann", at: now, until: now + 60_000 };
    people.apply([{ type: "sanction", sanction: { ...sanction, reason: "" } }]);
  }
  assertThrows(() => people.checkSpace("dev", "ann"), Refusal, "which is the limit");
  now += 60_001;
  people.checkSpace("dev", "ann");
});

Deno.test("the last message of a room goes in its time too, though its own has not come", async () => {
  await using store = await openDb();
  const now = 100 * DAY_MS;
  sayAt(store.db, [99 * DAY_MS, 9_999 * DAY_MS]);
  const rules = { keepMs: 5 * DAY_MS };
  const retention = new Retention(store.db, rules);
  assertEquals(keptOf(store.db, retention, now), [1, 2]);
  assertEquals(keptOf(store.db, retention, now + 4.9 * DAY_MS), [2]);
  // The server may be started anew meanwhile, and the clock be set.
  const later = new Retention(store.db, rules);
  later.leapt(YEAR_MS, now + YEAR_MS + 4.9 * DAY_MS);
  assertEquals(keptOf(store.db, later, now + YEAR_MS + 4.9 * DAY_MS), [2]);
  assertEquals(keptOf(store.db, later, now + YEAR_MS + 5.1 * DAY_MS), []);
});
