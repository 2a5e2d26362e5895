/** What becomes of messages where something around them begins or ends: conversations, accounts, files. */

import { assertEquals } from "@std/assert";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
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
