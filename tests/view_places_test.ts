/** What the view keeps on a machine from one start to the next: where it was left. */

import { assert, assertEquals } from "@std/assert";
import { KeptPlaces, type KeptPlacesOptions } from "../lib/client/kept_places.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { sees, seesNo, shown, viewed, type ViewSetup } from "./fixtures/full_view.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { room, WITH_ANN } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

const SERVER = "here:1234";

function opened(dir: string, more: Partial<KeptPlacesOptions> = {}): KeptPlaces {
  const complain = (line: string): void => {
    throw new Error(line);
  };
  return new KeptPlaces({ dir, servers: [SERVER], isGiven: false, complain, ...more });
}

/** A view that keeps its places in `dir`, and has done so when it is disposed of. */
async function viewedWith(
  dir: string,
  more: ViewSetup = {},
  options: Partial<KeptPlacesOptions> = {},
): Promise<Setup & AsyncDisposable> {
  const openPlaces = (): Promise<KeptPlaces> => Promise.resolve(opened(dir, options));
  const setup = await viewed({ ...more, openPlaces });
  return Object.assign(setup, {
    async [Symbol.asyncDispose](): Promise<void> {
      setup[Symbol.dispose]();
      await setup.code;
    },
  });
}

/** Leaves a view that looks at a room or conversation. */
async function leaveIn(dir: string, place: string, more: ViewSetup = {}): Promise<void> {
  await using setup = await viewedWith(dir, more);
  setup.io.type(`/go ${place}\r`);
  await sees(setup, new RegExp(`${place}>`, "i"));
  setup.io.type("\x04");
  assertEquals(await setup.code, 0);
}

const COUNTS = { seq: 9, last: 9, read: 9 };
const BEHIND = { ...COUNTS, read: 7, unread: 2 };

Deno.test("the view begins in the room where it was left, and what is new elsewhere stays new", async () => {
  await using dir = await makeDir();
  await leaveIn(dir.path, "dev");
  const rooms = [room("lobby", BEHIND), room("dev", COUNTS), room("ops", COUNTS)];
  await using setup = await viewedWith(dir.path, { ready: { rooms, topic: "all of it" } });
  await sees(setup, /You are me in dev on here:1234/);
  await sees(setup, /dev number 9/);
  await sees(setup, /│dev>/);
  await sees(setup, /^1 lobby +2 │/);
  await seesNo(setup, /The topic of/);
  assert(!setup.sent.some((each) => each.type === "read" && each.room === "lobby"));
});

Deno.test("the view begins in the conversation where it was left, though its person goes by another name", async () => {
  await using dir = await makeDir();
  await leaveIn(dir.path, "@ann", { ready: { chats: [WITH_ANN] } });
  await using setup = await viewedWith(dir.path, {
    ready: { chats: [{ ...WITH_ANN, with: "Anna" }] },
  });
  await sees(setup, /You are me in @Anna on/);
  await sees(setup, /talk number 9/);
  await sees(setup, /@Anna>/);
});

Deno.test("what follows of the room where the server begins rings nobody, and is not new", async () => {
  await using dir = await makeDir();
  await leaveIn(dir.path, "dev");
  // The server answers when all has followed.
  const { promise, resolve } = Promise.withResolvers<Event>();
  const answer = (request: Request): Promise<Event> | undefined =>
    request.type === "who" && request.room === "lobby" ? promise : undefined;
  await using setup = await viewedWith(dir.path, { ready: { seq: 7, last: 9 }, answer });
  const { conversation, io } = setup;
  for (const seq of [8, 9]) {
    const at = conversation.at;
    conversation.tell({ type: "message", room: "lobby", seq, from: "ann", at, text: "me: look" });
  }
  conversation.message("bob", "that is all", "dev");
  await sees(setup, /that is all/);
  resolve({ type: "members", room: "lobby", members: ["ann", "me"], total: 2 });
  await sees(setup, /^1 lobby +│/);

  assertEquals(io.screen.bells, 0);
});

Deno.test("the view begins where the server says when one is not in that room any more, or has named one", async () => {
  await using dir = await makeDir();
  await leaveIn(dir.path, "dev");
  {
    await using setup = await viewedWith(dir.path, {
      ready: { rooms: [room("lobby"), room("ops")] },
    });
    await sees(setup, /You are me in lobby/);
  }
  await leaveIn(dir.path, "dev");
  await using setup = await viewedWith(dir.path, {}, { isGiven: true });
  await sees(setup, /You are me in lobby/);
});

Deno.test("where the view was left is kept when it ends by a signal or turns to the stream", async () => {
  await using dir = await makeDir();
  {
    await using setup = await viewedWith(dir.path);
    setup.io.type("/go ops\r");
    await sees(setup, /ops>/);
    setup.io.signal("SIGHUP");
    assertEquals(await setup.code, 129);
  }
  assertEquals(opened(dir.path).left("me"), { room: "ops" });
  await using setup = await viewedWith(dir.path);
  await sees(setup, /You are me in ops/);
  setup.io.type("/go dev\r");
  await sees(setup, /dev>/);
  setup.io.type("/view\r");
  await setup.io.until(() => !setup.io.screen.isAlternate, "the stream");
  assertEquals(opened(dir.path).left("me"), { room: "dev" });
});

Deno.test("the stream begins where the server says, and opens nothing", async () => {
  let count = 0;
  const openPlaces = (): Promise<KeptPlaces> => {
    count++;
    return Promise.reject(new Error("not for the stream"));
  };
  using setup = await viewed({ chosen: { view: false }, openPlaces });
  await setup.io.expect("You are me in lobby");
  assertEquals(count, 0);
  assertEquals(shown(setup).filter((row) => /not for the stream/.test(row)), []);
});

Deno.test("each name on each server has a place, which only its owner reads; what is no place of ours is left out", async () => {
  await using dir = await makeDir();
  const folder = `${dir.path}/settings`;
  opened(folder).leave("Ann", { room: "dev" });
  opened(folder).leave("bob", { room: "ops" });
  opened(folder, { servers: ["b:1", SERVER] }).leave("ann", { chat: WITH_ANN.chat });
  opened(folder, { servers: ["c:1"] }).leave("ann", { room: "far" });
  assertEquals(opened(folder).left("ann"), { chat: WITH_ANN.chat });
  assertEquals(opened(folder, { servers: ["b:1"] }).left("ANN"), { chat: WITH_ANN.chat });
  assertEquals(opened(folder, { servers: ["c:1"] }).left("ann"), { room: "far" });
  assertEquals(opened(folder).left("bob"), { room: "ops" });
  assertEquals(opened(folder).left("carol"), undefined);
  const path = `${folder}/places.json`;
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }
  const before = await Deno.readTextFile(path);
  const bad = [
    "nothing",
    "null",
    '{"name":1}',
    `{"servers":["${SERVER}"],"name":"bob","left":3e4}`,
  ];
  const wrong = `{"servers":["${SERVER}"],"name":"bob","left":{"room":7}}`;
  await Deno.writeTextFile(path, `${before}${[...bad, wrong].join("\n")}\n`);
  assertEquals(opened(folder).left("ann"), { chat: WITH_ANN.chat });
  assertEquals(opened(folder).left("bob"), { room: "ops" });
  await Deno.writeFile(path, new Uint8Array([0xff, 0xfe]));
  assertEquals(opened(folder).left("ann"), undefined);
});

Deno.test("of more than a hundred names the one that was left first is forgotten", async () => {
  await using dir = await makeDir();
  for (let n = 0; n <= 100; n++) opened(dir.path).leave(`ann${n}`, { room: "dev" });
  assertEquals(opened(dir.path).left("ann0"), undefined);
  assertEquals(opened(dir.path).left("ann1"), { room: "dev" });
});

Deno.test("where it can't be kept that is told once", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const told: string[] = [];
  const kept = opened(`${dir.path}/file`, { complain: (line) => void told.push(line) });
  kept.leave("ann", { room: "dev" });
  kept.leave("ann", { room: "ops" });
  assertEquals(told.length, 1);
  assert(told[0]?.startsWith(`Where you leave can't be kept in ${dir.path}/file/places.json: `));
});

/** What Ann says to the reader alone. */
const TOLD = { from: "Ann", to: "me", text: "psst", chat: WITH_ANN.chat, with: "Ann" };

/** Closes the conversation with Ann, and leaves. */
async function closeAnn(dir: string): Promise<void> {
  await using setup = await viewedWith(dir, { ready: { chats: [WITH_ANN] } });
  setup.io.type("/chat ann\r");
  await sees(setup, /@ann>/i);
  setup.io.type("/leave\r");
  await sees(setup, /The conversation is closed/);
  await seesNo(setup, /^4 @ann/i);
}

Deno.test("a conversation that was closed is not listed after the next start, until something new comes", async () => {
  await using dir = await makeDir();
  await closeAnn(dir.path);
  await using setup = await viewedWith(dir.path, { ready: { chats: [WITH_ANN] } });
  await sees(setup, /lobby number 9/);
  await seesNo(setup, /^4 @ann/i);
  const { conversation } = setup;
  conversation.tell({ type: "direct", ...TOLD, seq: 5, at: conversation.at });
  await sees(setup, /^4 @Ann +1! │/);
});

Deno.test("a conversation that was closed is listed when something has come while nobody was there", async () => {
  await using dir = await makeDir();
  await closeAnn(dir.path);
  const chats = [{ ...WITH_ANN, last: 10, seq: 10, read: 10 }];
  await using setup = await viewedWith(dir.path, { ready: { chats } });
  await sees(setup, /^4 @Ann/);
});

Deno.test("a conversation that was closed and opened again is listed after the next start", async () => {
  await using dir = await makeDir();
  await closeAnn(dir.path);
  {
    await using setup = await viewedWith(dir.path, { ready: { chats: [WITH_ANN] } });
    setup.io.type("/chat ann\r");
    await sees(setup, /^4 @Ann/i);
    setup.io.type("/go lobby\r");
    await sees(setup, /lobby>/);
  }
  await using setup = await viewedWith(dir.path, { ready: { chats: [WITH_ANN] } });
  await sees(setup, /^4 @Ann/);
});

Deno.test("what was closed is not listed by who turns from the stream to the view", async () => {
  await using dir = await makeDir();
  await closeAnn(dir.path);
  const chosen = { view: false };
  await using setup = await viewedWith(dir.path, { chosen, ready: { chats: [WITH_ANN] } });
  setup.io.type("/view\r");
  await sees(setup, /^3 ops/);
  await seesNo(setup, /^4 @ann/i);
});

Deno.test("what was closed is not listed by who logs in within a session", async () => {
  await using dir = await makeDir();
  await closeAnn(dir.path);
  const answer = (request: Request): Event | undefined =>
    request.type === "login"
      ? { type: "account", action: "login", name: "me", role: "member" }
      : request.type === "chats"
      ? { type: "chats", chats: [WITH_ANN], more: false }
      : undefined;
  // A guest.
  const ready = { rooms: undefined } as unknown as ViewSetup["ready"] & object;
  await using setup = await viewedWith(dir.path, { answer, ready });
  setup.io.type("/login a password\r");
  await setup.io.until(() => setup.sent.some(({ type }) => type === "chats"), "the conversations");
  setup.conversation.message("bob", "that is all");
  await sees(setup, /that is all/);
  assert(!shown(setup).some((row) => /@ann/i.test(row)), shown(setup).join("\n"));
});

Deno.test("what two clients close stays closed, and of more than 200 what was closed first opens again", async () => {
  await using dir = await makeDir();
  const [one, two] = [opened(dir.path), opened(dir.path)];
  one.close("ann", "a", 3);
  two.close("ann", "b", 4);
  one.leave("ann", { room: "dev" });
  one.close("ann", "c", 5);
  two.close("ann", "a", undefined);
  assertEquals(opened(dir.path).closed("ann"), [["b", 4], ["c", 5]]);
  assertEquals(opened(dir.path).closed("bob"), []);
  for (let n = 0; n < 199; n++) one.close("ann", `chat${n}`, n);
  const closed = new Map(opened(dir.path).closed("ann"));
  assertEquals([closed.size, closed.has("b"), closed.get("c")], [200, false, 5]);
});
