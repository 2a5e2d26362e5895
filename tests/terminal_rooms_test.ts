/** Several rooms at one terminal: what is shown of them, what is marked, and when it rings. */

import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { type LinkEvent, RequestError } from "../lib/client/conversation.ts";
import { QUIET_MS } from "../lib/client/terminal/alarm.ts";
import { RoomPeople } from "../lib/client/terminal/people.ts";
import { Preferences } from "../lib/client/terminal/preferences.ts";
import { Rooms } from "../lib/client/terminal/rooms.ts";
import { DEFAULT_SETTINGS, type Settings } from "../lib/client/settings.ts";
import type { Event, Message } from "../lib/wire/events.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

const AT = "2026-01-02T03:04:05.000Z";

function message(seq: number, text: string, room = "dev", from = "ann"): Message {
  return { room, seq, from, at: AT, text };
}

/** A chat that is in the lobby and in dev, looking at the lobby. */
async function inTwoRooms(
  settings: Partial<Settings> = {},
  save: (settings: Settings) => void = () => {},
): Promise<Setup> {
  const setup = await Setup.online({ settings: { ...DEFAULT_SETTINGS, ...settings }, save });
  setup.io.type("/join dev\r");
  await setup.io.expect("dev>");
  setup.io.type("/room lobby\r");
  await setup.io.until(() => setup.io.screen.cursorRow.startsWith("lobby>"), "the lobby");
  return setup;
}

/** The rules on the screen. */
function rules(setup: Setup): string[] {
  return setup.io.screen.rows.filter((row) => row.startsWith("----"));
}

Deno.test("what is new in other rooms is in the prompt until they are looked at", async () => {
  using setup = await inTwoRooms();
  const { io, conversation } = setup;
  conversation.message("ann", "one", "dev");
  conversation.message("ann", "two for @me", "dev");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 2 1!]>"), "the counts");
  assertEquals(setup.entries.slice(-2), ["#dev <ann> one", "» #dev <ann> two for @me"]);
  io.type("/room dev\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev>"), "dev");
  assertMatch(rules(setup).at(-1) ?? "", /^---- dev: 2 new since \d\d:\d\d, shown above ----$/);
});

Deno.test("keys switch rooms, and a line says so when something is said there", async () => {
  using setup = await inTwoRooms();
  const { io, conversation } = setup;
  for (const [key, room] of [["\x0e", "dev"], ["\x10", "lobby"], ["\x1b2", "dev"]] as const) {
    io.type(key);
    await io.until(() => io.screen.cursorRow.startsWith(`${room}>`), room);
  }
  assertEquals(rules(setup), []);
  io.type("draft");
  conversation.message("ann", "hello", "dev");
  await io.expect("<ann> hello");
  io.type("\x1b1");
  await io.until(() => io.screen.cursorRow === "lobby> ", "the lobby, without the draft");
  conversation.message("ann", "hi");
  await io.expect("<ann> hi");
  assertEquals(rules(setup), ["---- lobby ----"]);
  io.type("\x1b9");
  await io.until(() => io.screen.bells === 1, "a bell for a room that there is not");
});

Deno.test("who leaves several rooms at once is told in one line, and the like in one", async () => {
  using setup = await Setup.online({ presenceMs: 30 });
  const { io, conversation } = setup;
  for (const room of ["dev", "ops", "den", "off"]) {
    conversation.tell({ type: "joined", id: "1", room, name: "me", seq: 0 });
  }
  await io.expect("You are in off now");
  const left = (name: string, room: string): LinkEvent => (
    { type: "left", room, name, reason: "quit" }
  );
  for (const room of ["lobby", "dev", "ops", "den", "off"]) conversation.tell(left("ann", room));
  for (const room of ["dev", "ops"]) conversation.tell(left("bob", room), left("carl", room));
  await io.expect("carl left");
  assertEquals(setup.entries.filter((entry) => entry.includes("left")), [
    "-- ann left lobby, dev and 3 other rooms (quit).",
    "-- bob and carl left dev and ops.",
  ]);
});

Deno.test("who comes and goes is told again only when something was said, or much later", async () => {
  using setup = await Setup.online({ foldMs: 60_000 });
  const { io, conversation } = setup;
  conversation.tell({ type: "joined", room: "lobby", name: "ann" });
  await io.expect("ann joined lobby.");
  for (const name of ["deploy", "backup"]) {
    conversation.tell({ type: "joined", room: "lobby", name });
    conversation.tell({ type: "left", room: "lobby", name });
  }
  conversation.tell({ type: "joined", room: "lobby", name: "eve" });
  const kicked = { reason: "kicked", by: "ann", why: "spam" };
  conversation.tell({ type: "left", room: "lobby", name: "eve", ...kicked });
  conversation.tell({ type: "joined", room: "lobby", name: "bob" });
  conversation.message("ann", "hello");
  await io.expect("<ann> hello");
  assertEquals(setup.entries.slice(-4), [
    "-- ann joined lobby.",
    "-- eve left lobby (kicked by ann: spam).",
    "-- bob joined lobby.",
    "<ann> hello",
  ]);
});

Deno.test("who comes after something was said is told soon, though who came before that was held for long", async () => {
  using setup = await Setup.online({ foldMs: 600_000 });
  const { io, conversation } = setup;
  conversation.tell({ type: "joined", room: "lobby", name: "ann" });
  await io.expect("ann joined lobby.");
  conversation.tell({ type: "joined", room: "lobby", name: "bob" });
  conversation.message("bob", "hello");
  await io.expect("<bob> hello");
  conversation.tell({ type: "left", room: "lobby", name: "bob" });
  await io.expect("bob left lobby.");
  assertEquals(setup.entries.slice(-4), [
    "-- ann joined lobby.",
    "-- bob joined lobby.",
    "<bob> hello",
    "-- bob left lobby.",
  ]);
});

Deno.test("each room keeps its own draft", async () => {
  using setup = await inTwoRooms();
  const { io } = setup;
  const row = (text: string): Promise<void> =>
    io.until(() => io.screen.cursorRow === text, JSON.stringify(text));
  io.type("for the lobby\x1b2");
  await row("dev> ");
  io.type("for dev\x1b1");
  await row("lobby> for the lobby");
  io.type("\x1b[D!\x1b2");
  await row("dev> for dev");
  io.type("\x1b1?");
  await row("lobby> for the lobb!?y");
  io.type("\r\x1b2\r");
  await io.expect("<me> for dev");
  assertEquals(setup.sent.flatMap((r) => r.type === "say" ? [[r.room, r.text]] : []), [
    ["lobby", "for the lobb!?y"],
    ["dev", "for dev"],
  ]);
});

Deno.test("recent messages come when a room is entered, and are no news", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.answer = (request) =>
    request.type === "join"
      ? { type: "joined", id: "1", room: "dev", name: "me", seq: 0, last: 3 }
      : new RequestError("offline", "There is no connection");
  const members = Promise.withResolvers<Event>();
  const send = conversation.send.bind(conversation);
  conversation.send = (request) => request.type === "who" ? members.promise : send(request);
  io.type("/join dev\r");
  await io.expect("dev>");
  const of = (m: Message): Event => ({ type: "message", ...m });
  conversation.tell(of(message(1, "me: first")), of(message(2, "second")));
  conversation.message("ann", "in the lobby meanwhile");
  await io.expect("meanwhile");
  assertFalse(io.screen.text.includes("first"));
  conversation.tell(of(message(3, "third")), of(message(4, "live, @me")));
  await io.expect("live, @me");
  assertMatch(
    io.screen.text,
    /---- earlier in dev ----\n.* » <ann> me: first\n.*ann> second\n.*ann> third\n.* » <ann> live, @me/,
  );
  await io.until(() => io.screen.bells === 1, "a bell for the live one only");
  members.resolve({ type: "members", room: "dev", members: ["ann", "me"], total: 2 });
});

Deno.test("a room whose recent messages do not all come shows those that did", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const members = Promise.withResolvers<Event>();
  const send = conversation.send.bind(conversation);
  conversation.send = (request) => request.type === "who" ? members.promise : send(request);
  conversation.answer = () => ({
    type: "joined",
    id: "1",
    room: "dev",
    name: "me",
    seq: 0,
    last: 3,
  });
  io.type("/join dev\r");
  await io.expect("dev>");
  conversation.tell({ type: "message", ...message(2, "second") });
  members.resolve({ type: "members", room: "dev", members: ["ann", "me"], total: 2 });
  await io.expect("ann> second");
});

Deno.test("checklist 9: a mention is marked and rings, once in a while", async () => {
  let at = Date.parse(AT);
  using setup = await Setup.online({ now: () => new Date(at) });
  const { io, conversation } = setup;
  conversation.message("ann", "nothing for amen or meet");
  conversation.message("ann", "Me: look");
  conversation.message("ann", "look again, @ME");
  conversation.message("ann", "it is me");
  conversation.message("ann", "@all: home", "lobby", { all: true });
  await io.expect("home");
  assertEquals(setup.entries, [
    "<ann> nothing for amen or meet",
    "» <ann> Me: look",
    "» <ann> look again, @ME",
    "<ann> it is me",
    "» <ann> @all: home",
  ]);
  await io.until(() => io.screen.bells === 1, "one bell");
  at += QUIET_MS;
  io.type("/notify add deploy\r");
  await io.expect("deploy counts");
  conversation.message("ann", "the Deploy is done");
  await io.until(() => io.screen.bells === 2, "another");
  assertEquals(setup.entries.at(-1), "» <ann> the Deploy is done");
});

Deno.test("the bell is a room's own, is remembered, and can be silenced", async () => {
  const saved: Settings[] = [];
  using setup = await Setup.online({ save: (settings) => void saved.push(settings) });
  const { io, conversation } = setup;
  io.type("/bell off\r");
  await io.expect("In lobby the bell rings never.");
  conversation.message("ann", "me: psst");
  await io.expect("<ann> me: psst");
  assertEquals(io.screen.bells, 0);
  io.type("/bell on all\r");
  await io.expect("in every room");
  conversation.message("ann", "anything");
  await io.until(() => io.screen.bells === 1, "a bell");
  assertEquals(saved.map(({ bell, bells }) => [bell, bells]), [["mentions", { lobby: "off" }], [
    "on",
    {},
  ]]);
});

Deno.test("the desktop is told only when that was asked for, and of nothing that steers", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.at = "2026-01-02T03:05:05.000Z";
  io.type("/bell desktop on\r");
  await io.expect("told when it rings");
  assertFalse(io.written.includes("\x1b]9;"));
  conversation.message("4;\x1b\\a", "me: \x07 there");
  await io.until(() => io.written.includes("\x1b]9;"), "a notification");
  // deno-lint-ignore no-control-regex
  assertMatch(io.written, /\x07\x1b\]9;chatroom: 4;␛\\a: me: ␇ there\x07/);
});

Deno.test("somebody who is ignored says nothing, and a room that is waits until it is looked at", async () => {
  using setup = await inTwoRooms({ ignored: ["Eve"] });
  const { io, conversation } = setup;
  conversation.message("eve", "buy this");
  conversation.tell({ type: "direct", from: "eve", to: "me", at: AT, text: "buy", n: 1 });
  io.type("/ignore #dev\r");
  await io.expect("#dev is counted");
  for (let n = 1; n <= 102; n++) conversation.message("ann", `me, ${n}.`, "dev");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 102!]>"), "the count");
  assertFalse(io.screen.text.includes("me, 102."));
  assertEquals(io.screen.bells, 0);
  io.type("/room dev\r");
  await io.expect("me, 102.");
  assertFalse(io.screen.text.includes("me, 2."));
  assertMatch(
    io.screen.text,
    /---- dev: 102 new since \d\d:\d\d ----\n.* -- … 2 messages not shown/,
  );
  assertFalse(io.screen.text.includes("buy"));
  io.type("/unignore @eve\r");
  await io.expect("eve is shown again");
  io.type('/ignore "a b (hook)"\r');
  await io.expect("Nothing of a b (hook) is shown any more; /unignore a b (hook) ends");
  conversation.message("a b (hook)", "red build", "dev");
  conversation.message("eve", "hello", "dev");
  await io.expect("<eve> hello");
  assertFalse(io.screen.text.includes("red build"));
});

Deno.test("who is ignored stays so by the name that they take, and whoever gets that name does not", async () => {
  const saved: Settings[] = [];
  using setup = await inTwoRooms({ ignored: ["Eve"] }, (settings) => void saved.push(settings));
  const { io, conversation } = setup;
  const rename = (from: string, to: string): void =>
    conversation.tell({ type: "renamed", from, to });
  rename("eve", "Mallory");
  conversation.message("mallory", "buy this");
  rename("Mallory", "Trudy");
  conversation.message("trudy", "buy that");
  conversation.message("eve", "and more");
  // The name in between is somebody else's now.
  conversation.message("mallory", "it is me");
  await io.expect("<mallory> it is me");
  io.type("/ignore\r");
  await io.expect("You ignore Eve (now Trudy)");
  rename("bob", "Trudy");
  conversation.message("trudy", "bob that was");
  await io.expect("<trudy> bob that was");
  rename("eve", "Grace");
  io.type("/unignore grace\r");
  await io.expect("grace is shown again");
  conversation.message("eve", "hello");
  await io.expect("<eve> hello");
  assertFalse(/buy|and more|Eve is now|is now Grace/.test(io.screen.text));
  assertEquals(saved.map(({ ignored }) => ignored), [[]]);
});

Deno.test("checklist 9: what comes after a while without a key stands under a line", async () => {
  let at = Date.parse(AT);
  using setup = await Setup.online({ now: () => new Date(at) });
  const { io, conversation } = setup;
  at += 60_000;
  conversation.message("ann", "soon");
  await io.expect("soon");
  at += 600_000;
  conversation.message("ann", "later");
  conversation.message("ann", "later still");
  await io.expect("still");
  assertEquals(rules(setup).length, 1);
  assertMatch(io.screen.text, /ann> soon\n---- new since \d\d:04 ----\n.*ann> later\n/);
});

Deno.test("checklist 9: a new date has a line, once", async () => {
  using setup = await Setup.online({ now: () => new Date(AT) });
  const { io, conversation } = setup;
  conversation.message("ann", "today");
  conversation.at = "2026-01-03T13:04:05.000Z";
  conversation.message("ann", "tomorrow");
  conversation.message("ann", "and more");
  await io.expect("and more");
  const days = rules(setup).filter((row) => row.includes("2026"));
  assertEquals(days, ["---- Saturday, 3 January 2026 ----"]);
});

Deno.test("comings and goings are folded, and quiet in a large room", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const joined = (...names: string[]): void =>
    conversation.tell(...names.map((name) => ({ type: "joined", room: "lobby", name } as const)));
  joined("bob", "carol", "dave", "eve", "flo");
  conversation.tell({ type: "left", room: "lobby", name: "flo" });
  conversation.message("bob", "hi");
  await io.expect("<bob> hi");
  assertEquals(setup.entries, ["-- bob, carol and 2 others joined lobby.", "<bob> hi"]);
  joined(...Array.from({ length: 30 }, (_, n) => `guest${n}`));
  conversation.message("bob", "full");
  await io.expect("full");
  joined("gus");
  conversation.message("bob", "quiet");
  await io.expect("quiet");
  assertFalse(io.screen.text.includes("gus joined"));
  io.type("/presence on\r");
  await io.expect("Who comes and goes is told.");
  conversation.tell({ type: "left", room: "lobby", name: "gus", reason: "quit" });
  await io.expect("-- gus left lobby (quit).");
  assert(!io.screen.text.includes("flo"));
});

Deno.test("Tab offers those who are here before a script that has said something last", () => {
  const people = new RoomPeople(new Rooms("lobby"), new Preferences(DEFAULT_SETTINGS));
  people.listed({ type: "members", room: "lobby", members: ["dora", "dan"], total: 2 });
  people.spoke("dan");
  people.spoke("deploy");
  assertEquals(people.inOrder([]), ["dan", "dora", "deploy"]);
  people.renamed("dan", "don");
  people.moved({ type: "left", room: "lobby", name: "dora" });
  people.moved({ type: "joined", room: "lobby", name: "deb" });
  assertEquals(people.inOrder([]), ["don", "deb", "deploy"]);
});

Deno.test("whoever leaves a room comes to where they were before, and to nobody alone", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  for (const name of ["dev", "ops", "tea"]) {
    io.type(`/join ${name}\r`);
    await io.until(() => io.screen.cursorRow === `${name}> `, name);
  }
  const told = { type: "direct", chat: "c", with: "zoe", from: "zoe", to: "me" } as const;
  conversation.tell({ ...told, at: conversation.at, seq: 1, n: 1, text: "psst" });
  await io.expect("[zoe -> me] psst");
  io.type("/chat zoe\r");
  await io.until(() => io.screen.cursorRow === "@zoe> ", "the conversation");
  io.type("\x1b2");
  await io.until(() => io.screen.cursorRow === "dev> ", "dev");
  io.type("\x1b4");
  await io.until(() => io.screen.cursorRow === "tea> ", "tea");
  io.type("/leave\r");
  await io.until(() => io.screen.cursorRow === "dev> ", "where they were before");
  io.type("\x1b1\x1b4");
  await io.until(() => io.screen.cursorRow === "@zoe> ", "the conversation");
  io.type("\x1b2/leave\r");
  await io.until(() => io.screen.cursorRow === "lobby> ", "a room");
  io.type("/leave\r");
  await io.until(() => io.screen.cursorRow === "ops> ", "another room");
  io.type("/leave\r");
  await io.until(() => io.screen.cursorRow === "@zoe> ", "there is nothing else");
});
