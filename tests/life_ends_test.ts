/** What becomes of messages where something around them begins or ends: conversations, accounts, files. */

import { assertEquals } from "@std/assert";
import type { EventOf } from "../lib/wire/events.ts";
import { tellCommand } from "../lib/words/commands/table.js";
import { accountOf, ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping, stillLog } from "./fixtures/still.ts";

Deno.test("an answer to nothing begins no conversation", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await comes(house, "bob");
  await comes(house, "guest");
  for (const to of ["bob", "guest", "carl"]) {
    const answer = await ann.ask({ type: "direct", to, text: "yes", re: 1 });
    assertEquals([answer.code, answer.text.slice(0, 26)], [
      "no-such-message",
      `There is no message 1 in ${to}`.slice(0, 26),
    ]);
  }
  assertEquals(
    await ann.code({ type: "direct", to: "nobody", text: "yes", re: 1 }),
    "no-such-name",
  );
  assertEquals(house.state.chats.size, 0);
  // Nor does it count as one of those that somebody may begin in an hour.
  const { seq, chat } = await ann.ask({ type: "direct", to: "bob", text: "lunch?" });
  assertEquals(house.state.chats.size, 1);
  assertEquals((await ann.ask({ type: "direct", to: "bob", text: "or tea?", re: seq })).chat, chat);
});

Deno.test("whoever counts direct messages is told when it comes back which of them were edited", async () => {
  const time = { now: 1_000_000 };
  const date = (): number => time.now;
  const house = makeRoomHouse({ date }, keeping({ accounts: ACCOUNTS }, stillLog({ now: date })));
  const ann = await comes(house, "ann");
  const old = await comes(house, "eve", { features: [] });
  const { chat } = await ann.ask({ type: "direct", to: "eve", text: "one" });
  const says = (text: string): Promise<unknown> => ann.ask({ type: "direct", chat, text });
  const edits = (re: number, text: string): Promise<unknown> =>
    ann.ask({ type: "revise", chat, re, text });
  await says("two");
  await says("three");
  time.now += 3_600_000;
  await edits(1, "heard");
  time.now += 3_600_000;
  house.gone(old.peer, false);
  time.now += 60_000;
  await edits(2, "TWO");
  await says("four");
  await edits(3, "THREE");
  await edits(6, "FOUR");
  await edits(2, "Two");
  const back = async (direct: number): Promise<Somebody> =>
    await comes(house, "eve", {
      features: [],
      session: old.peer.session || "",
      resume: { epoch: house.index.epoch, seq: {}, direct },
    });
  time.now += 60_000;
  const again = await back(3);
  assertEquals(again.take("direct").map(({ text, n }) => [text, n]), [["FOUR", 4]]);
  assertEquals(again.take("notice").map(({ text }) => text), [
    ...["ann (to you): * THREE", "ann (to you): * Two"],
  ]);
  // From now on it hears of them as they come, and not once more.
  await edits(6, "Four");
  assertEquals(again.take("notice").map(({ text }) => text), ["ann (to you): * Four"]);
  time.now += 600_000;
  house.gone(again.peer, false);
  time.now += 600_000;
  assertEquals((await back(4)).take("notice"), []);
});

Deno.test("reactions of an account that was given back stay, and are nobody's, whoever has the name", async () => {
  const house = makeRoomHouse({}, keeping({ accounts: [accountOf("olga", "owner")] }));
  const password = "a long password";
  const room = "lobby";
  const olga = await comes(house, "olga");
  await olga.ask({ type: "say", room, text: "lunch?" });
  const zoe = await comes(house, "zoe");
  await zoe.ask({ type: "register", password });
  const react = { type: "react", room, re: 1, key: "👍" } as const;
  const given = await zoe.ask(react);
  const shown = async (who: Somebody): Promise<unknown> => {
    const { messages: [{ reactions }] } = await who.ask({ type: "history", room });
    return [reactions, (await who.ask({ type: "reactions", room, re: 1 })).reactions];
  };
  const mine = [{ key: "👍", count: 1, mine: true }];
  assertEquals(await shown(zoe), [mine, [{ key: "👍", count: 1, names: ["zoe"] }]]);
  await zoe.ask({ type: "unregister" });
  const gone = [{ key: "👍", count: 1, names: [], gone: ["zoe"] }];
  assertEquals(await shown(zoe), [[{ key: "👍", count: 1 }], gone]);
  house.gone(zoe.peer, true);
  const other = await comes(house, "zoe", {}, { address: "192.0.2.9" });
  await other.ask({ type: "register", password });
  assertEquals(await shown(other), [[{ key: "👍", count: 1 }], gone]);
  // Neither can the next owner take it back, nor is it in the way of one of their own.
  assertEquals((await other.ask({ ...react, off: true })).seq, 1);
  assertEquals(await shown(other), [[{ key: "👍", count: 1 }], gone]);
  assertEquals((await other.ask(react)).seq, given.seq + 1);
  assertEquals(await shown(other), [
    [{ key: "👍", count: 2, mine: true }],
    [{ key: "👍", count: 2, names: ["zoe"], gone: ["zoe"] }],
  ]);
  assertEquals(tellCommand({ type: "reactions", re: 1, room, ...await reactionsOf(other) }), [
    "👍 zoe, zoe (gone)",
  ]);
});

async function reactionsOf(who: Somebody): Promise<Pick<EventOf<"reactions">, "reactions">> {
  const { reactions } = await who.ask({ type: "reactions", room: "lobby", re: 1 });
  return { reactions };
}
