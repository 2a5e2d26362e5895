/** Members who have stopped reading, beside those who read. */

import { assert, assertEquals } from "@std/assert";
import type { Server } from "../lib/server/serve.ts";
import { eventFrame, joinClassic, joinEvent, type RawPeer, startServer, until } from "./helpers.ts";

/** How many read, and how many do not; `deno task bench:hostile` has 500 of each. */
const HALF = 100;

/** Hears everything, and answers what a client must. */
class Reader {
  readonly texts: string[] = [];
  readonly #reading: Promise<void>;
  readonly #peer: RawPeer;

  constructor(peer: RawPeer) {
    this.#peer = peer;
    this.#reading = this.#read().catch(() => {});
  }

  async close(): Promise<void> {
    this.#peer[Symbol.dispose]();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for (;;) {
      const { type, text } = await this.#peer.takeEvent();
      if (type === "message") this.texts.push(text);
      else if (type === "ping") await this.#peer.send(eventFrame({ type: "pong" }));
    }
  }
}

/** How often who says nothing is asked whether they are there, in ms. */
const PING_MS = 500;

/** Counts the writes that were to wait for all others. */
function countLast({ host: { shared: { gate } } }: Server): () => number {
  let count = 0;
  const enterLast = gate.enterLast.bind(gate);
  gate.enterLast = (waiting) => {
    count++;
    enterLast(waiting);
  };
  return () => count;
}

Deno.test("half of the members stalled: the others hear everything, in order, and first", async () => {
  // Long enough for those who read to answer while this process, which they share, is busy.
  await using server = startServer({ limits: { pingMs: PING_MS, scrollback: 0 }, sweepMs: 20 });
  const last = countLast(server);
  using talker = await joinClassic(server, "talker");
  const peers: RawPeer[] = [];
  for (let i = 0; i < HALF * 2; i++) peers.push(await joinEvent(server, `member ${i}`));
  const readers = peers.filter((_, i) => i % 2 === 1).map((peer) => new Reader(peer));
  const texts: string[] = [];
  const say = async (text: string): Promise<void> => {
    texts.push(text);
    await talker.send(`${text.length}`.padEnd(10) + text);
  };
  for (let i = 0; last() === 0; i++) {
    assert(i < 1_000, "nobody came last who left pings unanswered");
    await say(`message ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const before = last();
  const began = performance.now();
  await say("to those who read, and last to those who do not");
  await until(
    "the last word",
    () => readers.every((reader) => reader.texts.length === texts.length),
  );
  for (const reader of readers) assertEquals(reader.texts, texts);
  // One for each who stalls, and one for each ping that came due meanwhile.
  const most = HALF * (2 + Math.floor((performance.now() - began) / PING_MS));
  assert(
    last() - before <= most,
    `${last() - before} writes were last, of ${HALF} stalled members`,
  );
  assertEquals(server.connections, HALF * 2 + 1);
  for (const peer of peers) peer[Symbol.dispose]();
  await Promise.all(readers.map((reader) => reader.close()));
  await until("every end", () => server.connections === 1);
});

Deno.test("a member that reads again after a pause has everything, in order", async () => {
  await using server = startServer({ limits: { pingMs: 100, scrollback: 0 }, sweepMs: 20 });
  const last = countLast(server);
  using talker = await joinClassic(server, "talker");
  using sleepy = await joinEvent(server, "sleepy");
  const texts: string[] = [];
  while (last() < 5) {
    const text = `message ${texts.length}`;
    texts.push(text);
    await talker.send(`${text.length}`.padEnd(10) + text);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert(texts.length < 1_000, "it never came last");
  }
  const reader = new Reader(sleepy);
  await until("all that was said", () => reader.texts.length === texts.length);
  assertEquals(reader.texts, texts);
  const then = last();
  await until("its pong", () => server.connections === 2);
  await talker.send("4         more");
  await until("more", () => reader.texts.length > texts.length);
  assert(last() <= then + 1, "it still comes last");
  await reader.close();
});
