/** The logs of facts, in memory and on disk: what they promise, and what only a disk can do. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Entry, Fact } from "../lib/chat/log/fact.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { timeAfter } from "../lib/chat/log/times.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { Change, Sanction } from "../lib/chat/people/records.ts";
import type { LocalLogOptions } from "../lib/store/local_log_options.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { Log } from "../lib/store/log.ts";
import { Packer } from "../lib/store/packing.ts";
import { openForReading, openForWriting } from "../lib/store/schema.ts";
import {
  auditLine,
  entriesOf,
  type LogUnderTest,
  outcomesOf,
  people,
  testFactLog,
} from "./fact_log_contract.ts";
import { hash, say, topic } from "./fixtures/facts.ts";
import { STILL_LOG } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

testFactLog("MemoryLog", () => {
  const log = new MemoryLog(STILL_LOG);
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});

for (const durability of ["full", "normal"] as const) {
  testFactLog(`LocalLog (${durability})`, () => openNew({ durability }));
}

async function openNew(options: Partial<LocalLogOptions>): Promise<
  LogUnderTest & {
    readonly log: LocalLog;
    readonly path: string;
  }
> {
  const dir = await makeDir();
  const log = await LocalLog.open({ dir: dir.path, ...options });
  return {
    log,
    index: log.index,
    path: dir.path,
    [Symbol.asyncDispose]: async () => {
      await log.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

const BAN: Sanction = {
  kind: "ban",
  room: "",
  subject: "name",
  key: "eve",
  target: "eve",
  by: "ann",
  at: 1,
  until: 0,
  reason: "",
};

Deno.test("a parcel is stored in one transaction, whatever it holds", async () => {
  await using under = await openNew({});
  const { log, path } = under;
  using db = openForReading(`${path}/chatroom.db`);
  const seen = (): unknown[] =>
    ["message", "sanction", "audit", "session"].map((table) =>
      db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]
    );
  const counts: unknown[][] = [];
  log.onEntry = () => counts.push(seen());
  const { parcels } = log.figures;
  log.put(say("a", "x"));
  log.put({
    kind: "people",
    changes: [{ type: "sanction", sanction: BAN }, { type: "audit", line: auditLine(1) }],
  });
  log.put({ kind: "session-use", hashes: [hash("s")] });
  assertEquals(seen(), [0, 0, 0, 0]);
  await log.settled();
  assertEquals(counts, Array.from({ length: 3 }, () => [1, 1, 1, 1]));
  assertEquals(log.figures.parcels - parcels, 1);
});

Deno.test("the last room that there is place for goes to what was put first, of whatever kind", async () => {
  for (const isTopicFirst of [true, false]) {
    await using under = await openNew({ maxRooms: 1 });
    const facts = [say("a", "x"), topic("b", "tea")];
    if (isTopicFirst) facts.reverse();
    const outcomes = await outcomesOf(under.log, facts);
    assertEquals(outcomes, [isTopicFirst ? "kept" : 1, "room-limit"]);
  }
});

for (const durability of ["full", "normal"] as const) {
  Deno.test(`a parcel that the disk does not take is refused whole, in its order (${durability})`, async () => {
    await using under = await openNew({ durability, maxPages: 80 });
    const { log, index } = under;
    await entriesOf(log, [say("a", "before")]);
    const large = say("a", "x".repeat(1_000_000));
    const facts = [topic("a", "tea"), people(1), say("a", "y"), large, say("b", "z")];
    const entries = await entriesOf(log, facts);
    assertEquals(entries.map(({ fact }) => fact), facts);
    const refusals = entries.map(({ receipt }) =>
      receipt !== undefined && "refused" in receipt ? receipt.refused : undefined
    );
    assertEquals(refusals.map((refusal) => refusal?.code), facts.map(() => "not-stored"));
    assertEquals(refusals.map((refusal) => refusal?.message.split(":")[0]), [
      "The message could not be stored",
      "That could not be stored",
      ...Array(3).fill("The message could not be stored"),
    ]);
    assertEquals([index.last(roomLog("a")), index.topic(roomLog("a"))], [1, ""]);
    assertEquals((await index.audit(9)).lines, []);
    assertEquals(await outcomesOf(log, [topic("a", "tea"), people(2), say("a", "after")]), [
      ...["kept", "kept", 2],
    ]);
    assertEquals((await index.audit(9)).lines, [auditLine(2)]);
  });
}

Deno.test("a change of people that can't be kept takes nothing else of its parcel with it", async () => {
  await using under = await openNew({});
  const { log, index } = under;
  const broken = { type: "sanction", sanction: { ...BAN, key: null } } as unknown as Change;
  const line: Change = { type: "audit", line: auditLine(1) };
  const facts: Fact[] = [
    say("a", "x"),
    { kind: "people", changes: [line, broken] },
    topic("a", "tea"),
    people(2),
    say("a", "y"),
  ];
  assertEquals(await outcomesOf(log, facts), [1, "not-stored", "kept", "kept", 2]);
  assertEquals((await index.audit(9)).lines, [auditLine(2)]);
});

Deno.test("whoever puts facts waits when much does, and not before", async () => {
  await using under = await openNew({});
  const { log } = under;
  const seen: number[] = [];
  log.onEntry = ({ receipt }) =>
    seen.push(receipt !== undefined && "seq" in receipt ? receipt.seq : 0);
  const text = "x".repeat(65_536);
  let count = 0;
  let waits: Promise<void> | undefined;
  while (waits === undefined) {
    waits = log.put(say("a", text));
    count++;
  }
  assertEquals([count, log.figures.waiting], [64, 64]);
  await waits;
  assert(log.figures.waiting <= 32, `${log.figures.waiting} wait`);
  await log.settled();
  assertEquals(seen, Array.from({ length: count }, (_, index) => index + 1));
  assertEquals(log.put(say("a", text)), undefined);
});

Deno.test("what upkeep lets go of is an entry that nobody has put", async () => {
  await using under = await openNew({ keepMessages: 2 });
  const { log, index } = under;
  const cuts: Entry[] = [];
  log.onEntry = (entry, ticket) => {
    if (entry.fact.kind !== "retain") return;
    assertEquals(ticket, undefined);
    cuts.push(entry);
  };
  for (let n = 1; n <= 5; n++) log.put(say("a", `${n}`));
  await until("upkeep has let go of three", () => cuts.length > 0);
  assertEquals(cuts.map(({ fact }) => fact), [
    { kind: "retain", cuts: [{ log: roomLog("a"), first: 4, others: 0 }] },
  ]);
  const { entries } = await index.page(roomLog("a"), { after: 0, limit: 9 });
  assertEquals(entries.map(({ message }) => message.text), ["4", "5"]);
});

Deno.test("rooms that are empty and closed go in the order, and come back after their numbers", async () => {
  await using under = await openNew({ keepMessages: 0 });
  const { log, index } = under;
  await entriesOf(log, [say("a", "x"), say("b", "y")]);
  let gone = 0;
  log.onEntry = ({ fact }) => gone += fact.kind === "retain" ? fact.cuts.length : 0;
  await until("nothing is kept", () => gone === 2);
  const entries: Entry[] = [];
  log.onEntry = (entry, ticket) => ticket === undefined && entries.push(entry);
  log.removeEmpty((room) => room === roomLog("b"));
  log.put(say("c", "z"));
  await log.settled();
  assertEquals(entries.map(({ fact }) => fact.kind === "retain" ? fact.gone : fact.kind), [
    [roomLog("a")],
    "say",
  ]);
  assertEquals([index.has(roomLog("a")), index.has(roomLog("b"))], [false, true]);
  assertEquals(index.last(roomLog("a")), 1);
});

Deno.test("all kinds are there again after a restart", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    await entriesOf(log, [
      say("a", "x", { session: "s", id: "1" }),
      topic("a", "tea"),
      { kind: "people", changes: [{ type: "sanction", sanction: BAN }] },
      people(1),
      { kind: "session-use", hashes: [hash("s")] },
    ]);
  }
  await using log = await LocalLog.open({ dir: dir.path });
  const { index } = log;
  assertEquals([index.last(roomLog("a")), index.topic(roomLog("a"))], [1, "tea"]);
  assertEquals(log.people.sanctions, [BAN]);
  assertEquals((await index.audit(9)).lines, [auditLine(1)]);
  assertEquals([
    await index.recall(hash("s")) !== undefined,
    await index.recall(hash("t")) !== undefined,
  ], [true, false]);
  assertEquals(await outcomesOf(log, [say("a", "x", { session: "s", id: "1" })]), ["again 1"]);
});

Deno.test("facts that wait are counted, and for how long the oldest has", async () => {
  await using under = await openNew({});
  const { log } = under;
  const { parcels, parcelFacts } = log.figures;
  for (let n = 0; n < 3; n++) log.put(say("a", `${n}`));
  const { waiting, waitingMs } = log.figures;
  assertEquals([waiting, waitingMs >= 0], [3, true]);
  await log.settled();
  const after = log.figures;
  assertEquals([after.waiting, after.waitingMs], [0, 0]);
  assertEquals([after.parcels - parcels, after.parcelFacts - parcelFacts], [1, 3]);
});

Deno.test("the time follows the clock, but not a little way back", () => {
  assertEquals(timeAfter(1_000_000, 1_000_001), 1_000_001);
  assertEquals(timeAfter(1_000_000, 999_999), 1_000_000);
  assertEquals(timeAfter(1_000_000, 940_000), 1_000_000);
  assertEquals(timeAfter(1_000_000, 939_999), 939_999);
});

Deno.test("messages that follow each other have times that do, also after a restart", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  let now = 1_000_000;
  const store = (log: Log): number => {
    const packer = new Packer();
    packer.add(say("a", "x"));
    return log.append(packer.pack()).at;
  };
  const log = new Log(db, { now: () => now });
  const times = [store(log)];
  for (now of [990_000, 1_000_100, 1_000_050]) times.push(store(log));
  now = 1_000_020;
  times.push(store(new Log(db, { now: () => now })));
  // A leap ahead that is put right leaves no message in the future for ever.
  for (now of [9_000_000, 1_000_200]) times.push(store(log));
  assertEquals(times, [
    ...[1_000_000, 1_000_000, 1_000_100, 1_000_100, 1_000_100, 9_000_000, 1_000_200],
  ]);
});

Deno.test("LocalLog: an error of whoever is told costs nobody else in the parcel anything", async () => {
  await using under = await openNew({});
  const { log } = under;
  const errors: unknown[] = [];
  const note = (event: ErrorEvent): void => {
    event.preventDefault();
    errors.push(event.error.message);
  };
  globalThis.addEventListener("error", note);
  try {
    const told: string[] = [];
    log.onEntry = ({ fact }) => {
      const text = fact.kind === "say" ? fact.text : "";
      told.push(text);
      if (text === "bad") throw new Error("a bug");
    };
    for (const text of ["one", "bad", "three"]) log.put(say("a", text));
    await log.settled();
    assertEquals([told, errors], [["one", "bad", "three"], ["a bug"]]);
    assertEquals([log.index.last(roomLog("a")), log.settled()], [3, undefined]);
  } finally {
    globalThis.removeEventListener("error", note);
  }
});

Deno.test("LocalLog: what a disk that hangs costs in the end is told in its order", async () => {
  await using under = await openNew({ durability: "full" });
  const { log, path } = under;
  const told: string[] = [];
  log.onEntry = ({ fact, receipt }) => {
    if (fact.kind === "say") told.push(`${fact.text} ${Object.keys(receipt ?? {})}`);
  };
  const db = new DatabaseSync(`${path}/chatroom.db`, { timeout: 5_000 });
  db.exec("BEGIN IMMEDIATE");
  log.put(say("a", "first"));
  await Promise.resolve();
  for (const text of ["second", "third"]) log.put(say("a", text));
  await log.close(50);
  db.close();
  assertEquals(told, ["first refused", "second refused", "third refused"]);
});
