/** Conversations of two people, in a house without sockets. */

import { assertEquals } from "@std/assert";
import { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_options.ts";
import type { FactLog } from "../lib/chat/log/fact_log.ts";
import type { Account, Kept } from "../lib/chat/people/records.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { CLASSIC_TRAITS, type Hello } from "../lib/chat/sessions/peer.ts";
import type { Event, EventOf } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { HousePeer, type HousePeerOptions } from "./fixtures/house_peer.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { keeping, still, STILL_DATE, stillLog } from "./fixtures/still.ts";

const account = (name: string): Account => ({
  ...{ id: `id-of-${name}`, name, key: name, role: "member", createdAt: 0 },
  proof: `password of ${name}`,
});

const ACCOUNTS = ["ann", "bob", "cat"].map(account);

/** A house in which time passes when it is told to, with what can be asked of it. */
class Talk {
  now = 0;
  readonly house: House;
  readonly log: FactLog;
  #asked = 0;

  constructor(limits: Partial<HouseLimits> = {}, kept: Partial<Kept> = {}) {
    this.log = keeping({ accounts: ACCOUNTS, ...kept }, stillLog({ now: () => this.date }));
    this.house = new House({
      ...still(),
      factLog: this.log,
      passwords: PLAIN_PASSWORDS,
      now: () => this.now,
      date: () => this.date,
      limits,
    });
  }

  get date(): number {
    return STILL_DATE + this.now;
  }

  /** Somebody comes with a client that knows conversations. */
  async come(
    name: string,
    hello: Partial<Hello> = {},
    options?: HousePeerOptions,
  ): Promise<HousePeer> {
    return await this.comeOld(name, { features: ["people"], ...hello }, options);
  }

  /** Somebody comes with a client of the first version. */
  async comeOld(
    name: string,
    hello: Partial<Hello> = {},
    options?: HousePeerOptions,
  ): Promise<HousePeer> {
    const peer = new HousePeer(options);
    peer.onClose = ({ reason }) => this.house.gone(peer, reason === "quit", reason);
    const own = ACCOUNTS.find((each) => each.name === name)?.proof;
    const login = own === undefined || hello.session !== undefined ? {} : { login: own };
    await this.house.come(peer, { name, ...login, ...hello });
    return peer;
  }

  /** The answer to a request. */
  async ask(peer: HousePeer, request: Request): Promise<Event> {
    const id = `asked ${++this.#asked}`;
    try {
      await this.house.request(peer, { id, ...request });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { type: "error", code: error.code, text: error.message };
    }
    return peer.told.find((event) => event.id === (request.id ?? id)) as Event;
  }

  /** Says something to somebody; the `ack`, or the code of the error. */
  async say(peer: HousePeer, to: string, text: string): Promise<EventOf<"ack"> | string> {
    return ackOf(await this.ask(peer, { type: "direct", to, text }));
  }

  /** Time passes, and the house does what is due. */
  pass(ms: number): void {
    this.now += ms;
    this.house.expire();
  }
}

function ackOf(event: Event | undefined): EventOf<"ack"> | string {
  if (event?.type === "ack") return event;
  return event?.type === "error" ? event.code : `no ack: ${event?.type}`;
}

function directs(peer: HousePeer): EventOf<"direct">[] {
  return peer.told.flatMap((event) => event.type === "direct" ? event : []);
}

/** What each direct message was, and how the client is told that it is its own. */
function texts(peer: HousePeer): string[] {
  return directs(peer).map(({ text, own }) => own ? `own ${text}` : text);
}

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
  assertEquals(new Set(sentences.map((text) => text.replace(chat, "no such"))).size, 1);
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
