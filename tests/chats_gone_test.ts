/** Conversations whose people come back, go for good, or become somebody else. */

import { assertEquals } from "@std/assert";
import { CLASSIC_TRAITS } from "../lib/chat/sessions/peer.ts";
import { ackOf, directs, Talk, texts } from "./fixtures/talk.ts";

Deno.test("a guest that reserves its name keeps its conversations, and whom others block stays blocked", async () => {
  const talk = new Talk();
  const [ann, guest] = [await talk.come("ann"), await talk.come("guest")];
  await talk.say(guest, "ann", "one");
  const chat = directs(ann)[0]?.chat;
  await talk.ask(ann, { type: "block", name: "guest" });
  assertEquals(await talk.say(guest, "ann", "two"), "blocked");
  await talk.ask(guest, { type: "register", password: "a long password" });
  assertEquals(await talk.say(guest, "ann", "three"), "blocked");
  await talk.ask(ann, { type: "unblock", name: "guest" });
  await talk.say(guest, "ann", "four");
  const [last] = directs(ann).slice(-1);
  assertEquals([last?.text, last?.chat, last?.seq, typeof last?.by], ["four", chat, 2, "string"]);
});

Deno.test("when a guest has gone its conversation can be read by the account, and nothing more said", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const guest = await talk.come("guest");
  const other = await talk.come("other");
  await talk.say(guest, "ann", "bye");
  await talk.say(guest, "other", "bye, too");
  await talk.ask(guest, { type: "quit" });
  talk.pass(61_000);
  talk.pass(61_000);
  const chat = directs(ann)[0]?.chat ?? "";
  assertEquals(ackOf(await talk.ask(ann, { type: "direct", chat, text: "?" })), "chat-gone");
  const page = await talk.ask(ann, { type: "history", chat });
  assertEquals(page.type === "page" && page.messages.map(({ text }) => text), ["bye"]);
  const list = await talk.ask(ann, { type: "chats" });
  assertEquals(list.type === "chats" && list.chats.map(({ gone, with: name }) => [gone, name]), [
    [true, "guest"],
  ]);
  // What two guests have said goes with one of them.
  const gone = directs(other)[0]?.chat ?? "";
  assertEquals(ackOf(await talk.ask(other, { type: "history", chat: gone })), "no-such-chat");
});

Deno.test("while somebody else has the name of a guest who is away, nothing is said to that guest", async () => {
  const talk = new Talk();
  const [ann, first] = [await talk.come("ann"), await talk.come("guest")];
  await talk.say(first, "ann", "back soon");
  const chat = directs(ann)[0]?.chat ?? "";
  const listed = async (): Promise<unknown> => {
    const list = await talk.ask(ann, { type: "chats" });
    return list.type === "chats" &&
      list.chats.map((each) => [each.with, each.gone === true]).sort();
  };
  const { session } = first;
  talk.house.gone(first, false);
  talk.pass(31_000);
  const waits = await talk.ask(ann, { type: "direct", chat, text: "see you" });
  assertEquals(waits.type === "ack" && [waits.away, waits.guest], [true, true]);
  const second = await talk.come("guest");
  const refused = await talk.ask(ann, { type: "direct", chat, text: "which one are you?" });
  assertEquals(refused.type === "error" && [refused.code, refused.text], [
    "chat-gone",
    "The guest of this conversation has left; /msg guest TEXT writes to whoever is guest now",
  ]);
  assertEquals(await listed(), [["guest", true]]);
  await talk.say(ann, "guest", "and you?");
  assertEquals(texts(second), ["and you?"]);
  assertEquals(await listed(), [["guest", false], ["guest", true]]);
  // The first one comes back, under another name.
  const { epoch } = talk.log.index;
  const again = await talk.come("rob", {
    session,
    resume: { epoch, seq: {}, chats: { [chat]: 1 } },
  });
  assertEquals(texts(again), ["see you"]);
  const answer = await talk.ask(ann, { type: "direct", chat, text: "there you are" });
  assertEquals([ackOf(answer) === "chat-gone", texts(again).at(-1)], [false, "there you are"]);
  assertEquals(await listed(), [["guest", false], ["rob", false]]);
});

Deno.test("of an account that is away nobody is told that it is a guest", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  talk.house.gone(bob, true);
  const ack = await talk.ask(ann, { type: "direct", to: "bob", text: "until tomorrow" });
  assertEquals(ack.type === "ack" && [ack.away, ack.guest], [true, undefined]);
});

Deno.test("an account that is given back ends its conversations", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  await talk.say(ann, "bob", "bye");
  const chat = directs(bob)[0]?.chat ?? "";
  await talk.ask(ann, { type: "unregister" });
  assertEquals(ackOf(await talk.ask(bob, { type: "direct", chat, text: "?" })), "chat-gone");
  assertEquals(ackOf(await talk.ask(ann, { type: "history", chat })), "no-such-chat");
  // Whoever has the name is somebody else from now on.
  await talk.say(bob, "ann", "are you new here?");
  assertEquals(directs(ann).map(({ chat: key }) => key === chat), [false]);
});

Deno.test("a guest that has become an account it was before does not come back as a guest", async () => {
  const talk = new Talk();
  const [ann, guest] = [await talk.come("ann"), await talk.come("guest")];
  const ack = await talk.say(guest, "ann", "hi");
  const chat = typeof ack === "string" ? ack : ack.chat ?? "";
  await talk.ask(guest, { type: "login", name: "bob", password: "password of bob" });
  const answer = { type: "direct", chat, text: "hi, guest" } as const;
  assertEquals(ackOf(await talk.ask(ann, answer)), "chat-gone");
  talk.house.gone(guest, false);
  talk.pass(60_000);
  assertEquals(ackOf(await talk.ask(ann, answer)), "chat-gone");
});

Deno.test("a device that comes back gets what it missed in each conversation, its own as acks", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  const phone = await talk.come("ann");
  await talk.ask(ann, { type: "direct", to: "bob", text: "one", id: "1" });
  const chat = directs(bob)[0]?.chat ?? "";
  const { session } = ann;
  talk.house.gone(ann, false);
  await talk.say(bob, "ann", "two");
  await talk.say(phone, "bob", "three");
  const { epoch } = talk.log.index;
  const again = await talk.come("ann", {
    session,
    resume: { epoch, seq: {}, chats: { [chat]: 0, "not hers": 3 } },
  });
  assertEquals(again.told.flatMap((event) => event.type === "ack" ? event.seq : []), [1]);
  assertEquals(directs(again).map(({ text, seq, own }) => [text, seq, own]), [
    ["two", 2, undefined],
    ["three", 3, true],
  ]);
  const [ready] = again.told;
  assertEquals(ready?.type === "ready" && ready.chats?.map(({ seq, last }) => [seq, last]), [[
    0,
    3,
  ]]);
  await talk.say(bob, "ann", "live");
  assertEquals(texts(again).at(-1), "live");
});

Deno.test("an old client counts on when its guest becomes an account that has had more", async () => {
  const talk = new Talk();
  const [ann, old] = [await talk.come("ann"), await talk.comeOld("guest")];
  for (const text of ["a", "b", "c"]) await talk.say(ann, "bob", text);
  await talk.say(ann, "guest", "one");
  await talk.ask(old, { type: "login", name: "bob", password: "password of bob" });
  await talk.say(ann, "bob", "two");
  assertEquals(directs(old).map(({ n, text }) => [n, text]), [[1, "one"], [2, "two"]]);
  const { session } = old;
  talk.house.gone(old, false);
  await talk.say(ann, "bob", "three");
  const { epoch } = talk.log.index;
  const again = await talk.comeOld("bob", { session, resume: { epoch, seq: {}, direct: 2 } });
  assertEquals(directs(again).map(({ n, text }) => [n, text]), [[3, "three"]]);
});

Deno.test("a classic guest that has gone is gone at once", async () => {
  const talk = new Talk();
  const ann = await talk.come("ann");
  const old = await talk.comeOld("old", {}, { traits: CLASSIC_TRAITS });
  await talk.say(old, "ann", "hi");
  await talk.say(ann, "old", "ho");
  assertEquals(directs(old).map(({ text, n }) => [text, n]), [["ho", undefined]]);
  talk.house.gone(old, true);
  const chat = directs(ann)[0]?.chat ?? "";
  assertEquals(ackOf(await talk.ask(ann, { type: "direct", chat, text: "?" })), "chat-gone");
});

Deno.test("a guest's second tab hears what the first one heard, also when that has gone for good", async () => {
  const talk = new Talk();
  const [ann, first] = [await talk.come("ann"), await talk.come("guest")];
  const tab = await talk.come("guest", { session: first.session, beside: true });
  await talk.say(ann, "guest", "to both");
  await talk.say(first, "ann", "from the first");
  assertEquals([texts(first), texts(tab)], [["to both"], ["to both", "own from the first"]]);
  await talk.ask(first, { type: "quit" });
  talk.pass(61_000);
  await talk.say(ann, "guest", "to one");
  assertEquals(texts(tab).at(-1), "to one");
  assertEquals(typeof await talk.say(tab, "ann", "still here"), "object");
  assertEquals(new Set(directs(ann).map(({ chat }) => chat)).size, 1);
});

Deno.test("what can no longer be had of a conversation is a gap, and so are numbers of another time", async () => {
  const talk = new Talk();
  const [ann, bob] = [await talk.come("ann"), await talk.come("bob")];
  await talk.say(ann, "bob", "hi");
  const chat = directs(bob)[0]?.chat ?? "";
  const gaps = async (epoch: string, seq: number): Promise<unknown[]> => {
    const resume = { epoch, seq: {}, chats: { [chat]: seq } };
    const again = await talk.come("bob", { resume });
    return again.told.filter(({ type }) => type === "gap" || type === "direct").map((event) =>
      event.type === "gap" ? [event.chat, event.room, event.from, event.to] : event.type
    );
  };
  const { epoch } = talk.log.index;
  assertEquals(await gaps(epoch, 1), []);
  assertEquals(await gaps("another time", 1), [[chat, undefined, 2, null], "direct"]);
  assertEquals(await gaps(epoch, 9), [[chat, undefined, 10, null], "direct"]);
  talk.log.put({ kind: "retain", cuts: [{ log: `chat ${chat}`, first: 3 }] });
  for (const text of ["2", "3"]) await talk.say(ann, "bob", text);
  talk.log.put({ kind: "retain", cuts: [{ log: `chat ${chat}`, first: 3 }] });
  assertEquals(await gaps(epoch, 1), [[chat, undefined, 2, 2], "direct"]);
});
