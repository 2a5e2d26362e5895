/** A room to which somebody is invited stands in the list of the full-screen view until that is answered. */

import { assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { LIFE, sees, seesNo, viewed } from "./fixtures/full_view.ts";
import { AT, WITH_ANN } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

const SECRET = { room: "secret", by: "bob" };

function answer(request: Request): Event | undefined {
  switch (request.type) {
    case "uninvite":
      return { ...request, id: "1" };
    case "missed":
      return { type: "page", room: "", messages: [], more: false };
    case "rooms":
      return { type: "rooms", rooms: [] };
    default:
      return undefined;
  }
}

function sentTo(setup: Setup, room: string): Request[] {
  return setup.sent.filter((each) => "room" in each && each.room === room);
}

const LISTED = /^4 secret join\?/;

Deno.test("an invitation stands in the list, and is joined from there by each way to a room", async () => {
  for (const way of ["\x1b4", "\x1ba", "\x1bksec\r", "/go sec\r", "/next\r"]) {
    using setup = await viewed({ answer, mendsMs: [], said: 60 });
    const { io, conversation } = setup;
    // Whoever reads above sees it, too.
    io.type("\x1b[5~");
    await sees(setup, /End returns/);
    conversation.tell({ type: "invite", ...SECRET });
    await sees(setup, LISTED);
    io.type(way);
    await sees(setup, /─ bob has invited you to secret ─/);
    await sees(setup, /> join secret {2}J/);
    assertEquals(sentTo(setup, "secret"), []);
    io.type("\r");
    await sees(setup, /secret>/);
    await sees(setup, /^4 secret +│/);
    assertEquals(sentTo(setup, "secret")[0]?.type, "join");
  }
});

Deno.test("an invitation is declined for all devices, and is gone when it is taken back", async () => {
  using setup = await viewed({ answer, mendsMs: [], ready: { invited: [{ ...SECRET, at: AT }] } });
  const { io, conversation } = setup;
  // It was told of when the chat began.
  await sees(setup, LISTED);
  io.type("\x1b4");
  await sees(setup, /answer>/);
  io.type("\x1b");
  await seesNo(setup, /answer>/);
  // It has been looked at: what is new goes on elsewhere.
  io.type("\x1ba");
  await sees(setup, /Nothing new anywhere/);
  await sees(setup, LISTED);
  io.type("\x1b4d");
  await sees(setup, /You have declined to join secret/);
  await seesNo(setup, LISTED);
  assertEquals(sentTo(setup, "secret"), [{ type: "uninvite", room: "secret", name: "me" }]);
  conversation.tell({ type: "invite", ...SECRET });
  await sees(setup, LISTED);
  io.type("\x1b4");
  await sees(setup, /answer>/);
  conversation.tell({ type: "uninvite", room: "secret" });
  await sees(setup, /It was taken back/);
  await seesNo(setup, LISTED);
  io.type("\x1b");
  for (
    const told of [
      // What hosts are told of others is nobody's own invitation.
      { type: "invite", room: "dev", name: "carl", by: "me" },
      { type: "uninvite", room: "secret", name: "carl" },
    ] as const
  ) conversation.tell(told);
  conversation.tell({ type: "invite", ...SECRET });
  await sees(setup, LISTED);
  // It is for the name that one had.
  conversation.tell({ type: "account", action: "login", name: "me", role: "member" });
  await seesNo(setup, LISTED);
  conversation.tell({ type: "invite", ...SECRET });
  await sees(setup, LISTED);
  // Another device has joined it.
  conversation.tell({ type: "joined", room: "secret", name: "me", own: true });
  await sees(setup, /^4 secret +│/);
  await seesNo(setup, /join\?/);
});

Deno.test("an invitation is told of by /missed and /unread, also in the stream", async () => {
  const invited = [{ ...SECRET, at: AT }];
  for (const view of [true, false]) {
    using setup = await viewed({ answer, ready: { invited }, chosen: { view } });
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    await sees(setup, /bob has invited you to secret/);
    io.type("/missed\r");
    await sees(setup, /You have missed nothing/);
    io.type("/unread\r");
    const count = (): number => io.screen.seen.split("bob has invited you to secret; /join").length;
    await io.until(() => count() === 4, "three times");
  }
});

Deno.test("who walks from room to room passes by an invitation", async () => {
  using setup = await viewed({ answer, mendsMs: [], ready: { invited: [{ ...SECRET, at: AT }] } });
  const { io } = setup;
  await sees(setup, LISTED);
  for (const room of ["dev", "ops", "lobby"]) {
    io.type("\x0e");
    await sees(setup, new RegExp(`${room}>`));
  }
});

Deno.test("an invitation moves no number of a place that is there", async () => {
  using setup = await viewed({ mendsMs: [], ready: { chats: [WITH_ANN] } });
  await sees(setup, /^4 @Ann/);
  setup.conversation.tell({ type: "invite", ...SECRET });
  await sees(setup, /^5 secret join\?/);
  await sees(setup, /^4 @Ann/);
});
