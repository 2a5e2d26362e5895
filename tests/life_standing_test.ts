/** Whoever comes, or comes back, is told what stands of what was done about messages, and not all that was. */

import { assertEquals } from "@std/assert";
import { type Foldable, foldEntry, type LifeEvent } from "../lib/words/fold.js";
import { LocalLog } from "../lib/store/local_log.ts";
import { joinEvent, type Json, type RawPeer, startServer } from "./helpers.ts";
import { CHEAP, LOGIN } from "./fixtures/guests.ts";
import { makeDir } from "./fixtures/stored_server.ts";

/** As often as one person may change a reaction. */
const TOGGLES = 20;
const FAST = { requestsPerSecond: 100_000, roomMessagesPerSecond: 100_000 };
const LIFE = { features: ["life", "people"] };

/** Events until the ack of a message that is said now. */
async function told(peer: RawPeer, text: string): Promise<Json[]> {
  const events: Json[] = [];
  await peer.tell({ type: "say", room: "lobby", text, id: text });
  for (;;) {
    const event = await peer.takeEvent();
    if (event.type === "ack" && event.id === text) return events;
    events.push(event);
  }
}

for (const where of ["in memory", "on disk", "on disk, where nothing is in memory"]) {
  Deno.test(`what was done and undone is told to nobody who comes later, ${where}`, async () => {
    await using dir = await makeDir();
    const small = where.endsWith("memory") && where.startsWith("on") ? { maxBytes: 0 } : {};
    await using log = where === "in memory"
      ? undefined
      : await LocalLog.open({ dir: dir.path, durability: "normal", ...small });
    await using server = startServer({
      passwords: CHEAP,
      limits: { ...FAST, scrollback: 50 },
      ...(log === undefined ? {} : { factLog: log }),
    });
    using ann = await joinEvent(server, "ann", LIFE);
    using bob = await joinEvent(server, "bob", LIFE);
    // Guests of one address would be one person to reactions.
    for (const peer of [ann, bob]) await peer.ask({ type: "register", password: LOGIN });
    for (let n = 1; n <= 3; n++) await ann.ask({ type: "say", room: "lobby", text: `no. ${n}` });
    await bob.ask({ type: "react", room: "lobby", re: 1, key: "👍" });
    await ann.ask({ type: "revise", room: "lobby", re: 2, text: "once" });
    await ann.ask({ type: "revise", room: "lobby", re: 2, text: "twice" });
    // Who leaves here has seen all of it: numbers up to 6.
    const { epoch } = ann.welcome;
    for (let n = 0; n < TOGGLES; n++) {
      const off = n % 2 === 1;
      await ann.ask({ type: "react", room: "lobby", re: 1, key: "👍", off });
    }
    await ann.ask({ type: "react", room: "lobby", re: 3, key: "🎉" });

    using carl = await joinEvent(server, "carl", LIFE);
    const seen = await told(carl, "carl is here");
    assertEquals(
      seen.filter(({ type }) => type !== "joined").map(({ type, seq, count, text, from, to }) => {
        return [type, seq ?? from, ...[count, text, to].filter((each) => each !== undefined)];
      }),
      [
        ["message", 1, "no. 1"],
        ["message", 2, "twice"],
        ["message", 3, "no. 3"],
        ["reacted", 4, 1],
        ["emptied", 5, 5],
        ["revised", 6, "twice"],
        ["emptied", 7, 5 + TOGGLES],
        ["reacted", 6 + TOGGLES, 1],
        ["reacted", 7 + TOGGLES, 1],
      ].map((each) => each[0] === "emptied" ? ["emptied", each[1], each[2]] : each),
    );

    const seq = { lobby: 7 };
    using dora = await joinEvent(server, "dora", { ...LIFE, resume: { epoch, seq } });
    const missed = (await told(dora, "dora is back")).filter(({ type }) => type === "reacted");
    // What she has in view is of 7, when there were two: ann has taken hers back since.
    const view: Foldable = {
      ...{ seq: 1, text: "no. 1", upTo: 7 },
      reactions: [{ key: "👍", count: 2 }],
    };
    const now = missed.reduce<Foldable>(
      (message, event) => foldEntry(message, event as LifeEvent),
      view,
    );
    assertEquals(now.reactions, [{ key: "👍", count: 1 }]);
  });
}
