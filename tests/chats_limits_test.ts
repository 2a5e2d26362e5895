/** How much one may write to others, and whom one does not want to hear. */

import { assertEquals } from "@std/assert";
import { ackOf, Talk, texts } from "./fixtures/talk.ts";
import { joinEvent, startServer } from "./helpers.ts";

Deno.test("20 messages may be unanswered; sent again, what was stored gets its first ack", async () => {
  const talk = new Talk({ unansweredDirects: 3 });
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  const first = await talk.ask(ann, { type: "direct", to: "bob", text: "1", id: "first" });
  for (const text of ["2", "3"]) await talk.say(ann, "bob", text);
  assertEquals(await talk.say(ann, "bob", "4"), "too-many-unanswered");
  ann.told.length = 0;
  const again = await talk.ask(ann, { type: "direct", to: "bob", text: "1", id: "first" });
  assertEquals(again, first);
  await talk.say(bob, "ann", "enough");
  assertEquals(typeof await talk.say(ann, "bob", "4"), "object");
  assertEquals(texts(bob), ["1", "2", "3", "4"]);
});

Deno.test("an answer to a question answers all that was said before it in a conversation", async () => {
  await using server = startServer({ limits: { unansweredDirects: 2 } });
  const knows = { features: ["people", "life", "ask"] };
  using bot = await joinEvent(server, "bot", knows);
  using bob = await joinEvent(server, "bob", knows);
  for (let n = 0; n < 5; n++) {
    const ack = await bot.ask({
      type: "direct",
      to: "bob",
      text: `${n}?`,
      ask: { choices: ["yes"] },
    });
    assertEquals(ack.type, "ack", `question ${n}`);
    const { chat, seq: re } = await bob.takeType("direct");
    assertEquals((await bob.ask({ type: "answer", chat, re, choice: "yes" })).type, "ack");
  }
});

Deno.test("so many conversations may be begun in an hour, by an account wherever it is", async () => {
  const talk = new Talk({ newChatsPerHour: 2 });
  const address = "192.0.2.7";
  const ann = await talk.come("ann", {}, { address });
  const guest = await talk.come("guest", {}, { address });
  assertEquals(typeof await talk.say(ann, "bob", "hi"), "object");
  assertEquals(typeof await talk.say(ann, "cat", "hi"), "object");
  assertEquals(await talk.say(ann, "guest", "hi"), "try-later");
  assertEquals(typeof await talk.say(ann, "bob", "still"), "object");
  assertEquals(typeof await talk.say(guest, "cat", "hi"), "object");
  talk.pass(3_600_000);
  assertEquals(typeof await talk.say(ann, "guest", "hi"), "object");
});

Deno.test("so many messages wait for one who is away, until it is here again", async () => {
  const talk = new Talk({ waitingDirects: 2 });
  const [ann, cat] = [await talk.come("ann"), await talk.come("cat")];
  await talk.say(ann, "bob", "one");
  await talk.say(cat, "bob", "two");
  assertEquals(await talk.say(ann, "bob", "three"), "too-many-unanswered");
  const bob = await talk.come("bob");
  assertEquals(typeof await talk.say(ann, "bob", "three"), "object");
  assertEquals(texts(bob), ["three"]);
});

Deno.test("what somebody says whom one blocks mentions nobody, and is heard all the same", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const eve = await talk.come("eve", {}, { address: "192.0.2.7" });
  await talk.ask(ann, { type: "join", room: "dev" });
  await talk.ask(eve, { type: "join", room: "dev" });
  await talk.ask(ann, { type: "block", name: "eve" });
  await talk.ask(eve, { type: "say", room: "dev", text: "@ann unheard" });
  await talk.ask(ann, { type: "unblock", name: "eve" });
  await talk.ask(eve, { type: "say", room: "dev", text: "@ann heard" });
  assertEquals(ann.told.flatMap((event) => event.type === "message" ? event.text : []), [
    "@ann unheard",
    "@ann heard",
  ]);
  const missed = await talk.ask(ann, { type: "missed" });
  assertEquals(missed.type === "page" && missed.messages.map(({ text }) => text), ["@ann heard"]);
});

Deno.test("whom one blocks is told to all one's devices, and there is an end to them", async () => {
  const talk = new Talk({ blocked: 1 });
  const [ann, phone] = [await talk.come("ann"), await talk.come("ann")];
  const guest = await talk.come("guest");
  const answer = await talk.ask(ann, { type: "block", name: "bob" });
  const blocked = [{ name: "bob", account: "id-of-bob" }];
  assertEquals(answer.type === "settings" && answer.blocked, blocked);
  const told = phone.told.findLast(({ type }) => type === "settings");
  assertEquals(told?.type === "settings" && [told.blocked, told.id], [blocked, undefined]);
  const refused = [
    await talk.ask(ann, { type: "block", name: "guest" }),
    await talk.ask(ann, { type: "block", name: "nobody" }),
    await talk.ask(ann, { type: "block", name: "ann" }),
    await talk.ask(ann, { type: "unblock", name: "guest" }),
    await talk.ask(guest, { type: "block", name: "ann" }),
  ];
  const names = ["no-such-name", "no-such-name", "no-such-name"];
  assertEquals(refused.map(ackOf), ["too-many-blocked", ...names, "not-logged-in"]);
});

Deno.test("whoever gave a blocked name back is in nobody's way", async () => {
  const talk = new Talk({ blocked: 2 });
  const ann = await talk.come("ann");
  const block = async (name: string): Promise<unknown> => {
    const answer = await talk.ask(ann, { type: "block", name });
    if (answer.type !== "settings") return ackOf(answer);
    return answer.blocked?.map(({ name, account = "" }) => `${name} ${account}`.trim());
  };
  const [bob, cat, dan] = [await talk.come("bob"), await talk.come("cat"), await talk.come("dan")];
  assertEquals(await block("bob"), ["bob id-of-bob"]);
  assertEquals((await talk.ask(bob, { type: "unregister" })).type, "account");
  // What he has said is still there, and stays folded.
  assertEquals(await block("cat"), ["bob id-of-bob", "cat id-of-cat"]);
  assertEquals(
    (await talk.ask(bob, { type: "register", password: "another one" })).type,
    "account",
  );
  const other = talk.house.state.people.account("bob")?.id;
  assertEquals(await block("bob"), ["cat id-of-cat", `bob ${other}`]);
  assertEquals(await block("dan"), "too-many-blocked");
  assertEquals((await talk.ask(cat, { type: "unregister" })).type, "account");
  assertEquals(dan.name, "dan");
});

Deno.test("of several who had one name all are heard again", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  await talk.ask(ann, { type: "block", name: "bob" });
  await talk.ask(bob, { type: "unregister" });
  await talk.ask(bob, { type: "register", password: "another one" });
  await talk.ask(ann, { type: "block", name: "bob" });
  const answer = await talk.ask(ann, { type: "unblock", name: "bob" });
  assertEquals(answer.type === "settings" && answer.blocked, []);
  assertEquals(typeof await talk.say(bob, "ann", "hi"), "object");
});

Deno.test("a server keeps so many conversations; those that there are go on", async () => {
  const talk = new Talk({ keptChats: 1 });
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  await talk.say(ann, "bob", "hi");
  assertEquals(await talk.say(ann, "cat", "hi"), "too-many-chats");
  assertEquals(typeof await talk.say(bob, "ann", "hi"), "object");
});

Deno.test("one person may begin so many conversations, however many others have begun with it", async () => {
  const talk = new Talk({ chatsPerPerson: 1 });
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  await talk.say(bob, "ann", "hi");
  assertEquals(typeof await talk.say(ann, "cat", "hi"), "object");
  assertEquals(await talk.say(ann, "ann", "hi"), "too-many-chats");
  assertEquals(typeof await talk.say(ann, "bob", "hi"), "object");
});
