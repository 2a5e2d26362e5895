/** Conversations of two people, in a house without sockets: what each is told, and finds. */

import { assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import type { HousePeer } from "./fixtures/house_peer.ts";
import { STILL_DATE } from "./fixtures/still.ts";
import { ackOf, directs, Talk, texts } from "./fixtures/talk.ts";

Deno.test("two who know conversations are told which, with whom, and the number in it", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  const ack = await talk.say(ann, "bob", "hi");
  await talk.say(bob, "ann", "hello");
  const [told] = directs(bob);
  const chat = told?.chat ?? "";
  assertEquals(told, {
    ...{ type: "direct", from: "ann", to: "bob", text: "hi", by: "id-of-ann" },
    ...{ at: new Date(STILL_DATE).toISOString(), n: 1, chat, with: "ann", seq: 1 },
  });
  assertEquals(typeof ack === "string" ? ack : [ack.chat, ack.seq, ack.away], [chat, 1, undefined]);
  const [answered] = directs(ann);
  assertEquals([answered?.chat, answered?.with, answered?.seq, answered?.n], [chat, "bob", 2, 1]);
});

Deno.test("a client of the first version sees what it saw, whoever it talks to", async () => {
  const talk = new Talk();
  const [ann, old] = [await talk.come("ann"), await talk.comeOld("bob")];
  await talk.say(ann, "bob", "one");
  await talk.say(ann, "bob", "two");
  const at = new Date(STILL_DATE).toISOString();
  assertEquals(directs(old), [
    { type: "direct", from: "ann", to: "bob", at, text: "one", n: 1 },
    { type: "direct", from: "ann", to: "bob", at, text: "two", n: 2 },
  ]);
  const ack = await talk.ask(old, { type: "direct", to: "ann", text: "yes", id: "1" });
  assertEquals(ack, { type: "ack", id: "1", at });
});

Deno.test("to an account that is away a message waits; to a name that nobody has it does not", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const ack = await talk.say(ann, "bob", "tomorrow");
  assertEquals(typeof ack === "string" ? ack : ack.away, true);
  assertEquals(await talk.say(ann, "nobody", "x"), "no-such-name");
  const bob = await talk.come("bob");
  const [ready] = bob.told;
  assertEquals(
    ready?.type === "ready" &&
      ready.chats?.map(({ with: name, last, unread }) => [name, last, unread]),
    [
      ["ann", 1, 1],
    ],
  );
  const chat = typeof ack === "string" ? "" : ack.chat ?? "";
  const page = await talk.ask(bob, { type: "history", chat });
  assertEquals(
    page.type === "page" && page.messages.map(({ room, text, with: name }) => [room, text, name]),
    [["", "tomorrow", "ann"]],
  );
});

Deno.test("a second device of either sees all, and what it has said elsewhere as its own", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const phone = await talk.come("ann");
  const bob = await talk.come("bob");
  await talk.say(ann, "bob", "from the desk");
  await talk.say(bob, "ann", "hello");
  await talk.say(phone, "bob", "from the phone");
  assertEquals(texts(ann), ["hello", "own from the phone"]);
  assertEquals(texts(phone), ["own from the desk", "hello"]);
  assertEquals(texts(bob), ["from the desk", "from the phone"]);
  // One's own leave no hole in the numbers of what others have said.
  assertEquals(directs(bob).map(({ n }) => n), [1, 2]);
  assertEquals(directs(phone).map(({ n }) => n), [undefined, 1]);
});

Deno.test("what one notes for oneself is on all one's devices, and counts for nobody", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const phone = await talk.come("ann");
  const ack = await talk.say(ann, "ann", "milk");
  assertEquals([typeof ack, texts(ann), texts(phone)], ["object", [], ["own milk"]]);
  const page = await talk.ask(phone, { type: "chats" });
  assertEquals(page.type === "chats" && page.chats.map(({ with: name }) => name), ["ann"]);
});

Deno.test("a conversation is found by its key, and by nobody else's devices", async () => {
  const talk = new Talk();
  const [ann, bob, cat] = [await talk.come("ann"), await talk.come("bob"), await talk.come("cat")];
  await talk.say(ann, "bob", "hi");
  const chat = directs(bob)[0]?.chat ?? "";
  assertEquals(ackOf(await talk.ask(bob, { type: "direct", chat, text: "ho" })), {
    ...{ type: "ack", id: "asked 2", at: new Date(STILL_DATE).toISOString(), chat, seq: 2 },
  });
  const refused = [
    await talk.ask(cat, { type: "direct", chat, text: "me too" }),
    await talk.ask(cat, { type: "history", chat }),
    await talk.ask(cat, { type: "search", chat, query: "hi" }),
    await talk.ask(cat, { type: "history", chat: "no such" }),
  ];
  assertEquals(refused.map(ackOf), Array(4).fill("no-such-chat"));
  const sentences = refused.map((event) => event.type === "error" ? event.text : "");
  assertEquals(new Set(sentences).size, 1, "the key is in none of them");
});

Deno.test("a search without a room looks through the conversations too, for who knows them", async () => {
  const talk = new Talk();
  const [ann, bob, cat] = [
    await talk.come("ann"),
    await talk.comeOld("bob"),
    await talk.come("cat"),
  ];
  await talk.say(ann, "bob", "mint tea");
  await talk.ask(ann, { type: "say", room: "lobby", text: "mint is green" });
  const found = async (peer: HousePeer): Promise<unknown> => {
    const page = await talk.ask(peer, { type: "search", query: "mint" });
    return page.type === "page" && page.messages.map(({ room, text, own }) => [room, text, own]);
  };
  const said = ["lobby", "mint is green", undefined];
  assertEquals(await found(ann), [said, ["", "mint tea", true]]);
  assertEquals(await found(bob), [said]);
  assertEquals(await found(cat), [said]);
  const first = await talk.ask(ann, { type: "search", query: "mint", limit: 1 });
  const cursor = first.type === "page" ? first.cursor ?? "" : "";
  const next = await talk.ask(ann, { type: "search", query: "mint", limit: 1, cursor });
  assertEquals(next.type === "page" && next.messages.map(({ text }) => text), ["mint tea"]);
});

Deno.test("nothing that others ask tells them of a conversation", async () => {
  const talk = new Talk();
  const [ann, bob, cat] = [await talk.come("ann"), await talk.come("bob"), await talk.come("cat")];
  await talk.say(ann, "bob", "our secret: @cat");
  const chat = directs(bob)[0]?.chat ?? "";
  cat.told.length = 0;
  const requests: Request[] = [
    ...[chat, "none"].flatMap((chat): Request[] => [
      { type: "history", chat },
      { type: "history", chat, before: 2, limit: 1 },
      { type: "search", query: "secret", chat },
      { type: "search", query: "secret", cursor: `1@ ${chat}` },
      { type: "read", chat, seq: 1 },
      { type: "direct", chat, text: "x" },
      { type: "direct", chat, text: "x", id: `once ${chat === "none"}` },
    ]),
    ...[{ type: "chats" }, { type: "missed" }, { type: "search", query: "secret" }] as const,
  ];
  const answers = [];
  for (const request of requests) {
    const { id: _, ...answer } = await talk.ask(cat, request);
    answers.push(
      JSON.parse(JSON.stringify(answer).replaceAll(JSON.stringify(chat).slice(1, -1), "none")),
    );
  }
  const half = (requests.length - 3) / 2;
  assertEquals(answers.slice(0, half), answers.slice(half, 2 * half));
  assertEquals(answers.slice(2 * half).map((each) => each.chats ?? each.messages), [[], [], []]);
});

Deno.test("the list of conversations comes in parts, the latest news first", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  for (const name of ["bob", "cat", "ann"]) {
    talk.now += 1_000;
    await talk.say(ann, name, "hi");
  }
  const first = await talk.ask(ann, { type: "chats", limit: 2 });
  if (first.type !== "chats") throw new Error("no list");
  const before = first.chats.at(-1)?.at ?? "";
  const rest = await talk.ask(ann, { type: "chats", limit: 2, before });
  const names = (event: Event): unknown =>
    event.type === "chats" && [event.chats.map(({ with: name }) => name), event.more];
  assertEquals([names(first), names(rest)], [[["ann", "cat"], true], [["bob"], false]]);
  assertEquals((await talk.ask(ann, { type: "chats", before: "soon" })).type, "error");
});
