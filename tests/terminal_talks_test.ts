/** Conversations of an account at the terminal: opened, read, found, and told of. */

import { assert, assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event, ListedChat } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { AT, CHAT, online, reads, room, WITH_ANN } from "./fixtures/terminal_account.ts";

Deno.test("a conversation is opened like a room: its history, what is typed, and what is answered", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")], chats: [WITH_ANN] });
  const { io, conversation } = setup;
  const direct = {
    type: "direct",
    chat: CHAT,
    with: "Ann",
    from: "Ann",
    to: "me",
    at: AT,
  } as const;
  conversation.tell({ ...direct, seq: 5, n: 1, text: "are you there?" });
  await io.expect("[Ann -> me] are you there?");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [@Ann 1!]>"), "it is new");
  io.type("/msg ann\r");
  await io.until(() => io.screen.cursorRow.startsWith("@Ann>"), "the conversation");
  const asked = setup.sent.findLast(({ type }) => type === "history");
  assertEquals(asked, { type: "history", chat: CHAT, limit: 30 });
  await io.expect("<Ann> number 4");
  conversation.directAck = { chat: CHAT, seq: 6 };
  io.type("yes\r");
  await io.expect("<me> yes");
  const sent = setup.sent.findLast(({ type }) => type === "direct");
  assert(sent?.type === "direct");
  assertEquals([sent.chat, sent.to, sent.text], [CHAT, undefined, "yes"]);
  conversation.tell({ ...direct, seq: 7, n: 2, text: "good" });
  await io.expect("<Ann> good");
  io.type("/topic tea\r");
  await io.expect("That is for rooms; here you are with @Ann.");
  io.type("/leave\r");
  await io.expect("The conversation is closed; /chat Ann opens it again.");
  await io.until(() => io.screen.cursorRow.startsWith("lobby>"), "the lobby");
});

Deno.test("what was removed before it was read is not counted any more", async () => {
  const rooms = [room("lobby"), room("dev", { read: 8, unread: 1 })];
  using setup = await online({ room: "lobby", rooms });
  const { io, conversation } = setup;
  const direct = {
    type: "direct",
    from: "Fay",
    to: "me",
    chat: CHAT,
    with: "Fay",
    at: AT,
  } as const;
  const removed = { type: "removed", from: "Fay", at: AT } as const;
  const prompts = (prompt: string): Promise<void> =>
    io.until(() => io.screen.cursorRow.startsWith(prompt), prompt);
  conversation.tell({ ...direct, seq: 1, text: "hello" });
  conversation.tell({ ...direct, seq: 2, text: "a slip" });
  await prompts("lobby [@Fay 2! · dev 1]>");
  conversation.tell({ ...removed, chat: CHAT, re: 2, seq: 3 });
  await prompts("lobby [@Fay 1! · dev 1]>");
  // It is gone already, and so was not counted.
  conversation.tell({ ...removed, chat: CHAT, re: 2, seq: 4 });
  conversation.tell({ ...removed, chat: CHAT, re: 1, seq: 5 });
  await prompts("lobby [dev 1]>");
  // What was read before, and what the server had counted as gone, is none of those.
  conversation.tell({ ...removed, room: "dev", re: 8, seq: 10 });
  conversation.tell({ ...direct, seq: 6, text: "me again" });
  await prompts("lobby [@Fay 1! · dev 1]>");
  conversation.tell({ ...removed, room: "dev", re: 9, seq: 11 });
  await prompts("lobby [@Fay 1!]>");
});

Deno.test("another guest by the same name begins a conversation of their own, which is counted", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  const direct = {
    type: "direct",
    from: "Fay",
    to: "me",
    chat: CHAT,
    with: "Fay",
    at: AT,
  } as const;
  const prompts = (prompt: string): Promise<void> =>
    io.until(() => io.screen.cursorRow.startsWith(prompt), prompt);
  for (let seq = 1; seq <= 3; seq++) conversation.tell({ ...direct, seq, text: `number ${seq}` });
  await prompts("lobby [@Fay 3!]>");
  conversation.tell({ type: "read", chat: CHAT, seq: 3, unread: 0, mentions: 0 });
  await prompts("lobby>");
  const chat = CHAT.replace("0", "f");
  conversation.tell({ ...direct, chat, seq: 1, text: "I am another one" });
  await prompts("lobby [@Fay 1!]>");
  io.type("/chat Fay\r");
  await prompts("@Fay>");
  const asked = setup.sent.findLast(({ type }) => type === "history");
  assertEquals(asked?.type === "history" && asked.chat, chat);
});

Deno.test("what is written to one guest stays with that one when another comes by the name", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  const direct = { type: "direct", from: "Fay", to: "me", with: "Fay", at: AT } as const;
  const prompts = (prompt: string): Promise<void> =>
    io.until(() => io.screen.cursorRow.startsWith(prompt), prompt);
  conversation.tell({ ...direct, chat: CHAT, seq: 1, text: "back soon" });
  io.type("/chat Fay\r");
  await prompts("@Fay>");
  io.type("for the first");
  await prompts("@Fay> for the first");
  const chat = CHAT.replace("0", "f");
  conversation.tell({ ...direct, chat, seq: 1, text: "I am another one" });
  await prompts("@Fay, earlier [@Fay 1!]> for the first");
  io.type("\x0e");
  await prompts("@Fay>");
  assertEquals(io.screen.cursorRow.trimEnd(), "@Fay>");
  io.type("hello\r");
  await io.until(() => setup.sent.some(({ type }) => type === "direct"), "it is sent");
  const sent = setup.sent.findLast(({ type }) => type === "direct");
  assertEquals(sent?.type === "direct" && sent.chat, chat);
  io.type("/go earlier\r");
  await prompts("@Fay, earlier> for the first");
  conversation.send = () =>
    Promise.reject(new RequestError("chat-gone", "Fay has left; /msg Fay TEXT"));
  io.type("\r");
  await io.expect("!! Fay has left; /msg Fay TEXT (not sent: for the first)");
  // The first one comes back, under another name.
  conversation.tell({ ...direct, with: "Fran", from: "Fran", chat: CHAT, seq: 3, text: "me" });
  await prompts("@Fran> for the first");
});

Deno.test("to a guest who has left nothing is written, but to whoever has the name now", async () => {
  const chats = [{ ...WITH_ANN, gone: true as const }];
  using setup = await online({ room: "lobby", rooms: [room("lobby")], chats });
  const { io } = setup;
  io.type("/chat Ann\r");
  await io.until(() => io.screen.cursorRow.startsWith("@Ann>"), "a new one");
  io.type("and you?\r");
  await io.until(() => setup.sent.some(({ type }) => type === "direct"), "it is sent");
  const sent = setup.sent.findLast(({ type }) => type === "direct");
  assertEquals(sent?.type === "direct" && [sent.to, sent.chat], ["Ann", undefined]);
});

Deno.test("who writes to somebody away is told that it waits", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  setup.conversation.directAck = { chat: CHAT, seq: 1, away: true };
  setup.io.type("/msg Ann see you at noon\r");
  await setup.io.expect("[me -> Ann] see you at noon");
  await setup.io.expect("Ann is not here, and will find it.");
});

Deno.test("a conversation that was read opens with what was said, and /unread counts from its end", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")], chats: [WITH_ANN] });
  const { io, conversation } = setup;
  const from = { type: "direct", chat: CHAT, from: "Ann", to: "me", at: AT } as const;
  io.type("/chat ann\r");
  await io.expect("---- earlier in @ann ----");
  io.type("/unread 1\r");
  await io.expect("The last message counts as unread again");
  assertEquals(reads(setup).at(-1), { type: "read", chat: CHAT, seq: 3, back: true });
  // While it is closed it goes on, and opens as far as it has come.
  conversation.tell({ ...from, with: "Ann", seq: 5, text: "and then" });
  await io.expect("and then");
  io.type("/leave\r");
  await io.expect("/chat ann opens it again");
  io.type("/chat ann\r/unread 2\r");
  await io.expect("From the last 2 messages on it counts as unread again");
  assertEquals(reads(setup).at(-1), { type: "read", chat: CHAT, seq: 3, back: true });
  io.type("/chat Zoe\r/unread 2\r");
  await io.expect("There is no message here to count.");
  assertEquals(reads(setup).filter(({ back }) => back).length, 2);
});

Deno.test("a conversation that counts as unread again opens, though it was read and closed", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")], chats: [WITH_ANN] });
  const { io, conversation } = setup;
  conversation.tell({ type: "read", chat: CHAT, seq: 2, unread: 2, mentions: 2 });
  await io.until(() => io.screen.cursorRow.startsWith("lobby [@Ann 2!]>"), "it is open");
  io.type("/chat ann\r");
  await io.expect("---- @Ann: 2 new ----");
});

Deno.test("a conversation is found among the older ones, however many there are", async () => {
  const others = Array.from({ length: 3 }, (_, n) => ({
    ...WITH_ANN,
    ...{ chat: `${n}`.padStart(24, "c"), with: `other-${n}`, at: `2026-01-01T03:04:0${n}.000Z` },
  }));
  const [first, second, third] = others as [ListedChat, ListedChat, ListedChat];
  using setup = await online(
    { room: "lobby", rooms: [room("lobby")], chats: [first], moreChats: true },
    (request) => {
      if (request.type !== "chats") return undefined;
      return request.before === first.at
        ? { type: "chats", chats: [second, third], more: true }
        : { type: "chats", chats: [WITH_ANN], more: false };
    },
  );
  const { io } = setup;
  io.type("/chat ann\r");
  await io.expect("---- earlier in @ann ----");
  const asked = setup.sent.filter(({ type }) => type === "chats");
  assertEquals(asked.map((request) => "before" in request && request.before), [
    first.at,
    third.at,
  ]);
  io.type("/chat Zoe\r");
  await io.expect("What is said here only you and Zoe read.");
});

Deno.test("what is said in a conversation that is gone stays in the row, and no key is shown", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] });
  const { io, conversation } = setup;
  const told = { type: "direct", chat: CHAT, with: "bob-2", from: "bob-2", to: "me" } as const;
  conversation.tell({ ...told, at: AT, seq: 1, n: 1, text: "first day?" });
  await io.expect("[bob-2 -> me] first day?");
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow.startsWith("@bob-2>"), "the conversation");
  conversation.send = () =>
    Promise.reject(new RequestError("no-such-chat", `You have no conversation ${CHAT}`));
  io.type("yes, today\r");
  await io.expect("!! Your conversation with bob-2 is gone");
  const text = io.screen.text.replace(/\s+/g, " ");
  assert(
    text.includes("/msg bob-2 TEXT writes to whoever has that name now. (not sent: yes, today)"),
  );
  assert(!text.includes(CHAT));
  // Whoever has the name now is somebody else.
  assertEquals(io.screen.cursorRow, "@bob-2, earlier> yes, today");
});

/** Answers who somebody is: there are these. */
function peopleOf(...names: string[]): (request: Request) => Event | RequestError | undefined {
  return (request) => {
    if (request.type !== "whois") return undefined;
    const name = names.find((each) => each.toLowerCase() === request.name.toLowerCase());
    return name === undefined
      ? new RequestError("no-such-name", `Nobody here is called ${request.name}`)
      : { type: "person", id: "1", name, here: true, rooms: [] };
  };
}

const PEOPLE = peopleOf("Dan", "Jo Smith");

const NOBODY = [
  { line: "/chat zed", why: "!! Nobody here is called zed" },
  { line: "/msg zed", why: "!! Nobody here is called zed" },
  {
    line: "/chat zed are you well?",
    why: "!! Nobody here is called zed (not sent: are you well?)",
  },
  {
    line: "/msg fay",
    said: "bye",
    why: "!! fay is not here any more, or has another name by now: a guest who has left",
  },
  {
    line: "/chat eve",
    isOffline: true,
    why: "!! Without a connection nobody knows whether anybody is called eve",
  },
];

for (const { line, why, said, isOffline } of NOBODY) {
  Deno.test(`${line} opens no conversation with nobody: ${why}`, async () => {
    using setup = await online({ room: "lobby", rooms: [room("lobby")] }, PEOPLE);
    const { io, conversation } = setup;
    conversation.skip(9);
    if (said !== undefined) {
      conversation.message("fay", said);
      await io.expect(`<fay> ${said}`);
    }
    if (isOffline) {
      conversation.lose();
      await io.expect("(offline)");
    }
    io.type(`${line}\r`);
    await io.until(() => io.screen.text.replace(/\s+/g, " ").includes(why), why);
    assert(/lobby> $/.test(io.screen.cursorRow), io.screen.cursorRow);
  });
}

Deno.test("a conversation is opened with whoever is meant, though they are not known here", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby")] }, PEOPLE);
  const { io, conversation } = setup;
  io.type("/chat jo smith\r");
  await io.until(() => io.screen.cursorRow.startsWith("@Jo Smith>"), "the whole name");
  conversation.directAck = { chat: CHAT, seq: 1 };
  io.type("/chat dan are you well?\rand you?");
  await io.until(() => io.screen.cursorRow.startsWith("@Dan> and you?"), "what is for there");
  await io.expect("<me> are you well?");
  const sent = setup.sent.findLast(({ type }) => type === "direct");
  assert(sent?.type === "direct");
  assertEquals([sent.to, sent.text], ["Dan", "are you well?"]);
  const asked = setup.sent.filter(({ type }) => type === "whois").length;
  io.type("\x15/chat jo smith\r/chat dan\r");
  await io.until(() => io.screen.cursorRow === "@Dan> ", "who is known");
  assertEquals(setup.sent.filter(({ type }) => type === "whois").length, asked);
});
