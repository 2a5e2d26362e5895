/** However much is pinned or given to messages, what tells of it fits an event. */

import { assert, assertEquals } from "@std/assert";
import { MAX_KEYS, MAX_OWN_KEYS } from "../lib/chat/log/judge_life.ts";
import type { Event } from "../lib/wire/events.ts";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";

const none = { permissions: "none" } as const;
const room = "lobby";
/** A list has 262,144 bytes at most, and a page 65,536 UTF-16 code units, each of 6 bytes at most. */
const MOST_LIST_BYTES = 270_000;
const MOST_PAGE_BYTES = 450_000;
/** Skin tones, of which the longest reactions differ in two. */
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"] as const;

function bytesOf(event: Event): number {
  return new TextEncoder().encode(JSON.stringify(event)).length;
}

/** Different reactions, as long as they may be. */
function keys(): string[] {
  const kisses = TONES.flatMap((one) => TONES.map((other) => `👩${one}‍❤️‍💋‍👨${other}`));
  return kisses.slice(0, MAX_KEYS);
}

Deno.test(
  "of long pinned messages those come that were pinned last, and there are more",
  none,
  async () => {
    const house = makeRoomHouse();
    const otto = await comes(house, "otto");
    for (let seq = 1; seq <= 20; seq++) {
      await otto.ask({ type: "say", room, text: `${seq} ${"x".repeat(20_000)}` });
    }
    for (let re = 1; re <= 20; re++) {
      assertEquals(await otto.code({ type: "pin", room, re }), "ack");
    }
    const page = await otto.ask({ type: "pins", room });
    assertEquals(page.messages.map(({ seq }: { seq: number }) => seq), [18, 19, 20]);
    assertEquals(page.more, true);
  },
);

Deno.test(
  "a page with as many and as long reactions as there may be is no larger than others",
  none,
  async () => {
    const house = makeRoomHouse();
    const ann = await comes(house, "ann");
    const guests: Somebody[] = [];
    for (let n = 0; n * MAX_OWN_KEYS < MAX_KEYS; n++) {
      guests.push(await comes(house, `guest ${n}`, {}, { address: `192.0.2.${n}` }));
    }
    for (let re = 1; re <= 150; re++) await ann.ask({ type: "say", room, text: "hi" });
    for (let re = 1; re <= 150; re++) {
      for (const [n, key] of keys().entries()) {
        const { peer } = guests[Math.floor(n / MAX_OWN_KEYS)] as Somebody;
        await house.request(peer, { type: "react", room, re, key });
      }
    }
    for (
      const request of [{ type: "history", room }, { type: "search", room, query: "hi" }] as const
    ) {
      const page = await ann.ask({ ...request, limit: 200 });
      assert(bytesOf(page as Event) < MOST_PAGE_BYTES, `${bytesOf(page as Event)} bytes`);
      assert(page.messages.length > 20, `only ${page.messages.length}`);
      assertEquals(page.more, true);
    }
  },
);

Deno.test("a list of who has given which reaction is no larger than others", none, async () => {
  const house = makeRoomHouse();
  const people = await Promise.all(
    Array.from({ length: 100 }, (_, n) => {
      return comes(house, `${n}${"\u0915\u0941".repeat(30)}`, {}, { address: `192.0.2.${n}` });
    }),
  );
  const [ann] = people;
  assert(ann !== undefined);
  await ann.ask({ type: "say", room, text: "hi" });
  for (const [n, each] of people.entries()) {
    for (const key of keys().slice(0, 1 + n % MAX_OWN_KEYS)) {
      await house.request(each.peer, { type: "react", room, re: 1, key });
    }
  }
  const told = await ann.ask({ type: "reactions", room, re: 1 });
  assertEquals(told.reactions[0].count, 100);
  assert(bytesOf(told as Event) < MOST_LIST_BYTES, `${bytesOf(told as Event)} bytes`);
});
