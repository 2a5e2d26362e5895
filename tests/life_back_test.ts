/** What clients are told of edits, removals, reactions and pins who come back, or are new in a room. */

import { assertEquals } from "@std/assert";
import type { Request } from "../lib/wire/requests.ts";
import { told } from "./fixtures/life_told.ts";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";

const room = "lobby";

Deno.test("who comes back is told what was done, in order, and gets its own acks", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const say = (text: string): Request => ({ type: "say", room, text, id: text });
  await house.request(bob.peer, say("marmalade"));
  const { epoch } = house.index;
  const { session } = bob.peer;
  const request = { type: "revise", room, re: 1, text: "more marmalade", id: "edit" } as const;
  await house.request(bob.peer, request);
  house.gone(bob.peer, false);
  await ann.ask({ type: "react", room, re: 1, key: "👍" });
  await ann.ask({ type: "say", room, text: "jam" });
  const otto = await comes(house, "otto");
  await otto.ask({ type: "remove", room, re: 1 });
  const back = await comes(house, "bob", {
    session,
    resume: { epoch, seq: { lobby: 0 }, direct: 0 },
  });
  assertEquals(told(back), ["3 to 3 emptied", "4 ann: jam", "5 otto removed 1"]);
  const acks = back.take("ack").map(({ id, seq }) => [id, seq]);
  assertEquals(acks, [["marmalade", 1], ["edit", 2]]);
  assertEquals(JSON.stringify(back.peer.told).includes("marmalade"), false);
  const late = await comes(house, "carl", { scrollback: 50 });
  assertEquals(told(late), []);
});

Deno.test("what is emptied is told in runs, and what is removed with an empty text", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "say", room, text: "one" });
  for (const text of ["two", "three"]) await ann.ask({ type: "revise", room, re: 1, text });
  await ann.ask({ type: "remove", room, re: 1 });
  await ann.ask({ type: "join", room: "den" });
  const eve = await comes(house, "eve", {
    resume: { epoch: house.index.epoch, seq: { lobby: 0 } },
  });
  assertEquals(told(eve), ["1 ann: ", "2 to 3 emptied", "4 ann removed 1"]);
});

Deno.test("a client that is new in a room gets as many messages as it wants, however many reactions", async () => {
  const house = makeRoomHouse({ limits: { scrollback: 50 } });
  const ann = await comes(house, "ann");
  for (const text of ["one", "two", "three"]) await ann.ask({ type: "say", room, text });
  const otto = await comes(house, "otto");
  for (const key of "abcde") {
    for (const who of [ann, otto]) await who.ask({ type: "react", room, re: 3, key });
  }
  await ann.ask({ type: "say", room, text: "four" });
  const eve = await comes(house, "eve", { scrollback: 2 });
  const messages = eve.take("message").map(({ text }) => text);
  assertEquals(messages, ["three", "four"]);
  assertEquals(eve.take("reacted").length, 10);
  const zoe = await comes(house, "zoe", { room: "den" });
  await zoe.ask({ type: "join", room, scrollback: 3 });
  assertEquals(zoe.take("message").map(({ text }) => text), ["two", "three", "four"]);
});

Deno.test("a client from another epoch gets the last 1,000 messages, however many reactions", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  for (let n = 1; n <= 1_000; n++) {
    await house.request(ann.peer, { type: "say", room, text: `${n}` });
  }
  for (const key of "abcdefghij") await ann.ask({ type: "react", room, re: 1_000, key });
  const eve = await comes(house, "eve", { resume: { epoch: "other", seq: { lobby: 5 } } });
  assertEquals(eve.take("gap").map(({ from, to }) => [from, to]), [[6, null]]);
  assertEquals(eve.take("message").length, 1_000);
});

Deno.test("unread are messages, whatever was done about them", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  await ann.ask({ type: "say", room, text: "one" });
  await bob.ask({ type: "read", room, seq: 1 });
  for (const key of "abc") await ann.ask({ type: "react", room, re: 1, key });
  await ann.ask({ type: "say", room, text: "two" });
  assertEquals((await bob.ask({ type: "read", room, seq: 1 })).unread, 1);
  const beside = await comes(house, "bob");
  const [ready] = beside.take("ready");
  assertEquals([ready.rooms[0].unread, ready.rooms[0].last], [1, 5]);
});
