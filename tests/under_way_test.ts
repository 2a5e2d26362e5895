/** What is asked for while something else is on its way to the disk. */

import { assertEquals } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { LateLog } from "./fixtures/late_logs.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, STILL_LOG } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** A house on a disk that may be late, and people in it. */
async function late(
  ...names: string[]
): Promise<{ log: LateLog; house: House; people: Somebody[] }> {
  const log = keeping({ accounts: ACCOUNTS }, new LateLog(STILL_LOG));
  const house = makeRoomHouse({}, log);
  const people: Somebody[] = [];
  for (const name of names) people.push(await comes(house, name));
  return { log, house, people };
}

/** Lets requests go as far as they can without the disk. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test(
  "what is said in a room while it is removed is in no room of its name",
  none,
  async () => {
    const { log, people: [ann, olga, bob] } = await late("ann", "olga", "bob");
    if (ann === undefined || olga === undefined || bob === undefined) return;
    await ann.ask({ type: "join", room: "den", access: "invite" });
    await ann.ask({ type: "invite", room: "den", name: "olga" });
    log.isLate = true;
    const removed = olga.ask({ type: "room", room: "den", remove: true });
    await turn();
    assertEquals(await ann.code({ type: "say", room: "den", text: "for us" }), "no-such-room");
    assertEquals(await ann.code({ type: "topic", room: "den", text: "for us" }), "no-such-room");
    log.catchUp();
    assertEquals((await removed).removed, true);
    await bob.ask({ type: "join", room: "den" });
    assertEquals((await bob.ask({ type: "history", room: "den" })).messages, []);
    assertEquals((await bob.ask({ type: "topic", room: "den" })).text, "");
    assertEquals(await bob.code({ type: "say", room: "den", text: "for all" }), "ack");
  },
);

Deno.test("a room that is set while one leaves it stays left", none, async () => {
  const { log, house, people: [ann] } = await late("ann");
  if (ann === undefined) return;
  await ann.ask({ type: "join", room: "den" });
  log.isLate = true;
  const set = ann.ask({ type: "settings", notify: { den: "none" } });
  await turn();
  assertEquals(await ann.code({ type: "leave", room: "den" }), "left");
  log.catchUp();
  await set;
  assertEquals([...house.state.lists.of("id of ann").keys()], ["room lobby"]);
});

Deno.test(
  "a conversation of others is refused when one that is not there would be",
  none,
  async () => {
    const { log, house, people: [ann, , carl] } = await late("ann", "bob", "carl");
    if (ann === undefined || carl === undefined) return;
    const { chat } = await ann.ask({ type: "direct", to: "bob", text: "hi" });
    log.isLate = true;
    for (const key of [chat, "nothing"]) {
      let code = "";
      try {
        house.request(carl.peer, { type: "direct", chat: key, text: "x", id: "1" });
      } catch (error) {
        if (error instanceof Refusal) ({ code } = error);
      }
      assertEquals([key, code, log.waiting], [key, "no-such-chat", 0]);
    }
  },
);

Deno.test("what several devices say at once is unanswered together", none, async () => {
  const { log, people } = await late("ann", "ann", "ann", "bob");
  const [first, , , bob] = people;
  if (first === undefined || bob === undefined) return;
  await first.ask({ type: "direct", to: "bob", text: "hi" });
  log.isLate = true;
  const said: Array<Promise<unknown>> = [];
  for (const device of people.slice(0, 3)) {
    for (let count = 0; count < 10; count++) {
      said.push(device.ask({ type: "direct", to: "bob", text: "hi" }));
    }
  }
  await turn();
  log.catchUp();
  await Promise.all(said);
  assertEquals(bob.take("direct").length, 20);
});
