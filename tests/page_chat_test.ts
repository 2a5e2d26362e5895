/** The page's conversation with a scripted server: what is asked for, and what people are told. */

import { assertEquals } from "@std/assert";
import { Chat } from "../lib/web/page/chat.js";
import { lateCommands, readTyped } from "../lib/web/page/late_commands.js";
import { lastSaid } from "../lib/web/page/last_said.js";
import { noteDevice } from "../lib/web/page/saved.js";
import { devicesHere, forgetDevices } from "../lib/web/page/sign_out.js";
import { signOutHere } from "../lib/web/page/sign_out.js";
import type { EventOf } from "../lib/wire/events.ts";
import { PageSocket } from "./fixtures/page_socket.ts";
import { until } from "./helpers.ts";

const AT = "2026-11-23T12:00:00.000Z";

await lateCommands.come();

/** A conversation whose server is the test. */
function chatting(): {
  chat: Chat;
  asked: string[];
  last: () => PageSocket;
  arrive: (more?: Partial<EventOf<"ready">>) => void;
  notes: () => string[];
} {
  const sockets: PageSocket[] = [];
  const asked: string[] = [];
  const chat = new Chat({
    open: () => {
      const socket = new PageSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    changed: () => {},
    status: () => {},
    heard: () => {},
    asked: ({ kind }) => void asked.push(kind),
  }, { name: "ann", label: "Firefox on Linux" });
  const last = (): PageSocket => sockets.at(-1) as PageSocket;
  const arrive = (more: Partial<EventOf<"ready">> = {}): void => {
    const limits = { payload: 65_536 };
    const features = ["life"];
    const about = { protocol: 1, server: "s", epoch: "e", needs: [], limits, features } as const;
    last().tell({ type: "welcome", ...about });
    const me = { name: "ann", session: "s", room: "lobby", seq: 0, direct: 0 };
    last().tell({ type: "ready", ...me, ...more });
  };
  const notes = (): string[] =>
    (chat.store.active?.timeline.items ?? []).flatMap((item) =>
      item.kind === "notice" ? [item.text] : []
    );
  chat.link.connect();
  return { chat, asked, last, arrive, notes };
}

/** Answers the last request. */
function answer(socket: PageSocket, event: Record<string, unknown>): void {
  socket.tell({ id: socket.sent.at(-1)?.id, ...event });
}

Deno.test("whoever reserves a name comes in anew as it, and what is asked meanwhile waits", async () => {
  const { chat, last, arrive } = chatting();
  arrive();
  const first = last();
  const reserving = chat.submit("/register correct horse");
  answer(first, { type: "account", action: "register", name: "ann", role: "member" });
  await reserving;
  assertEquals(first.readyState, WebSocket.CLOSED);
  const rooms = chat.run({ type: "rooms" });
  arrive({ account: "a0", role: "member", rooms: [], chats: [], invited: [], missed: 0 });
  const [hello] = last().sent;
  assertEquals(hello?.type === "hello" && [hello.session, hello.label], ["s", "Firefox on Linux"]);
  assertEquals(chat.store.account.id, "a0");
  await until("The rooms are asked for", () => last().sent.at(-1)?.type === "rooms");
  answer(last(), { type: "rooms", rooms: [] });
  await rooms;
  chat.close();
});

Deno.test("a dialog's answers are told in no room, and a command's are", async () => {
  const { chat, last, arrive, notes } = chatting();
  arrive();
  const mod = { type: "bans", bans: [], more: false };
  const quiet = chat.ask({ type: "bans" });
  answer(last(), mod);
  await quiet;
  assertEquals(notes(), []);
  const typed = chat.submit("/bans");
  answer(last(), mod);
  await typed;
  assertEquals(notes(), ["Nobody is banned or muted."]);
  chat.close();
});

Deno.test("what is written to somebody goes into the conversation with them, whoever has the name now", async () => {
  const { chat, last, arrive } = chatting();
  arrive();
  const sent = (): unknown => {
    const { id: _, ...post } = last().sent.at(-1) ?? { type: "" };
    return post;
  };
  /** Begins a conversation: first it is asked who that is, then how they write their name. */
  const begin = async (line: string, name: string): Promise<void> => {
    const saying = chat.submit(line);
    assertEquals(sent(), { type: "whois", name: name.toLowerCase() });
    answer(last(), { type: "person", name, here: true, rooms: [] });
    await saying;
  };
  await begin("/msg bob hello", "Bob");
  assertEquals(sent(), { type: "direct", to: "Bob", text: "hello" });
  answer(last(), { type: "ack", chat: "c1", seq: 1, at: AT });
  assertEquals(chat.store.active?.chat, "c1");
  await chat.submit("and you?");
  assertEquals(sent(), { type: "direct", chat: "c1", text: "and you?" });
  await chat.submit("/me waves");
  assertEquals(sent(), { type: "direct", chat: "c1", text: "waves", action: true });
  // Typed in bob's conversation, for somebody else.
  await begin("/msg eve hello", "eve");
  assertEquals(sent(), { type: "direct", to: "eve", text: "hello" });
  const { id } = last().sent.at(-1) ?? {};
  last().tell({ type: "error", id, code: "chat-gone", text: "That person is gone" });
  assertEquals(chat.store.active?.gone, true);
  assertEquals(chat.store.waiting.at(-1)?.failed, "That person is gone");
  chat.close();
});

Deno.test("the past of a conversation is asked for by its key", async () => {
  const { chat, last, arrive } = chatting();
  const talk = { chat: "c1", with: "bob", seq: 9, last: 9, read: 9, unread: 0, at: AT };
  const settings = { notify: {}, hideSeen: false, blocked: [] };
  arrive({ room: "", account: "a0", role: "member", rooms: [], chats: [talk], settings });
  const loading = chat.load("earlier");
  assertEquals(last().sent.at(-1)?.type, "history");
  const from = { room: "", chat: "c1", with: "bob", from: "bob", at: AT };
  const messages = [8, 9].map((seq) => ({ ...from, seq, text: `m${seq}` }));
  answer(last(), { type: "page", room: "", chat: "c1", messages, more: false });
  await loading;
  assertEquals(chat.store.active?.timeline.items.map(({ seq }) => seq), [8, 9]);
  chat.close();
});

Deno.test("/unread counts what was said last as unread, and takes nothing else", async () => {
  const { chat, last, arrive, notes } = chatting();
  arrive({ account: "a0", rooms: [] });
  last().tell({ type: "joined", room: "dev", name: "ann", seq: 9, last: 9 });
  chat.show("room dev");
  await chat.submit("/unread all");
  assertEquals(notes().at(-1), "/unread takes a number from 1 to 1000, not all");
  const done = chat.submit("/unread 2");
  await until("The request", () => last().sent.at(-1)?.type === "read");
  const { id: _, ...request } = last().sent.at(-1) ?? {};
  assertEquals(request, { type: "read", room: "dev", seq: 7, back: true });
  answer(last(), { type: "read", room: "dev", seq: 7, unread: 2, mentions: 0 });
  await done;
  assertEquals(notes().at(-1), "What was said last counts as unread on your other devices.");
  chat.close();
});

Deno.test("/logout --others says on the page what was done, and not what is left", async () => {
  const { chat, last, arrive, notes } = chatting();
  arrive({ account: "a0", rooms: [] });
  last().tell({ type: "joined", room: "dev", name: "ann", seq: 0, last: 0 });
  chat.show("room dev");
  const done = chat.submit("/logout --others");
  await until("The request", () => last().sent.at(-1)?.type === "logout");
  answer(last(), { type: "devices", devices: [{ device: "d1", label: "desk", door: "web" }] });
  await done;
  await until("What is told", () => notes().length > 0);
  assertEquals(notes(), ["You are signed out everywhere else."]);
  chat.close();
});

Deno.test("/undo takes back what was said last, and nothing before it", async () => {
  const { chat, last, arrive, notes } = chatting();
  const at = new Date().toISOString();
  arrive();
  const said = { type: "message", room: "lobby", from: "ann", own: true, at, text: "old" };
  last().tell({ ...said, seq: 1 });
  await chat.submit("new");
  for (const line of ["/undo", "/edit"]) {
    await chat.submit(line);
    assertEquals(notes().at(-1), "What you said last has not arrived yet; try again in a moment");
  }
  answer(last(), { type: "ack", room: "lobby", seq: 2, at });
  await chat.submit("/undo");
  const { id: _, ...request } = last().sent.at(-1) ?? {};
  assertEquals(request, { type: "remove", room: "lobby", re: 2 });
  chat.close();
});

Deno.test("the page chooses files and lists them, and says where those of others are saved", async () => {
  const { chat, asked, arrive, notes } = chatting();
  arrive();
  for (const line of ["/send", "/files", "/get 3"]) await chat.submit(line);
  assertEquals(asked, ["choose", "files"]);
  assertEquals(notes(), ["Each file has a button that saves it; /files lists them all"]);
  chat.close();
});

Deno.test("plain text is said without the commands, and nothing that may be a secret", () => {
  const talk = { store: { waiting: [] }, online: true, welcome: undefined };
  assertEquals(readTyped("hello", undefined, undefined, talk), {
    kind: "request",
    request: { type: "say", room: "", text: "hello" },
  });
  for (const line of ["/rooms", "//hello", " /login correct horse"]) {
    assertEquals(readTyped(line, undefined, undefined, talk).kind, "error", line);
  }
});

Deno.test("whoever signs out in a browser does so in its closed tabs, too, and there alone", async () => {
  const { chat, last, arrive, notes } = chatting();
  for (const device of ["d1", "d2", "d3", "d2", "d4"]) noteDevice("a0", device);
  noteDevice("b0", "e1");
  assertEquals([devicesHere("a0"), devicesHere("b0")], [["d4", "d2", "d3", "d1"], ["e1"]]);
  const settings = { notify: {}, hideSeen: false, blocked: [] };
  const me = { account: "a0", device: "d1", role: "member", settings };
  arrive({ ...me, rooms: [], chats: [] });
  const done = signOutHere(chat);
  assertEquals(last().sent.at(-1)?.type, "devices");
  const before = last().sent.length;
  // A phone is there, too, and the session of one tab has ended long ago.
  const devices = ["d1", "d2", "d3", "phone"].map((device) => (
    { device, label: "", door: "", since: AT, seen: AT, ...(device === "d1" ? { this: true } : {}) }
  ));
  answer(last(), { type: "devices", devices });
  await until("The others are signed out", () => last().sent.length === before + 2);
  const [second, third] = last().sent.slice(before);
  last().tell({ type: "devices", id: second?.id, devices: [] });
  // This one has signed out by itself meanwhile.
  last().tell({ type: "error", id: third?.id, code: "no-such-device", text: "No such device" });
  await done;
  const ended = last().sent.slice(before).map((request) =>
    request.type === "logout" ? request.device ?? "this one" : request.type
  );
  assertEquals([ended, notes()], [["d2", "d3", "this one"], []]);
  assertEquals([devicesHere("a0"), devicesHere("b0")], [[], ["e1"]]);
  forgetDevices("b0");
  chat.close();
});

Deno.test("so many devices of a browser are remembered, those that came last", () => {
  for (let n = 1; n <= 60; n++) noteDevice("a0", `d${n}`);
  assertEquals([devicesHere("a0").length, devicesHere("a0")[0]], [50, "d60"]);
  forgetDevices("a0");
});

Deno.test("on the page, too, /undo, Up and s/a/b/ take what waits first, and nothing by surprise", async () => {
  const { chat, last, arrive, notes, asked } = chatting();
  arrive();
  const place = chat.store.active;
  const said = (text: string, seq: number, from = "ann"): void =>
    last().tell({ type: "message", room: "lobby", seq, from, at: new Date().toISOString(), text });
  await chat.submit("one");
  assertEquals(lastSaid(place, chat, Date.now()).unsent?.isOnItsWay, true);
  await chat.submit("/undo");
  assertEquals(
    notes().at(-1),
    "What you said last has not arrived yet; try again in a moment",
  );
  answer(last(), { type: "ack", room: "lobby", seq: 1, at: new Date().toISOString() });
  await chat.submit("s/one/two/");
  const { id: _, ...revise } = last().sent.at(-1) ?? {};
  assertEquals(revise, { type: "revise", room: "lobby", re: 1, text: "two" });
  answer(last(), { type: "ack", room: "lobby", seq: 2, at: new Date().toISOString() });
  said("well", 3, "bob");
  const before = last().sent.length;
  await chat.submit("/undo");
  assertEquals([asked.at(-1), last().sent.length], ["remove", before]);
  said("three", 4);
  await chat.submit("/undo");
  assertEquals(notes().at(-1), "Removed: three");
  const { id: __, ...remove } = last().sent.at(-1) ?? {};
  assertEquals(remove, { type: "remove", room: "lobby", re: 4 });
  await chat.submit("/undo");
  assertEquals([asked.at(-1), last().sent.length], ["remove", before + 1]);
  // Long ago.
  assertEquals(lastSaid(place, chat, Date.now() + 901_000).lastOwn?.isLately, false);
  last().close();
  await chat.submit("waits");
  assertEquals(lastSaid(place, chat, Date.now()).unsent?.isOnItsWay, false);
  await chat.submit("s/waits/w/");
  assertEquals(chat.store.unsent.flatMap((post) => "text" in post ? [post.text] : []), ["w"]);
  await chat.submit("/undo");
  assertEquals(notes().at(-1), "Taken back, and not sent: w");
  assertEquals(chat.store.unsent.map(({ type }) => type), ["remove"]);
  assertEquals(await chat.submit("  /remove 3"), false);
  assertEquals(await chat.submit("  /remove 3"), true);
  chat.close();
});
