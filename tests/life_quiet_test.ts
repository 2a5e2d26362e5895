/** Edits, reactions and reasons of removals stay away where a message would. */

import { assertEquals } from "@std/assert";
import type { Request } from "../lib/wire/requests.ts";
import { DEFAULT_LIMITS } from "../lib/chat/house_limits.ts";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";

const room = "lobby";

Deno.test("edits count as unanswered messages, and nothing new is said by them or by reactions", async () => {
  const house = makeRoomHouse({ limits: { ...DEFAULT_LIMITS, unansweredDirects: 4 } });
  const ann = await comes(house, "ann");
  const mal = await comes(house, "mal");
  const { chat } = await mal.ask({ type: "direct", to: "ann", text: "one" });
  await mal.ask({ type: "direct", chat, text: "two" });
  const revise = (text: string): Request => ({ type: "revise", chat, re: 1, text });
  const react = (off?: boolean): Request => ({
    ...{ type: "react", chat, re: 2, key: "👍" },
    ...(off ? { off } : {}),
  });
  assertEquals(await mal.code(react()), "ack");
  const answers: string[] = [];
  for (const text of ["a", "b", "c"]) answers.push(await mal.code(revise(text)));
  assertEquals(answers, ["ack", "ack", "too-many-unanswered"]);
  assertEquals(await mal.code({ type: "direct", chat, text: "three" }), "too-many-unanswered");
  assertEquals(await mal.code(react(true)), "ack", "what is taken back goes");
  assertEquals(await mal.code(react()), "too-many-unanswered");
  const told = ann.take("revised").length + ann.take("reacted").length;
  assertEquals(told, 4);
  // Her own edit is no answer, but what she says is.
  assertEquals(await ann.code({ type: "direct", chat, text: "yes?" }), "ack");
  assertEquals(await mal.code(revise("d")), "ack");
  assertEquals(await ann.code({ type: "revise", chat, re: 7, text: "yes!" }), "ack");
  for (const text of ["e", "f", "g"]) assertEquals(await mal.code(revise(text)), "ack");
  assertEquals(await mal.code(revise("h")), "too-many-unanswered");
});

Deno.test("an edit that was the last is acked again under its id", async () => {
  const house = makeRoomHouse({ limits: { ...DEFAULT_LIMITS, unansweredDirects: 2 } });
  await comes(house, "ann");
  const mal = await comes(house, "mal");
  const { chat } = await mal.ask({ type: "direct", to: "ann", text: "one" });
  const edit = { type: "revise", chat, re: 1, text: "won", id: "last" } as const;
  for (let i = 0; i < 2; i++) await house.request(mal.peer, edit);
  await house.request(mal.peer, { ...edit, id: "more" });
  const acks = mal.take("ack").filter(({ id }) => id === "last").map(({ seq }) => seq);
  assertEquals(acks, [2, 2]);
  assertEquals(mal.take("error").map(({ id, code }) => [id, code]), [[
    ...["more", "too-many-unanswered"],
  ]]);
});

Deno.test("the reason of a removal is refused as a message would be, and the removal is not", async () => {
  const house = makeRoomHouse({ limits: { ...DEFAULT_LIMITS, unansweredDirects: 2 } });
  const olga = await comes(house, "olga");
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const reason = "you will read this";
  for (const text of ["1", "2", "3", "4"]) await bob.ask({ type: "say", room, text });
  const remove = async (re: number): Promise<string[]> => [
    await bob.code({ type: "remove", room, re, reason }),
    await bob.code({ type: "remove", room, re }),
  ];
  await olga.ask({ type: "room", room, quiet: true });
  assertEquals(await remove(1), ["not-allowed", "ack"]);
  await olga.ask({ type: "room", room, quiet: false, slow: 60 });
  assertEquals(await bob.code({ type: "remove", room, re: 2, reason }), "ack");
  assertEquals(await remove(3), ["try-later", "ack"]);
  assertEquals(await bob.code({ type: "say", room, text: "5" }), "try-later");
  assertEquals(await olga.code({ type: "remove", room, re: 4, reason }), "ack");

  const { chat } = await bob.ask({ type: "direct", to: "ann", text: "1" });
  await bob.ask({ type: "direct", chat, text: "2" });
  const refused = await bob.ask({ type: "remove", chat, re: 1, reason });
  assertEquals(refused.code, "too-many-unanswered");
  assertEquals(refused.text.endsWith("; remove it without a reason"), true);
  await ann.ask({ type: "block", name: "bob" });
  assertEquals(await bob.code({ type: "remove", chat, re: 1, reason }), "blocked");
  assertEquals(await bob.code({ type: "remove", chat, re: 1 }), "ack");
  assertEquals(ann.take("removed").map(({ re, reason }) => [re, reason]), [
    ...[[1, undefined], [2, reason], [3, undefined], [4, reason], [1, undefined]],
  ]);
});
