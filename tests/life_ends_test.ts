/** What becomes of messages where something around them begins or ends: conversations, accounts, files. */

import { assertEquals } from "@std/assert";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";

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
