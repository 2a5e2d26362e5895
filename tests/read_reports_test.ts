/** What the terminal counts as read is told to the server, so that it is read on the other devices, too. */

import { assertEquals } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { pageOf, sees, seesNo, viewed, type ViewSetup } from "./fixtures/full_view.ts";
import { online, page, reads, room } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

const UNREAD: ViewSetup = {
  said: 9,
  ready: {
    rooms: [
      room("lobby"),
      room("dev", { read: 7, unread: 2 }),
      room("ops", { read: 8, unread: 1 }),
      room("tea", { read: 6, unread: 3, mentions: 1 }),
    ],
  },
};

/** Where marks were made, and up to where. */
function marks(setup: Setup): Array<string> {
  return reads(setup).map(({ room, seq }) => `${room} ${seq}`).sort();
}

/** Answers what a room has said when the test says so. */
function held(name: string): { give: () => void; answer: (request: Request) => unknown } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answer = (request: Request): Promise<Event> | undefined =>
    request.type === "history" && request.room === name
      ? promise.then(() => pageOf(request, 9))
      : undefined;
  return { give: () => resolve(), answer };
}

Deno.test("rooms that are gone through fast are read on all devices", async () => {
  using setup = await viewed(UNREAD);
  const { io } = setup;
  for (const name of ["tea", "dev", "ops"]) {
    io.type("\x1ba");
    await sees(setup, new RegExp(`${name} number 9`));
  }
  io.type("\x04");
  await setup.code;
  assertEquals(marks(setup), ["dev 9", "ops 9", "tea 9"]);
});

Deno.test("a room is read when its messages come, without another key", async () => {
  const dev = held("dev");
  using setup = await viewed({ ...UNREAD, answer: dev.answer as ViewSetup["answer"] & object });
  const { io } = setup;
  io.type("\x1b2");
  await sees(setup, /dev>/);
  await io.until(() => setup.sent.some(({ type }) => type === "topic"), "the look around");
  assertEquals(marks(setup), []);
  dev.give();
  await sees(setup, /dev number 9/);
  await io.until(() => marks(setup).join() === "dev 9", "the mark");
});

Deno.test("a room that is left before its messages have come stays unread", async () => {
  const dev = held("dev");
  using setup = await viewed({ ...UNREAD, answer: dev.answer as ViewSetup["answer"] & object });
  const { io, conversation } = setup;
  io.type("\x1b2");
  await sees(setup, /^2 dev +│/);
  conversation.message("bob", "one more", "dev");
  io.type("\x1b1");
  await sees(setup, /^2 dev +3 │/);
  dev.give();
  io.type("\x1b2");
  await sees(setup, /dev number 9/);
  await sees(setup, /one more/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +│/);
});

/** A stream in which what dev has said comes when the test says so. */
async function lateInStream(): Promise<{ setup: Setup; resolve: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const setup = await online(
    { room: "lobby", rooms: [room("lobby"), room("dev", { read: 7, unread: 2 })] },
    (request) =>
      request.type === "history" && request.room === "dev"
        ? promise.then(() => page(request)) as unknown as Event
        : undefined,
  );
  return { setup, resolve };
}

Deno.test("what comes into the stream after the person has gone on is read, too", async () => {
  const { setup: given, resolve } = await lateInStream();
  using setup = given;
  const { io, conversation } = setup;
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow === "dev> ", "dev");
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow === "lobby> ", "lobby");
  resolve();
  await io.expect("dev: 2 new");
  await io.until(() => marks(setup).join() === "dev 9", "the mark");
  conversation.skip(9);
  conversation.message("bob", "not yet read", "dev");
  await io.until(() => io.screen.cursorRow.startsWith("lobby [dev 1]>"), "it is new");
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(marks(setup), ["dev 9"]);
});

Deno.test("what was read before does not undo /unread", async () => {
  using setup = await online({ room: "lobby", rooms: [room("lobby", { read: 7, unread: 2 })] });
  const { io, conversation } = setup;
  await io.until(() => marks(setup).join() === "lobby 9", "the mark");
  conversation.skip(9);
  conversation.message("bob", "just now");
  await io.expect("just now");
  io.type("/unread 2\r");
  await io.expect("From the last 2 messages on");
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(reads(setup).map(({ seq, back }) => [seq, back]), [
    [9, undefined],
    [10, undefined],
    [8, true],
  ]);
});

Deno.test("a mark that the connection took with it is made again, also where the person is no more", async () => {
  const rooms = [room("lobby"), room("dev", { read: 7, unread: 2 })];
  using setup = await viewed({ said: 9, mendsMs: [], ready: { rooms } });
  const { io, conversation } = setup;
  const usual = conversation.answer;
  const { promise: lost, reject } = Promise.withResolvers<Event>();
  conversation.answer = (request) => request.type === "read" ? lost : usual(request);
  io.type("\x1b2");
  await sees(setup, /dev number 9/);
  await io.until(() => marks(setup).length === 1, "the mark");
  io.type("\x1b1");
  await sees(setup, /lobby>/);
  conversation.answer = usual;
  conversation.lose();
  reject(new RequestError("offline", "The connection was lost."));
  await sees(setup, /offline/);
  conversation.ready({ account: "m1", rooms, seq: 9, last: 9 });
  await seesNo(setup, /─ offline/);
  io.type("x");
  await io.until(() => marks(setup).length === 2, "the mark once more");
  assertEquals(marks(setup), ["dev 9", "dev 9"]);
});

Deno.test("what counts as unread again on another device stays so, though the mark came while nobody looked", async () => {
  const { promise, resolve } = Promise.withResolvers<Event>();
  const rooms = [room("lobby", { read: 7, unread: 2 })];
  using setup = await online(
    { room: "lobby", rooms },
    (request) => request.type === "read" ? promise as unknown as Event : undefined,
  );
  const { io, conversation } = setup;
  await io.until(() => marks(setup).join() === "lobby 9", "the mark");
  io.type("\x1b[O");
  conversation.message("bob", "nobody looks", "elsewhere");
  await io.expect("nobody looks");
  resolve({ type: "read", room: "lobby", seq: 9, unread: 0, mentions: 0 });
  conversation.message("bob", "in between", "elsewhere");
  await io.expect("in between");
  conversation.tell({ type: "read", room: "lobby", seq: 7, unread: 2, mentions: 0 });
  conversation.lose();
  await io.expect("The connection was lost");
  conversation.ready({ account: "m1", rooms, seq: 9, last: 9 });
  await io.expect("Connected again");
  io.type("\x1b[Ix");
  await io.until(() => io.screen.cursorRow.endsWith("> x"), "the key");
  io.signal("SIGTERM");
  await setup.code;
  assertEquals(marks(setup), ["lobby 9"]);
});

Deno.test("what comes into the stream late is read though its window had no focus meanwhile", async () => {
  const { setup: given, resolve } = await lateInStream();
  using setup = given;
  const { io, conversation } = setup;
  io.type("\x0e");
  await io.until(() => io.screen.cursorRow === "dev> ", "dev");
  io.type("\x0e\x1b[O");
  await io.until(() => io.screen.cursorRow === "lobby> ", "lobby");
  conversation.message("bob", "while nobody looks");
  await io.expect("while nobody looks");
  io.type("\x1b[I");
  resolve();
  await io.expect("dev: 2 new");
  io.type("x");
  await io.until(() => marks(setup).includes("dev 9"), "the mark");
});
