/** The house without sockets: rounds, order, and who hears what. */

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import type { Fact, Ticket } from "../lib/chat/log/fact.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { Batch } from "../lib/chat/sessions/batch.ts";
import { CLASSIC_TRAITS, EVENT_TRAITS, type Hello } from "../lib/chat/sessions/peer.ts";
import type { Event, EventOf } from "../lib/wire/events.ts";
import { HousePeer } from "./fixtures/house_peer.ts";
import { SlowLog } from "./fixtures/late_logs.ts";
import { still, STILL_LOG, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** A peer that keeps the batches, too. */
class FakePeer extends HousePeer {
  readonly batches: Batch[] = [];
  closed: string | undefined;

  override deliver(batch: Batch): void {
    super.deliver(batch);
    this.batches.push(batch);
  }

  override close(bye: EventOf<"bye">): void {
    this.closed = bye.reason;
    super.close(bye);
  }

  /** What came since the last call, shortened. */
  take(): string[] {
    return this.batches.splice(0).flatMap(({ events }) => events.map(brief));
  }
}

function brief(event: Event): string {
  switch (event.type) {
    case "message":
      return `${event.seq} ${event.from}: ${event.text}`;
    case "ack":
      return `ack ${event.seq}`;
    case "joined":
    case "left":
      return `${event.name} ${event.type} ${event.room}`;
    case "gap":
      return `gap ${event.from}-${event.to}`;
    default:
      return event.type;
  }
}

/** A house whose rounds end when the test says so. */
function heldHouse(limits: Partial<HouseLimits> = {}): { house: House; flush: () => void } {
  const waiting: Array<() => void> = [];
  const house = new House({
    ...still(),
    factLog: stillLog(),
    limits,
    pace: {
      soon: (flush) => waiting.push(flush),
      around: () => {},
      later: () => {},
      now: () => 0,
      pause: () => {},
    },
  });
  return { house, flush: () => waiting.splice(0).forEach((each) => each()) };
}

function enter(house: House, name: string, hello: Partial<Hello> = {}): FakePeer {
  const peer = new FakePeer();
  house.come(peer, { ...hello, name });
  return peer;
}

Deno.test(
  "a round goes to the members as one shared batch, and to its senders as their own",
  none,
  () => {
    const { house, flush } = heldHouse();
    const ann = enter(house, "ann");
    const bob = enter(house, "bob");
    const eve = enter(house, "eve");
    flush();
    for (const peer of [ann, bob, eve]) peer.take();
    house.request(ann, { type: "say", room: "lobby", text: "one" });
    house.request(ann, { type: "say", room: "lobby", text: "two" });
    assertEquals([bob.batches.length, eve.batches.length], [0, 0]);
    flush();
    assertEquals(bob.batches.length, 1);
    assertEquals(bob.batches[0] === eve.batches[0], true);
    assertEquals(bob.take(), ["1 ann: one", "2 ann: two"]);
    assertEquals(ann.take(), ["ack 1", "ack 2"]);
  },
);

Deno.test("a sender's acks stand where its messages stand for the others", none, () => {
  const { house, flush } = heldHouse();
  const ann = enter(house, "ann");
  const bob = enter(house, "bob");
  flush();
  ann.take();
  bob.take();
  house.request(ann, { type: "say", room: "lobby", text: "a" });
  house.request(bob, { type: "say", room: "lobby", text: "b" });
  house.request(ann, { type: "say", room: "lobby", text: "c" });
  flush();
  assertEquals(ann.take(), ["ack 1", "2 bob: b", "ack 3"]);
  assertEquals(bob.take(), ["1 ann: a", "ack 2", "3 ann: c"]);
});

Deno.test("who joins in the middle of a round gets nothing of what was said before", none, () => {
  const { house, flush } = heldHouse();
  const ann = enter(house, "ann");
  flush();
  ann.take();
  house.request(ann, { type: "say", room: "lobby", text: "before" });
  const bob = enter(house, "bob");
  house.request(ann, { type: "say", room: "lobby", text: "after" });
  house.gone(bob, true);
  house.request(ann, { type: "say", room: "lobby", text: "gone" });
  flush();
  assertEquals(bob.take(), ["ready", "2 ann: after"]);
  assertEquals(ann.take(), ["ack 1", "bob joined lobby", "ack 2", "bob left lobby", "ack 3"]);
});

Deno.test("an answer comes after what the room was told before it", none, () => {
  const { house, flush } = heldHouse();
  const ann = enter(house, "ann");
  flush();
  ann.take();
  enter(house, "bob");
  house.request(ann, { type: "who", room: "lobby" });
  assertEquals(ann.take(), ["bob joined lobby", "members"]);
});

Deno.test(
  "messages are said when they are stored, in that order, whatever the store takes",
  none,
  async () => {
    const factLog = new SlowLog();
    const house = new House({ ...still(), factLog });
    const ann = enter(house, "ann");
    const bob = enter(house, "bob");
    ann.take();
    bob.take();
    house.request(ann, { type: "say", room: "lobby", text: "one" });
    house.request(ann, { type: "say", room: "lobby", text: "two" });
    assertEquals([ann.take(), bob.take()], [[], []]);
    factLog.late.shift()?.();
    assertEquals([ann.take(), bob.take()], [["ack 1"], ["1 ann: one"]]);
    // A sender that leaves the room has said what it said before it left.
    const left = house.request(ann, { type: "leave", room: "lobby" });
    assertEquals([ann.take(), bob.take()], [[], []]);
    factLog.late.shift()?.();
    await left;
    assertEquals([ann.take(), bob.take()], [["ack 2", "ann left lobby"], [
      "2 ann: two",
      "ann left lobby",
    ]]);
  },
);

Deno.test(
  "whoever goes has left for others after what it said last, however late the disk",
  none,
  async () => {
    for (const traits of [EVENT_TRAITS, CLASSIC_TRAITS]) {
      const factLog = new SlowLog();
      const house = new House({ ...still(), factLog });
      const bob = enter(house, "bob");
      const ann = new FakePeer({ traits });
      house.come(ann, { name: "ann" });
      bob.take();
      house.request(ann, { type: "say", room: "lobby", text: "bye" });
      house.gone(ann, true);
      assertEquals(bob.take(), []);
      assertThrows(() => enter(house, "ann"), Refusal, "is in use here");
      factLog.late.shift()?.();
      await Promise.resolve();
      assertEquals(bob.take(), ["1 ann: bye", "ann left lobby"]);
      assertEquals(enter(house, "ann").name, "ann");
    }
  },
);

Deno.test("sessions without a client are forgotten when their time is over", none, () => {
  let now = 0;
  const house = new House({
    ...still(),
    factLog: stillLog(),
    limits: { sessionMs: 1_000, nameMs: 100 },
    now: () => now,
  });
  const ann = enter(house, "ann");
  house.gone(ann, false);
  const back = enter(house, "ann", { session: ann.session });
  assertEquals(back.session, ann.session);
  house.gone(back, false);
  now = 1_001;
  house.expire();
  const stranger = enter(house, "ann", { session: ann.session });
  assertNotEquals(stranger.session, ann.session);
});

Deno.test(
  "sessions that are in use are noted four times in the time that they are kept, or hourly",
  none,
  () => {
    for (const [sessionMs, everyMs] of [[60_000, 15_000], [7 * 86_400_000, 3_600_000]] as const) {
      let now = 0;
      let kept = 0;
      class Noting extends MemoryLog {
        override put(fact: Fact, ticket?: Ticket): undefined {
          if (fact.kind === "session-use") kept += fact.hashes.length;
          return super.put(fact, ticket);
        }
      }
      const house = new House({
        ...still(),
        factLog: new Noting(STILL_LOG),
        limits: { sessionMs },
        now: () => now,
      });
      enter(house, "ann");
      kept = 0;
      for (let i = 0; i < 100; i++) {
        now += everyMs / 4;
        house.expire();
      }
      // Each time a little after it was due.
      assertEquals(kept, 20);
    }
  },
);

Deno.test("who comes back to several rooms is announced once in each", none, () => {
  const house = new House({ ...still(), factLog: stillLog() });
  const bob = enter(house, "bob");
  const eve = enter(house, "eve");
  house.request(eve, { type: "join", room: "dev" });
  bob.take();
  const resume = { epoch: "old", seq: { lobby: 4, dev: 2 } };
  enter(house, "ann", { resume });
  assertEquals(bob.take(), ["ann joined lobby"]);
});

Deno.test("a session that is taken up elsewhere keeps its rooms, and nobody is told", none, () => {
  const house = new House({ ...still(), factLog: stillLog() });
  const bob = enter(house, "bob");
  const ann = enter(house, "ann");
  house.request(ann, { type: "join", room: "dev" });
  house.request(ann, { type: "topic", room: "dev", text: "tea" });
  bob.take();
  ann.onClose = (): void => house.gone(ann, false, "replaced");
  const { epoch } = house.index;
  const next = enter(house, "ann", {
    session: ann.session,
    resume: { epoch, seq: { lobby: 0, dev: 0 } },
  });
  assertEquals([next.session, ann.closed, house.present], [ann.session, "replaced", 2]);
  assertEquals(bob.take(), []);
  house.gone(ann, true);
  assertEquals([house.roomsOf(ann), house.roomsOf(next)], [[], ["lobby", "dev"]]);
  house.request(next, { type: "topic", room: "dev" });
  const set = { from: "ann", at: "2026-01-02T03:04:05.000Z" };
  assertEquals(next.told.at(-1), { type: "topic", room: "dev", text: "tea", ...set });
});

Deno.test("a session that is taken up under another name is told as a new name", none, () => {
  const house = new House({ ...still(), factLog: stillLog() });
  const bob = enter(house, "bob");
  const ann = enter(house, "ann");
  bob.take();
  enter(house, "anna", { session: ann.session });
  assertEquals(bob.take(), ["renamed"]);
});

Deno.test(
  "who comes into a room under another name was never known there by the one before",
  none,
  () => {
    const house = new House({ ...still(), factLog: stillLog() });
    const bob = enter(house, "bob");
    const eve = enter(house, "eve", { room: "dev" });
    const ann = enter(house, "ann", { room: "dev" });
    bob.take();
    eve.take();
    enter(house, "anna", { session: ann.session, room: "lobby" });
    assertEquals(eve.take(), ["renamed", "anna left dev"]);
    assertEquals(bob.take(), ["anna joined lobby"]);
  },
);

Deno.test("who can't come in changes nothing", none, () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { waitingSessions: 2 } });
  const ann = enter(house, "ann");
  house.gone(ann, false);
  for (let i = 0; i < 10; i++) {
    const comes = (): unknown => enter(house, "eve", { room: "not a room" });
    assertThrows(comes, Refusal, "has no spaces");
  }
  house.expire();
  const back = enter(house, "ann", { session: ann.session });
  assertEquals([back.session, house.present], [ann.session, 1]);
});

Deno.test("a room that can't be had again costs a session that room only", none, () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { rooms: 2 } });
  const resume = { epoch: "old", seq: { lobby: 1, a: 1, b: 1 } };
  const peer = enter(house, "ann", { resume });
  assertEquals(peer.take(), ["ready", "ann left b", "gap 2-null"]);
});

Deno.test("a house that closes tells nobody who leaves", none, () => {
  const house = new House({ ...still(), factLog: stillLog() });
  const bob = enter(house, "bob");
  const ann = enter(house, "ann");
  bob.take();
  house.close();
  house.gone(ann, true);
  assertEquals(bob.take(), []);
});

Deno.test("a room with many members is not told who comes and goes", none, () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { presenceMembers: 2 } });
  const ann = enter(house, "ann");
  const bob = enter(house, "bob");
  ann.take();
  const eve = enter(house, "eve");
  house.gone(eve, true);
  assertEquals(ann.take(), []);
  house.gone(bob, true);
  assertEquals(ann.take(), ["bob left lobby"]);
});

Deno.test("who is cut off and comes back in a moment is told of to nobody", none, () => {
  let now = 0;
  const house = new House({
    ...still(),
    factLog: stillLog(),
    limits: { nameMs: 100 },
    now: () => now,
  });
  const bob = enter(house, "bob");
  const ann = enter(house, "ann");
  house.request(ann, { type: "join", room: "dev" });
  bob.take();
  house.gone(ann, false, "idle");
  now = 99;
  house.expire();
  assertEquals(house.names("lobby"), ["bob", "ann"]);
  const { epoch } = house.index;
  const resume = { epoch, seq: { lobby: 0 } };
  const next = enter(house, "ann", { session: ann.session, resume });
  now = 1_000;
  house.expire();
  // The room that it did not name again is left, as on any connection.
  assertEquals([bob.take(), next.take()], [[], ["ready"]]);
  assertEquals(house.roomsOf(next), ["lobby"]);
  house.gone(next, false, "idle");
  assertEquals(bob.take(), []);
  now = 1_100;
  house.expire();
  assertEquals([bob.take(), house.names("lobby")], [["ann left lobby"], ["bob"]]);
});

Deno.test("who is cut off is out of its rooms before anybody else gets its name", none, () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { waitingSessions: 0 } });
  const bob = enter(house, "bob");
  const ann = enter(house, "ann");
  bob.take();
  house.gone(ann, false, "idle");
  assertThrows(() => enter(house, "ann"), Refusal, "is in use here");
  // It gives way to others who wait.
  house.expire();
  enter(house, "ann");
  assertEquals(bob.take(), ["ann left lobby", "ann joined lobby"]);
});

Deno.test(
  "a room is told who comes and goes by how large it was then, not by how it is now",
  none,
  () => {
    let now = 0;
    const limits = { presenceMembers: 2, nameMs: 100 };
    const house = new House({ ...still(), factLog: stillLog(), limits, now: () => now });
    const [bob, ann, eve] = [enter(house, "bob"), enter(house, "ann"), enter(house, "eve")];
    for (const peer of [ann, eve]) house.gone(peer, false);
    bob.take();
    now = 101;
    house.expire();
    assertEquals(bob.take(), ["eve left lobby"]);
  },
);
