/** An IRC client that says QUIT while it is told something: what it may not have read any more it is told again. */

import { assert, assertEquals } from "@std/assert";
import { Told, type ToldTimes } from "../lib/irc/told.ts";
import { ToldPlaces } from "../lib/irc/told_places.ts";
import { ann, quit, startDen } from "./fixtures/ann_by_irc.ts";

/** A connection that was told something in `#den` each time that its clock was set. */
class Line {
  readonly places = new ToldPlaces();
  readonly told: Told;
  readonly words: string[] = [];
  now = 0;

  constructor(times: Partial<ToldTimes> = {}) {
    this.told = new Told(
      this.places,
      {
        ...{ ping: (word) => void this.words.push(word), onHeard: () => {} },
        ...{ onMoved: () => {}, onEnd: () => {} },
      },
      times,
      () => this.now,
    );
  }

  tell(at: number, seq: number, key = "#den"): this {
    this.now = at;
    this.told.note(key, seq);
    return this;
  }

  /** How far it has got when it says QUIT then, and its side ends in good order. */
  quit(at: number): number | undefined {
    this.now = at;
    this.told.leaving(at);
    this.told.note("#den", 100);
    this.told.end(true);
    return this.places.in({ room: "den" });
  }
}

Deno.test("irc: nothing that a client is told after its QUIT counts as got, nor what was on its way to it then", () => {
  for (
    const tookMs of [undefined, 0, 200]
  ) {
    for (const [ago, reached] of [[301, 4], [299, 3]] as const) {
      const line = new Line();
      line.places.tookMs = tookMs;
      line.tell(1_000, 3).tell(2_000 - ago, 4);
      assertEquals(line.quit(2_000), reached, `${tookMs} ms, ${ago} ms ago`);
    }
  }
});

Deno.test("irc: what was on its way when a client says QUIT is told again also where it was asked meanwhile", () => {
  const line = new Line({ askMs: 0 });
  line.places.tookMs = 0;
  line.tell(900, 2).told.sweep(901);
  line.told.answered(line.words[0]);
  line.tell(1_000, 3).tell(1_980, 4);
  line.told.sweep(1_990);
  assertEquals(line.words.length, 2);
  line.tell(1_991, 5);
  assertEquals(line.quit(2_000), 3);
  // Of what it has answered for, nothing is.
  const answered = new Line({ askMs: 0 });
  answered.tell(1_000, 3);
  answered.tell(1_980, 4);
  answered.told.sweep(1_985);
  answered.now = 1_990;
  answered.told.answered(answered.words[0]);
  answered.tell(1_995, 5);
  assertEquals(answered.quit(2_000), 4);
});

Deno.test("irc: who has not answered on a connection has read nothing of what it was told first there", () => {
  for (const answers of [true, false]) {
    const line = new Line();
    line.places.tookMs = 5;
    // So much is asked for in the midst of it, and once.
    line.tell(1_000, 3).told.toldLines(99);
    assertEquals(line.words.length, 0);
    line.tell(1_001, 4).told.toldLines(1);
    assertEquals(line.words.length, 1);
    line.tell(1_002, 5).told.toldLines(200);
    assertEquals(line.words.length, 1);
    line.now = 1_010;
    if (answers) line.told.answered(line.words[0]);
    assertEquals(line.quit(1_301), answers ? 4 : undefined);
  }
});

Deno.test("irc: what was on its way when a client says QUIT is told again however much that is, and wherever", () => {
  for (const places of [1, 7, 500]) {
    const line = new Line();
    const keys = Array.from({ length: places }, (_, n) => n === 0 ? "#den" : `#r${n}`);
    for (const key of keys) line.tell(500, 1, key);
    for (let n = 0; n < 3_000; n++) {
      line.tell(1_000 + n / 3, 2 + n, keys[n % places]);
    }
    const to = line.quit(2_000) ?? 0;
    // What was told 300 ms before, or somewhat less: never more.
    const last = 2 + 2_100;
    assert(to <= last && to > last - 900, `${places}: ${to}`);
    for (const key of keys.slice(1)) {
      assert((line.places.in({ room: key.slice(1) }) ?? 0) <= last, key);
    }
  }
});

Deno.test("irc: who has waited for long to be read when it says QUIT is told again all that it has not answered for", () => {
  const line = new Line();
  line.tell(1_000, 3).tell(2_000, 4);
  line.now = 9_000;
  line.told.leaving(2_500);
  line.told.end(true);
  assertEquals(line.places.in({ room: "den" }), undefined);
});

Deno.test("irc: a client that says QUIT in the middle of a burst has missed nothing when it comes again", async () => {
  // However busy this machine is, what it is told here is on its way.
  await using server = await startDen({ crossMs: 60_000 });
  using _page = server.page;
  const { bob } = server;
  using _bob = bob;
  const texts = Array.from({ length: 30 }, (_, n) => `text ${n}`);
  const says = (from: number, to: number): Promise<unknown> =>
    bob.ask(...texts.slice(from, to).map((text) => `PRIVMSG #den :${text}`));
  const { peer } = await ann(server);
  await quit(peer);
  const bursts = (await ann(server)).peer;
  await says(0, 15);
  await bursts.until(/text 4$/);
  await bursts.send("QUIT");
  await says(15, 30);
  // It reads nothing more, but for the end of its line.
  await bursts.rest();
  bursts[Symbol.dispose]();
  const again = await ann(server);
  assertEquals(again.told.slice(-25), texts.slice(5));
  await quit(again.peer);
});
