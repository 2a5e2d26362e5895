/** A client whose connection breaks again and again sees what everybody else sees. */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Fact, Ticket } from "../../lib/chat/log/fact.ts";
import { MemoryLog } from "../../lib/chat/log/memory_log.ts";
import type { EntryRange, HistoryEntry } from "../../lib/chat/messages/entries.ts";
import type { LogKey } from "../../lib/chat/messages/log_key.ts";
import type { LinkEvent } from "../../lib/client/conversation.ts";
import { LocalLog } from "../../lib/store/local_log.ts";
import { STILL_LOG } from "../fixtures/still.ts";
import { Told } from "../fixtures/told.ts";
import { eventFrame, joinEvent, startServer, until, within } from "../helpers.ts";
import { Proxy } from "../proxy.ts";

const CUTS = 100;
const OTHERS = 10;
/** The others' pause between two messages, in ms. */
const PAUSE_MS = 8;

/** Says one thing after the other until told to stop; resolves when all is acked, with how much. */
async function talk(told: Told, name: string, stop: AbortSignal): Promise<number> {
  const acks: Array<Promise<unknown>> = [];
  for (let n = 0; !stop.aborted; n++) {
    const text = `${name} ${n}`;
    acks.push(told.link.send({ type: "say", id: text, room: "lobby", text }));
    await delay(PAUSE_MS);
  }
  await within(`the acks of ${name}`, Promise.all(acks));
  return acks.length;
}

/** What somebody saw said, in the order in which it came; of their own messages, the acks. */
function transcript(events: readonly LinkEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "message") return [`${event.seq} ${event.text}`];
    return event.type === "ack" ? [`${event.seq} ${event.id}`] : [];
  });
}

Deno.test(`a client that is cut off ${CUTS} times while ${OTHERS} others talk has their transcript`, async () => {
  const dir = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  // Little of it in memory, so that what was missed is read from the disk as well.
  const factLog = stack.use(await LocalLog.open({ dir, messagesPerRoom: 10 }));
  await using server = startServer({ factLog });
  await using proxy = new Proxy(server);
  await using ann = new Told(proxy, { name: "ann" });
  await using talkers = new AsyncDisposableStack();
  const others = Array.from(
    { length: OTHERS },
    (_, n) => talkers.use(new Told(server, { name: `other${n}` })),
  );
  await Promise.all([ann, ...others].map((told) => told.ready()));
  const stop = new AbortController();
  const talking = [ann, ...others].map((told, n) => talk(told, `speaker${n}`, stop.signal));

  for (let n = 0; n < CUTS; n++) {
    // Sometimes before anything has come, sometimes amid what was missed, sometimes later.
    const enough = ann.texts.length + Math.floor(Math.random() * 20);
    await until(`cut ${n}`, () => ann.statuses.at(-1) !== "offline" && ann.texts.length >= enough);
    await delay(Math.random() * 5);
    proxy.cut();
    if (n % 2 === 0) {
      await ann.see("the loss", (e) => e.type === "status" && e.status === "offline");
    }
  }
  stop.abort();
  const said = (await Promise.all(talking)).reduce((sum, count) => sum + count, 0);

  const everybody = [ann, ...others].map(({ events }) => events);
  await until("all of it", () => everybody.every((events) => transcript(events).length >= said));
  const gaps = ann.events.filter(({ type }) => type === "gap");
  assertEquals(gaps, []);
  assert(ann.statuses.filter((status) => status === "offline").length > CUTS / 2);
  const [, first = []] = everybody.map(transcript);
  assertEquals(new Set(first).size, said);
  for (const events of everybody) assertEquals(transcript(events), first);
});

/** Stores at once, but tells of it, and reads, only when the test lets it. */
class HeldLog extends MemoryLog {
  readonly told = Promise.withResolvers<void>();
  readonly read = Promise.withResolvers<void>();
  readonly asked = Promise.withResolvers<void>();

  override put(fact: Fact, ticket?: Ticket): undefined {
    if (fact.kind !== "say" || fact.id !== "late") return super.put(fact, ticket);
    this.told.promise.then(() => super.put(fact, ticket));
  }

  override entries(log: LogKey, range: EntryRange): readonly HistoryEntry[] {
    this.asked.resolve();
    const read = this.read.promise.then(() => super.entries(log, range));
    return read as unknown as readonly HistoryEntry[];
  }
}

Deno.test("the ack of what the last connection said comes in its place among what was missed", async () => {
  const factLog = new HeldLog(STILL_LOG);
  await using server = startServer({ factLog });
  using bob = await joinEvent(server, "bob");
  using ann = await joinEvent(server, "ann");
  for (const text of ["one", "two"]) await bob.ask({ type: "say", room: "lobby", text });
  await ann.send(eventFrame({ type: "say", id: "late", room: "lobby", text: "three" }));
  await ann.ask({ type: "ping" });
  ann[Symbol.dispose]();
  const { session } = ann.ready;
  const resume = { epoch: ann.welcome.epoch, seq: { lobby: 0 } };
  // It is let in when what it had said before has been told.
  const joining = joinEvent(server, "ann", { session, resume });
  factLog.told.resolve();
  await bob.takeType("message");
  using again = await joining;
  await factLog.asked.promise;
  factLog.read.resolve();
  const seen = [await again.takeEvent(), await again.takeEvent(), await again.takeEvent()]
    .filter(({ type }) => type !== "joined");
  assertEquals(seen.map(({ type, seq }) => [type, seq]), [
    ["message", 1],
    ["message", 2],
    ["ack", 3],
  ]);
});
