/** When the rounds of a room's audience go out. */

import { assertEquals } from "@std/assert";
import { Audience } from "../lib/chat/rooms/audience.ts";
import { Audiences } from "../lib/chat/rooms/audiences.ts";
import type { Batch } from "../lib/chat/sessions/batch.ts";
import { EVENT_TRAITS, type Peer } from "../lib/chat/sessions/peer.ts";
import { Session } from "../lib/chat/sessions/session.ts";

const none = { permissions: "none" } as const;

/** A peer whose writes end when the test says so. */
class HeldPeer implements Peer {
  readonly traits = EVENT_TRAITS;
  readonly rounds: string[][] = [];
  #writing: Batch | undefined;

  deliver(batch: Batch): void {
    this.rounds.push(batch.events.map((event) => event.type === "message" ? event.text : ""));
    if (this.#writing !== undefined) return;
    this.#writing = batch;
    batch.begin();
  }

  written(): void {
    const batch = this.#writing;
    this.#writing = undefined;
    batch?.end();
  }

  named(): void {}

  close(): void {}

  drained(): undefined {
    return undefined;
  }
}

/** Those who listen to a room, and somebody who speaks in it, at a pace that the test sets. */
class Scene {
  readonly peers: HeldPeer[];
  readonly audience: Audience;
  readonly #speaker = new Session(new HeldPeer(), "ann", "ann", undefined);
  #soon: Array<() => void> = [];
  #around: Array<() => void> = [];
  #later: Array<() => void> = [];
  #said = 0;
  now = 0;
  readonly pauses: Array<{ readonly ms: number; readonly callback: () => void }> = [];

  constructor(members: number) {
    this.audience = new Audience({
      soon: (callback) => this.#soon.push(callback),
      around: (callback) => this.#around.push(callback),
      later: (callback) => this.#later.push(callback),
      now: () => this.now,
      pause: (ms, callback) => this.pauses.push({ ms, callback }),
    });
    this.peers = Array.from({ length: members }, () => new HeldPeer());
    this.peers.forEach((peer, i) =>
      this.audience.listen(new Session(peer, `${i}`, `${i}`, undefined))
    );
  }

  say(text: string): void {
    const seq = ++this.#said;
    const message = { type: "message", room: "r", seq, from: "ann", at: "", text } as const;
    this.audience.publish(message, this.#speaker);
  }

  /** The task that is running ends. */
  soon(): void {
    for (const callback of this.#soon.splice(0)) callback();
  }

  /** The event loop comes around. */
  around(): void {
    for (const callback of this.#around.splice(0)) callback();
    this.soon();
  }

  /** Some milliseconds pass. */
  later(): void {
    for (const callback of this.#later.splice(0)) callback();
    this.soon();
  }
}

Deno.test("the first message of an idle room goes out at the end of its task", none, () => {
  const scene = new Scene(2);
  scene.say("one");
  scene.soon();
  assertEquals(scene.peers.map(({ rounds }) => rounds), [[["one"]], [["one"]]]);
});

Deno.test(
  "what comes while a round goes out is one round, when the writes have ended",
  none,
  () => {
    const scene = new Scene(2);
    const [a, b] = scene.peers;
    scene.say("one");
    scene.soon();
    for (const text of ["two", "three"]) scene.say(text);
    scene.soon();
    a?.written();
    scene.soon();
    assertEquals(a?.rounds, [["one"]]);
    b?.written();
    scene.soon();
    assertEquals([a?.rounds, b?.rounds], [[["one"], ["two", "three"]], [["one"], [
      "two",
      "three",
    ]]]);
  },
);

Deno.test("a member whose write stands still is not waited for", none, () => {
  const scene = new Scene(3);
  const [a, b, stalled] = scene.peers;
  scene.say("one");
  scene.soon();
  scene.say("two");
  a?.written();
  b?.written();
  // Something has moved since the round began: it may just need more time.
  scene.later();
  assertEquals(a?.rounds, [["one"]]);
  scene.later();
  assertEquals(a?.rounds, [["one"], ["two"]]);
  // From now on it is out of the count, until it has caught up.
  scene.say("three");
  a?.written();
  b?.written();
  scene.soon();
  assertEquals(a?.rounds, [["one"], ["two"], ["three"]]);
  assertEquals(stalled?.rounds, [["one"], ["two"], ["three"]]);
});

Deno.test(
  "few members whose writes stand still among many are waited for no longer than a turn",
  none,
  () => {
    const scene = new Scene(16);
    scene.say("one");
    scene.soon();
    scene.say("two");
    for (const peer of scene.peers.slice(0, 13)) peer.written();
    scene.around();
    assertEquals(scene.peers[0]?.rounds, [["one"]]);
    scene.peers[13]?.written();
    assertEquals(scene.peers[0]?.rounds, [["one"]]);
    scene.around();
    assertEquals(scene.peers[0]?.rounds, [["one"], ["two"]]);
  },
);

Deno.test("speakers wait while a round holds more than enough", none, async () => {
  const scene = new Scene(1);
  scene.say("one");
  scene.soon();
  assertEquals(scene.audience.crowded(10), undefined);
  scene.say("more than ten characters");
  const waits = scene.audience.crowded(10);
  let over = false;
  waits?.then(() => over = true);
  scene.peers[0]?.written();
  await Promise.resolve();
  assertEquals(over, false);
  scene.soon();
  await waits;
  assertEquals([over, scene.audience.crowded(10)], [true, undefined]);
});

/** A room whose first round has just gone out in so many ms, while something else was said. */
function afterRound(ms: number): Scene {
  const scene = new Scene(2);
  scene.say("one");
  scene.soon();
  scene.say("two");
  scene.now = ms;
  for (const peer of scene.peers) peer.written();
  return scene;
}

Deno.test(
  "after a long round what waits is held for an eighth of its time, and is joined",
  none,
  () => {
    const scene = afterRound(16);
    assertEquals(scene.pauses.map(({ ms }) => ms), [2]);
    scene.say("three");
    scene.soon();
    assertEquals(scene.peers[0]?.rounds, [["one"]]);
    scene.pauses[0]?.callback();
    assertEquals(scene.peers[0]?.rounds, [["one"], ["two", "three"]]);
    // A host that stood still does not make it wait for long.
    scene.say("four");
    scene.now = 60_000;
    for (const peer of scene.peers) peer.written();
    assertEquals(scene.pauses.map(({ ms }) => ms), [2, 25]);
    // What is flushed for a newcomer meanwhile is not sent twice, and nothing is forgotten.
    scene.audience.flush();
    scene.say("five");
    scene.pauses[1]?.callback();
    scene.now = 60_001;
    for (const peer of scene.peers) peer.written();
    scene.soon();
    assertEquals(scene.peers[0]?.rounds.slice(2), [["four"], ["five"]]);
  },
);

Deno.test(
  "after a short round what waits goes out at once, and after a long one what is said later",
  none,
  () => {
    const scene = afterRound(7);
    scene.soon();
    assertEquals(scene.peers[0]?.rounds, [["one"], ["two"]]);
    scene.now = 100;
    for (const peer of scene.peers) peer.written();
    scene.say("three");
    scene.soon();
    assertEquals(scene.peers[0]?.rounds, [["one"], ["two"], ["three"]]);
    assertEquals(scene.pauses, []);
  },
);

Deno.test("what somebody did in several rooms goes out ahead of what is next", none, () => {
  const soon: Array<() => void> = [];
  const audiences = new Audiences({
    soon: (callback) => soon.push(callback),
    around: () => {},
    later: () => {},
    now: () => 0,
    pause: () => {},
  });
  const session = (peer: Peer, name: string): Session => new Session(peer, name, name, undefined);
  const [ann, bob] = [session(new HeldPeer(), "ann"), session(new HeldPeer(), "bob")];
  const peer = new HeldPeer();
  const listener = session(peer, "eve");
  for (const key of ["a", "b"]) audiences.open(key);
  for (const key of ["a", "b", "lobby"]) audiences.of(key)?.listen(listener);
  const say = (room: string, from: Session, text: string): void => {
    const message = { type: "message", room, seq: 1, from: from.name, at: "", text } as const;
    audiences.of(room)?.publish(message, from);
  };
  say("a", ann, "one");
  say("b", ann, "two");
  say("lobby", bob, "three");
  // Its room is closed, and it may be in the next one already.
  audiences.close("b");
  audiences.flush(ann);
  assertEquals(peer.rounds, [["one"], ["two"]]);
  for (const callback of soon.splice(0)) callback();
  assertEquals(peer.rounds, [["one"], ["two"], ["three"]]);
});
