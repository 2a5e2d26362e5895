/** What every log of facts promises, as tests that any implementation has to pass. */

import { assert, assertEquals } from "@std/assert";
import type { Entry, Fact, Ticket } from "../lib/chat/log/fact.ts";
import type { Receipt } from "../lib/chat/log/receipt.ts";
import type { FactLog, Index } from "../lib/chat/log/fact_log.ts";
import { directLog, roomLog } from "../lib/chat/messages/log_key.ts";
import type { AuditLine } from "../lib/wire/events.ts";
import { direct, hash, say, topic } from "./fixtures/facts.ts";

/** A log with its index, which holds nothing yet. */
export interface LogUnderTest extends AsyncDisposable {
  readonly log: FactLog;
  readonly index: Index;
}

/** The n-th line of an audit trail. */
export function auditLine(n: number): AuditLine {
  return { at: "2026-01-02T03:04:05.000Z", by: "ann", action: "kick", target: `guest${n}` };
}

/** A change of people that adds a line to the audit trail. */
export function people(n: number): Fact {
  return { kind: "people", changes: [{ type: "audit", line: auditLine(n) }] };
}

const leave: Fact = { kind: "leave", session: hash("s"), room: { name: "a", key: "a" } };

/** Puts facts, and resolves with their entries in the order in which they were told. */
export async function entriesOf(log: FactLog, facts: readonly Fact[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  const ticket: Ticket = { done: (entry) => entries.push(entry) };
  for (const fact of facts) log.put(fact, ticket);
  await log.settled();
  return entries;
}

/** What became of facts, in short: the number of what was stored, or what else there is to tell. */
export async function outcomesOf(log: FactLog, facts: readonly Fact[]): Promise<unknown[]> {
  return (await entriesOf(log, facts)).map(({ receipt }) => inShort(receipt));
}

function inShort(receipt: Receipt | undefined): unknown {
  if (receipt === undefined) return "kept";
  if ("seq" in receipt) return receipt.seq;
  if ("again" in receipt) return `again ${receipt.again.seq}`;
  if ("refused" in receipt) return receipt.refused.code;
  return Object.keys(receipt)[0];
}

async function textsOf(index: Index, room: string): Promise<string[]> {
  const page = await index.page(roomLog(room), { after: 0, limit: 99 });
  return page.entries.map(({ message }) => message.text);
}

/** Some facts of every kind that stays. */
const MIXED: readonly Fact[] = [
  say("a", "one"),
  topic("a", "tea"),
  people(1),
  say("b", "two"),
  { kind: "session-use", hashes: [hash("s")] },
  direct("s", "three", { session: "t", id: "1" }),
  topic("a", "coffee"),
  { kind: "session-forget", hashes: [hash("s")] },
  say("a", "four"),
  people(2),
  { kind: "retain", cuts: [{ log: roomLog("b"), first: 2 }] },
  say("a", "five"),
];

/** Runs the contract on logs that `make` opens. */
export function testFactLog(name: string, make: () => Promise<LogUnderTest>): void {
  const test = (what: string, run: (under: LogUnderTest) => Promise<void> | void): void =>
    Deno.test(`${name}: ${what}`, async () => {
      await using under = await make();
      await run(under);
    });

  test("facts of all kinds are entries once, in the order in which they were put", async ({ log }) => {
    const entries = await entriesOf(log, MIXED);
    assertEquals(entries.map(({ fact }) => fact.kind), MIXED.map(({ kind }) => kind));
    const told = entries.filter(({ fact }) => fact.kind !== "retain").map(({ fact }) => fact);
    assertEquals(told, MIXED.filter(({ kind }) => kind !== "retain"));
    assertEquals(await outcomesOf(log, [say("a", "six")]), [4]);
  });

  test("an entry comes with the ticket of its fact, and to nobody else", async ({ log }) => {
    const tickets = MIXED.map(() => ({ done: () => {} }));
    const seen: unknown[] = [];
    log.onEntry = (_, ticket) => seen.push(ticket);
    MIXED.forEach((fact, index) => log.put(fact, tickets[index]));
    await log.settled();
    assertEquals(seen.length, tickets.length);
    assert(seen.every((ticket, index) => ticket === tickets[index]));
  });

  test("a passing fact is an entry before it has been put", async ({ log }) => {
    const seen: string[] = [];
    log.onEntry = ({ fact }) => seen.push(fact.kind);
    assertEquals(log.put(leave), undefined);
    assertEquals(seen, ["leave"]);
    log.put(say("a", "x"));
    log.put(leave);
    assert(seen.indexOf("leave", 1) > 0, `told: ${seen}`);
    await log.settled();
    assertEquals(seen.filter((kind) => kind === "say").length, 1);
  });

  test("the entries of what is put in one task come in one task", async ({ log }) => {
    let ended = false;
    const seen: boolean[] = [];
    log.onEntry = () => {
      if (seen.length === 0) queueMicrotask(() => ended = true);
      seen.push(ended);
    };
    for (const fact of MIXED) log.put(fact);
    await log.settled();
    assertEquals(seen, MIXED.map(() => false));
  });

  test("what is put while an entry is told comes after it, unless it passes", async ({ log }) => {
    const seen: string[] = [];
    log.onEntry = ({ fact }) => {
      const what = fact.kind === "say" ? fact.text : fact.kind;
      seen.push(`${what} begins`);
      if (what === "first") {
        log.put(say("a", "second"));
        log.put(leave);
      }
      seen.push(`${what} ends`);
    };
    log.put(say("a", "first"));
    while (log.settled() !== undefined) await log.settled();
    assertEquals(seen, [
      ...["first begins", "leave begins", "leave ends", "first ends"],
      ...["second begins", "second ends"],
    ]);
  });

  test("the index holds what was told, and nothing beyond", async ({ log, index }) => {
    const seen: unknown[] = [];
    log.onEntry = ({ receipt }) => {
      seen.push([inShort(receipt), index.last(roomLog("a")), index.topic(roomLog("a"))]);
    };
    for (const fact of [say("a", "x"), topic("a", "tea"), say("a", "y"), topic("a", "")]) {
      log.put(fact);
    }
    await log.settled();
    assertEquals(seen, [[1, 1, ""], ["kept", 1, "tea"], [2, 2, "tea"], ["kept", 2, ""]]);
  });

  test("a message is stored once under its id, and told what it was stored as", async ({ log }) => {
    const once = { session: "s", id: "1" };
    const facts = [
      say("a", "x", once),
      say("a", "x", once),
      say("a", "y", once),
      say("b", "x", once),
      say("a", "x", { ...once, id: "2" }),
      say("a", "x", { session: "t", id: "1" }),
    ];
    const expected = [1, "again 1", "id-reused", "id-reused", 2, 3];
    assertEquals(await outcomesOf(log, facts), expected);
    assertEquals(await outcomesOf(log, facts), [
      ...["again 1", "again 1", "id-reused", "id-reused", "again 2", "again 3"],
    ]);
  });

  test("what is only looked for is found if it was put before, and is never stored", async ({ log, index }) => {
    const once = { session: "t", id: "1" };
    const facts = [
      direct("", "x", { ...once, onlyAgain: true }),
      direct("s", "x", once),
      direct("", "x", { ...once, onlyAgain: true }),
    ];
    assertEquals(await outcomesOf(log, facts), ["absent", 1, "again 1"]);
    assertEquals(index.last(directLog(hash("s"))), 1);
  });

  test("a session that is used anew after it was forgotten may write to itself", async ({ log, index }) => {
    const toItself = (id: string): Fact => direct("s", id, { session: "s", id });
    const [, , again, said] = await entriesOf(log, [
      toItself("1"),
      { kind: "session-forget", hashes: [hash("s")] },
      toItself("2"),
      say("a", "hello", { session: "s", id: "3" }),
    ]);
    const first = (again?.receipt as { seq: number }).seq;
    assertEquals(index.last(directLog(hash("s"))), first);
    assertEquals(await outcomesOf(log, [toItself("4")]), [first + 1]);
    assertEquals([said?.receipt, index.last(directLog(hash("s")))], [{ seq: 1 }, first + 1]);
  });

  test("an id counts until its session is forgotten, also in one parcel", async ({ log, index }) => {
    const once = say("a", "x", { session: "s", id: "1" });
    const forget: Fact = { kind: "session-forget", hashes: [hash("s")] };
    assertEquals(await outcomesOf(log, [once, once, forget, once, direct("s", "y"), forget]), [
      ...[1, "again 1", "kept", 2, 1, "kept"],
    ]);
    assertEquals(index.last(directLog(hash("s"))), 0);
    assertEquals(await outcomesOf(log, [once, direct("s", "z")]), [3, 1]);
  });

  test("a cut takes what was said before it, and nothing that comes after", async ({ log, index }) => {
    const cut: Fact = { kind: "retain", cuts: [{ log: roomLog("a"), first: 3 }] };
    await entriesOf(log, [say("a", "1"), say("a", "2"), say("a", "3"), cut, say("a", "4")]);
    assertEquals(await textsOf(index, "a"), ["3", "4"]);
    const beyond: Fact = { kind: "retain", cuts: [{ log: roomLog("a"), first: 99 }] };
    await entriesOf(log, [beyond, say("a", "5")]);
    assertEquals(await textsOf(index, "a"), ["5"]);
    assertEquals(index.last(roomLog("a")), 5);
  });

  test("a room that is gone begins anew after its highest number", async ({ log, index }) => {
    const all: Fact = { kind: "retain", cuts: [{ log: roomLog("a"), first: 4 }] };
    const gone: Fact = { kind: "retain", cuts: [], gone: [roomLog("a")] };
    const before = [say("a", "1"), say("a", "2"), say("a", "3")];
    await entriesOf(log, before);
    const entries = await entriesOf(log, [all, gone]);
    assertEquals(index.has(roomLog("a")), false);
    const { fact } = entries[1] as Entry;
    assert(fact.kind === "retain");
    assertEquals(fact.gone, [roomLog("a")]);
    assertEquals(await outcomesOf(log, [say("a", "back")]), [4]);
    assertEquals(await textsOf(index, "a"), ["back"]);
  });

  test("the audit trail has the lines of all changes, in their order", async ({ log, index }) => {
    await entriesOf(log, [people(1), say("a", "x"), people(2), people(3)]);
    assertEquals(await index.audit(2), { lines: [auditLine(2), auditLine(3)], more: true });
  });

  test("the time of what stays does not go back, and is that of the message", async ({ log, index }) => {
    const entries = await entriesOf(log, [say("a", "x"), leave, say("a", "y"), leave]);
    const times = entries.filter(({ fact }) => fact.kind === "say").map(({ at }) => at);
    assert((times[0] ?? NaN) <= (times[1] ?? NaN), `${times}`);
    const { entries: stored } = await index.page(roomLog("a"), { after: 0, limit: 9 });
    assertEquals(stored.map(({ message }) => Date.parse(message.at)), times);
  });

  test("nothing waits when all has settled", async ({ log }) => {
    await entriesOf(log, MIXED);
    assertEquals([log.settled(), log.figures.waiting], [undefined, 0]);
  });
}
