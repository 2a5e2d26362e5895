/** A refusal that says when the same may be granted says the same time to people and to programs. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import { Quota } from "../lib/chat/limits/quota.ts";
import { Attempts } from "../lib/chat/people/attempts.ts";
import { Keeper } from "../lib/chat/people/keeper.ts";
import { People } from "../lib/chat/people/people.ts";
import { Refusal, spanText } from "../lib/chat/refusal.ts";
import { comeIn } from "./fixtures/house_peer.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";
import { still, stillLog } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

/** Throws unless the text says `retryAfterMs`, rounded up to its unit. */
function saysSame({ text, retryAfterMs = 0 }: { text: string; retryAfterMs?: number }): void {
  assertMatch(text, /; try again in \d+ (s|min|h)$/);
  const [, count, unit = ""] = /(\d+) (\w+)$/.exec(text) ?? [];
  const said = Number(count) * (UNITS[unit] ?? NaN);
  const isSame = said >= retryAfterMs && said - retryAfterMs < (UNITS[unit] ?? 0);
  assert(isSame && retryAfterMs > 0, `"${text}" with ${retryAfterMs} ms`);
}

/** Does the same until it is refused. */
function untilRefused(work: () => void): { text: string; retryAfterMs: number } {
  const refused = assertThrows(() => {
    for (let n = 0; n < 10_000; n++) work();
  }, Refusal);
  return { text: refused.message, retryAfterMs: refused.retryAfterMs ?? 0 };
}

Deno.test("a span is said in its unit, rounded up", none, () => {
  const spans: readonly [ms: number, text: string][] = [
    [1, "1 s"],
    [1_000.0001, "1 s"],
    [1_001, "2 s"],
    [60_000, "60 s"],
    [90_001, "2 min"],
    [15 * 60_000, "15 min"],
    [59 * 60_000 + 1, "1 h"],
    [90 * 60_000, "90 min"],
    [24 * 3_600_000, "24 h"],
  ];
  for (const [ms, text] of spans) assertEquals(spanText(ms), text, `${ms}`);
});

Deno.test("who has used up a quota is told when there is more of it", none, () => {
  for (const perHour of [1, 7, 10, 600]) {
    let now = 0;
    const quota = new Quota(() => perHour);
    const told = untilRefused(() => quota.spend("a", now += 3, "Enough"));
    saysSame(told);
    now += told.retryAfterMs;
    quota.spend("a", now, "Enough");
  }
  const attempts = new Attempts(() => 0);
  saysSame(untilRefused(() => {
    attempts.check("a");
    attempts.failed("a");
  }));
});

Deno.test("who has reserved many names is told when there is one again", none, () => {
  for (const registrationsPerHour of [1, 10, 40]) {
    const keeper = new Keeper({
      people: new People(() => 0),
      passwords: PLAIN_PASSWORDS,
      sessionOf: () => undefined,
      now: () => 0,
      registrationsPerHour: () => registrationsPerHour,
    });
    saysSame(untilRefused(() => keeper.countRegistration("192.0.2.1")));
  }
});

Deno.test("who has opened many rooms is told when there is one again", none, async () => {
  const house = new House({ ...still(), factLog: stillLog(), limits: { newRoomsPerHour: 10 } });
  const ann = await comeIn(house, { name: "ann" }, { address: "192.0.2.1" });
  let count = 0;
  saysSame(untilRefused(() => {
    const room = `r${count++}`;
    house.request(ann, { type: "join", room });
    house.request(ann, { type: "leave", room });
  }));
});

Deno.test("who speaks in a slow room is told when the next message may follow", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann", { room: "den" });
  assertEquals(await ann.code({ type: "room", room: "den", slow: 300 }), "room");
  const old = await comes(house, "old", { room: "den" });
  await old.ask({ type: "say", room: "den", text: "one" });
  const refused = await old.ask({ type: "say", room: "den", text: "two" });
  assertEquals(refused.code, "try-later");
  saysSame(refused);
});
