/** The house without sockets: rounds, order, and who hears what. */

import { assertEquals, assertThrows } from "@std/assert";
import type { Batch } from "../lib/chat/batch.ts";
import type { Draft, Outcome } from "../lib/chat/history.ts";
import { MemoryHistory } from "../lib/chat/memory_history.ts";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_options.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { Peer, Session } from "../lib/chat/session.ts";
import type { Event } from "../lib/wire/event.ts";

const none = { permissions: "none" } as const;

/** A peer that keeps what it is delivered. */
class FakePeer implements Peer {
  readonly batches: Batch[] = [];
  closed: string | undefined;
  /** What a connection does when it is closed: it leaves the house. */
  onClose = (): void => {};

  deliver(batch: Batch): void {
    this.batches.push(batch);
  }

  close({ reason }: { reason: string }): void {
    this.closed = reason;
    this.onClose();
  }

  drained(): undefined {
    return undefined;
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
    history: new MemoryHistory(),
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

function enter(house: House, name: string): [FakePeer, Session] {
  const peer = new FakePeer();
  return [peer, house.enter(peer, { name })];
}

Deno.test(
  "a round goes to the members as one shared batch, and to its senders as their own",
  none,
  () => {
    const { house, flush } = heldHouse();
    const [annPeer, ann] = enter(house, "ann");
    const [bobPeer] = enter(house, "bob");
    const [evePeer] = enter(house, "eve");
    flush();
    for (const peer of [annPeer, bobPeer, evePeer]) peer.take();
    house.request(ann, { type: "say", room: "lobby", text: "one" });
    house.request(ann, { type: "say", room: "lobby", text: "two" });
    assertEquals([bobPeer.batches.length, evePeer.batches.length], [0, 0]);
    flush();
    assertEquals(bobPeer.batches.length, 1);
    assertEquals(bobPeer.batches[0] === evePeer.batches[0], true);
    assertEquals(bobPeer.take(), ["1 ann: one", "2 ann: two"]);
    assertEquals(annPeer.take(), ["ack 1", "ack 2"]);
  },
);

Deno.test("a sender's acks stand where its messages stand for the others", none, () => {
  const { house, flush } = heldHouse();
  const [annPeer, ann] = enter(house, "ann");
  const [bobPeer, bob] = enter(house, "bob");
  flush();
  annPeer.take();
  bobPeer.take();
  house.request(ann, { type: "say", room: "lobby", text: "a" });
  house.request(bob, { type: "say", room: "lobby", text: "b" });
  house.request(ann, { type: "say", room: "lobby", text: "c" });
  flush();
  assertEquals(annPeer.take(), ["ack 1", "2 bob: b", "ack 3"]);
  assertEquals(bobPeer.take(), ["1 ann: a", "ack 2", "3 ann: c"]);
});

Deno.test("who joins in the middle of a round gets nothing of what was said before", none, () => {
  const { house, flush } = heldHouse();
  const [annPeer, ann] = enter(house, "ann");
  flush();
  annPeer.take();
  house.request(ann, { type: "say", room: "lobby", text: "before" });
  const [bobPeer, bob] = enter(house, "bob");
  house.request(ann, { type: "say", room: "lobby", text: "after" });
  house.exit(bob, bobPeer, true);
  house.request(ann, { type: "say", room: "lobby", text: "gone" });
  flush();
  assertEquals(bobPeer.take(), ["ready", "2 ann: after"]);
  assertEquals(annPeer.take(), ["ack 1", "bob joined lobby", "ack 2", "bob left lobby", "ack 3"]);
});

Deno.test("an answer comes after what the room was told before it", none, () => {
  const { house, flush } = heldHouse();
  const [annPeer, ann] = enter(house, "ann");
  flush();
  annPeer.take();
  enter(house, "bob");
  house.request(ann, { type: "who", room: "lobby" });
  assertEquals(annPeer.take(), ["bob joined lobby", "members"]);
});

Deno.test(
  "messages are said when they are stored, in that order, whatever the store takes",
  none,
  async () => {
    const stored: Array<() => void> = [];
    class SlowHistory extends MemoryHistory {
      override append(draft: Draft, done: (outcome: Outcome) => void): void {
        super.append(draft, (outcome) => stored.push(() => done(outcome)));
      }
    }
    const house = new House({ history: new SlowHistory() });
    const [annPeer, ann] = enter(house, "ann");
    const [bobPeer] = enter(house, "bob");
    annPeer.take();
    bobPeer.take();
    house.request(ann, { type: "say", room: "lobby", text: "one" });
    house.request(ann, { type: "say", room: "lobby", text: "two" });
    assertEquals([annPeer.take(), bobPeer.take()], [[], []]);
    stored.shift()?.();
    assertEquals([annPeer.take(), bobPeer.take()], [["ack 1"], ["1 ann: one"]]);
    // A sender that leaves the room has said what it said before it left.
    const left = house.request(ann, { type: "leave", room: "lobby" });
    assertEquals([annPeer.take(), bobPeer.take()], [[], []]);
    stored.shift()?.();
    await left;
    assertEquals([annPeer.take(), bobPeer.take()], [["ack 2", "ann left lobby"], [
      "2 ann: two",
      "ann left lobby",
    ]]);
  },
);

Deno.test("sessions without a client are forgotten when their time is over", none, () => {
  let now = 0;
  const house = new House({
    history: new MemoryHistory(),
    limits: { sessionMs: 1_000, nameMs: 100 },
    now: () => now,
  });
  const [peer, ann] = enter(house, "ann");
  house.exit(ann, peer, false);
  const back = house.enter(new FakePeer(), { name: "ann", session: ann.secret ?? "" });
  assertEquals(back === ann, true);
  house.exit(ann, ann.peer as Peer, false);
  now = 1_001;
  house.expire();
  const stranger = house.enter(new FakePeer(), { name: "ann", session: ann.secret ?? "" });
  assertEquals(stranger === ann, false);
});

Deno.test(
  "sessions that are in use are noted four times in the time that they are kept, or hourly",
  none,
  () => {
    for (const [sessionMs, everyMs] of [[60_000, 15_000], [7 * 86_400_000, 3_600_000]] as const) {
      let now = 0;
      let kept = 0;
      class Noting extends MemoryHistory {
        override keepSession(): void {
          kept++;
        }
      }
      const house = new House({
        history: new Noting(),
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
  const house = new House({ history: new MemoryHistory() });
  const [bobPeer] = enter(house, "bob");
  const [, eve] = enter(house, "eve");
  house.request(eve, { type: "join", room: "dev" });
  bobPeer.take();
  const resume = { epoch: "old", seq: { lobby: 4, dev: 2 } };
  house.enter(new FakePeer(), { name: "ann", resume });
  assertEquals(bobPeer.take(), ["ann joined lobby"]);
});

Deno.test("a session that is taken up elsewhere keeps its rooms, and nobody is told", none, () => {
  const house = new House({ history: new MemoryHistory() });
  const [bobPeer] = enter(house, "bob");
  const [annPeer, ann] = enter(house, "ann");
  house.request(ann, { type: "join", room: "dev" });
  house.request(ann, { type: "topic", room: "dev", text: "tea" });
  bobPeer.take();
  annPeer.onClose = (): void => house.exit(ann, annPeer, false, "replaced");
  const next = new FakePeer();
  const { epoch } = house.history;
  const again = house.enter(next, {
    name: "ann",
    session: ann.secret ?? "",
    resume: { epoch, seq: { lobby: 0, dev: 0 } },
  });
  assertEquals([again === ann, annPeer.closed, house.present], [true, "replaced", 2]);
  assertEquals(bobPeer.take(), []);
  house.exit(ann, annPeer, true);
  assertEquals([...ann.rooms.keys()], ["lobby", "dev"]);
  house.request(ann, { type: "topic", room: "dev" });
  const told = next.batches.flatMap(({ events }) => events);
  assertEquals(told.at(-1), { type: "topic", room: "dev", text: "tea" });
});

Deno.test("a session that is taken up under another name is told as a new name", none, () => {
  const house = new House({ history: new MemoryHistory() });
  const [bobPeer] = enter(house, "bob");
  const [, ann] = enter(house, "ann");
  bobPeer.take();
  house.enter(new FakePeer(), { name: "anna", session: ann.secret ?? "" });
  assertEquals(bobPeer.take(), ["renamed"]);
});

Deno.test("who can't come in changes nothing", none, () => {
  const house = new House({ history: new MemoryHistory(), limits: { waitingSessions: 2 } });
  const [peer, ann] = enter(house, "ann");
  house.exit(ann, peer, false);
  for (let i = 0; i < 10; i++) {
    const bad = { name: "eve", room: "not a room" };
    assertThrows(() => house.enter(new FakePeer(), bad), Refusal, "has no spaces");
  }
  house.expire();
  const back = house.enter(new FakePeer(), { name: "ann", session: ann.secret ?? "" });
  assertEquals([back === ann, house.present], [true, 1]);
});

Deno.test("a room that can't be had again costs a session that room only", none, () => {
  const house = new House({ history: new MemoryHistory(), limits: { rooms: 2 } });
  const peer = new FakePeer();
  const resume = { epoch: "old", seq: { lobby: 1, a: 1, b: 1 } };
  house.enter(peer, { name: "ann", resume });
  assertEquals(peer.take(), ["ready", "ann left b"]);
});

Deno.test("a house that closes tells nobody who leaves", none, () => {
  const house = new House({ history: new MemoryHistory() });
  const [bobPeer] = enter(house, "bob");
  const [annPeer, ann] = enter(house, "ann");
  bobPeer.take();
  house.close();
  house.exit(ann, annPeer, true);
  assertEquals(bobPeer.take(), []);
});

Deno.test("a room with many members is not told who comes and goes", none, () => {
  const house = new House({ history: new MemoryHistory(), limits: { presenceMembers: 2 } });
  const [annPeer] = enter(house, "ann");
  const [bobPeer, bob] = enter(house, "bob");
  annPeer.take();
  const [evePeer, eve] = enter(house, "eve");
  house.exit(eve, evePeer, true);
  assertEquals(annPeer.take(), []);
  house.exit(bob, bobPeer, true);
  assertEquals(annPeer.take(), ["bob left lobby"]);
});

Deno.test("who is cut off and comes back in a moment is told of to nobody", none, () => {
  let now = 0;
  const house = new House({
    history: new MemoryHistory(),
    limits: { nameMs: 100 },
    now: () => now,
  });
  const [bobPeer] = enter(house, "bob");
  const [annPeer, ann] = enter(house, "ann");
  house.request(ann, { type: "join", room: "dev" });
  bobPeer.take();
  house.exit(ann, annPeer, false, "idle");
  now = 99;
  house.expire();
  assertEquals(house.names("lobby"), ["bob", "ann"]);
  const { epoch } = house.history;
  const next = new FakePeer();
  const resume = { epoch, seq: { lobby: 0 } };
  house.enter(next, { name: "ann", session: ann.secret ?? "", resume });
  now = 1_000;
  house.expire();
  // The room that it did not name again is left, as on any connection.
  assertEquals([bobPeer.take(), next.take()], [[], ["ready"]]);
  assertEquals([...ann.rooms.keys()], ["lobby"]);
  house.exit(ann, next, false, "idle");
  assertEquals(bobPeer.take(), []);
  now = 1_100;
  house.expire();
  assertEquals([bobPeer.take(), house.names("lobby")], [["ann left lobby"], ["bob"]]);
});

Deno.test("who is cut off is out of its rooms before anybody else gets its name", none, () => {
  const house = new House({ history: new MemoryHistory(), limits: { waitingSessions: 0 } });
  const [bobPeer] = enter(house, "bob");
  const [annPeer, ann] = enter(house, "ann");
  bobPeer.take();
  house.exit(ann, annPeer, false, "idle");
  assertThrows(() => enter(house, "ann"), Refusal, "is in use here");
  // It gives way to others who wait.
  house.expire();
  enter(house, "ann");
  assertEquals(bobPeer.take(), ["ann left lobby", "ann joined lobby"]);
});
