/** What is unread where somebody goes away from in the full-screen view: what was not on their screen, and no more. */

import { assertEquals, assertFalse } from "@std/assert";
import { delay } from "@std/async/delay";
import { RequestError } from "../lib/client/conversation.ts";
import type { Event } from "../lib/wire/events.ts";
import { pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { AT, CHAT, reads, room, WITH_ANN } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

const COUNTS = { seq: 400, last: 400 };
const LOBBY = room("lobby", { ...COUNTS, read: 400 });
const DEV = room("dev", { ...COUNTS, read: 100, unread: 300, mentions: 0 });

/** A room in which 100 messages were said, and 40 more while somebody reads above; the third is for them. */
async function above(): Promise<Setup> {
  const setup = await viewed({ said: 100, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 100/);
  io.type("\x1b[5~\x1b[5~");
  await sees(setup, /End returns/);
  for (let n = 1; n <= 40; n++) {
    conversation.message("bob", `${n === 3 ? "me: " : ""}burst ${n}.`);
  }
  await sees(setup, /40 new, 1 for you ↓/);
  return setup;
}

for (const leaves of ["\x1b2", "/room dev\r", "/go dev\r"]) {
  Deno.test(`what stands below is unread where the person goes elsewhere by ${JSON.stringify(leaves)}`, async () => {
    using setup = await above();
    setup.io.type(leaves);
    await sees(setup, /│dev>/);
    await sees(setup, /^1 lobby +40! /);
    setup.io.type("\x1b1");
    // By a key they come back to where they read, by a command they had gone to the end.
    await sees(setup, /new, 1 for you [↑↓]/);
  });
}

Deno.test("who goes back to where they read before they answered is told what is below again", async () => {
  using setup = await above();
  setup.io.type("yes\r");
  await sees(setup, /<me> yes/);
  setup.io.type("\x1b[1;3D");
  await sees(setup, /\d\d new, 1 for you ↓/);
});

Deno.test("what was read on another device meanwhile is not unread here when the person goes elsewhere", async () => {
  using setup = await above();
  setup.conversation.tell({ type: "read", room: "lobby", seq: 120, unread: 20, mentions: 0 });
  setup.io.type("\x1b2");
  await sees(setup, /dev number 100/);
  await sees(setup, /^1 lobby +20 /);
});

for (const seq of [350, 150]) {
  Deno.test(`a look at what a search has found at ${seq} of 300 that are unread reads nothing else`, async () => {
    const found = { room: "dev", seq, from: "ann", at: AT, text: `dev number ${seq}` };
    using setup = await viewed({
      ...{ said: 400, mendsMs: [], ready: { rooms: [LOBBY, DEV] } },
      answer: (request) =>
        request.type === "search"
          ? { type: "page", room: "", messages: [found], more: false }
          : undefined,
    });
    const { io } = setup;
    await sees(setup, /^2 dev +300 │/);
    io.type("/search number\r");
    await sees(setup, /1\. /);
    io.type("/around 1\r");
    await sees(setup, new RegExp(`<ann> dev number ${seq}`));
    await sees(setup, /Enter: menu/);
    io.type("\x1b");
    await seesNo(setup, /Enter: menu/);
    io.type("\x1b1");
    await sees(setup, /│lobby>/);
    await sees(setup, /^2 dev +\d\d\d /);
    io.signal("SIGTERM");
    await setup.code;
    assertFalse(reads(setup).some(({ seq, room }) => room === "dev" && seq > 101));
  });
}

Deno.test("a room of which nothing could be had has not been read", async () => {
  using setup = await viewed({
    ...{ said: 400, mendsMs: [], ready: { rooms: [LOBBY, DEV] } },
    answer: (request) =>
      request.type === "history" && request.room === "dev"
        ? new RequestError("try-later", "Try later.") as unknown as Event
        : undefined,
  });
  const { io } = setup;
  await sees(setup, /^2 dev +300 │/);
  io.type("\x1b2");
  await sees(setup, /│dev>/);
  io.type("\x1b1");
  await sees(setup, /^2 dev +300 │/);
  assertEquals(reads(setup), []);
});

for (const said of [0, 5]) {
  Deno.test(`in a room of ${said} messages what had no room on the screen is not read`, async () => {
    using setup = await viewed({
      said,
      mendsMs: [],
      ready: { rooms: [room("lobby", counts(said))] },
    });
    const { io, conversation } = setup;
    await sees(setup, /│lobby>/);
    io.type("\x1b[O");
    for (let n = 1; n <= 40; n++) conversation.message("bob", `burst ${n}.`);
    await sees(setup, /burst 40/);
    io.type("\x1b[I");
    await sees(setup, /new ↑/);
    io.type("x");
    await sees(setup, /new ↑/);
    await sees(setup, /lobby> x/);
    assertFalse(reads(setup).some(({ seq }) => seq > said));
  });
}

function counts(said: number): { seq: number; last: number; read: number } {
  return { seq: said, last: said, read: said };
}

Deno.test("who goes elsewhere has not done with what is for them and was on no screen", async () => {
  using setup = await viewed({ said: 100, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 100/);
  io.type("\x1b[O");
  for (let n = 1; n <= 40; n++) {
    conversation.message("bob", `${n === 3 ? "me: " : ""}burst ${n}.`);
  }
  await sees(setup, /burst 40/);
  io.type("\x1b[I\x1b2");
  await sees(setup, /^1 lobby +\d\d! /);
  io.type("\x1b1");
  await sees(setup, /new, 1 for you ↑/);
  // Nothing is new elsewhere: the key goes to what is new here.
  io.type("\x1ba");
  await sees(setup, /---- new ----/);
  await sees(setup, /me: burst 3/);
  // It has been on the screen now, and the line stands where it was.
  io.type("x");
  await sees(setup, /lobby> x/);
  await sees(setup, /---- new ----/);
});

Deno.test("what comes behind what lies over the conversation is counted below it", async () => {
  using setup = await viewed({ said: 30, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 30/);
  for (const [covers, covered] of [["\x1bOP", /keys of the view/], ["\x1bk", /go to>/]] as const) {
    io.type(covers);
    await sees(setup, covered);
    conversation.message("bob", "me: are you there?");
    conversation.message("bob", "urgent");
    await sees(setup, /2 new, 1 for you ↓/);
    io.type("\x1b");
    await sees(setup, /urgent/);
    await seesNo(setup, /↓/);
    io.type("x\x7f");
    await io.until(() => reads(setup).length > 0, "they are read");
  }
});

Deno.test("a command at the first of what is new reads nothing of what stands below", async () => {
  using setup = await viewed({ said: 400, mendsMs: [], ready: { rooms: [LOBBY, DEV] } });
  const { io } = setup;
  await sees(setup, /^2 dev +300 │/);
  io.type("\x1b2");
  await sees(setup, /dev number 400/);
  io.type("\x1bu");
  await sees(setup, /│---- new/);
  io.type("/nosuch\r");
  await sees(setup, /There is no command \/nosuch/);
  await sees(setup, /\d+ new ↑/);
  io.type("\x1bu");
  await sees(setup, /│---- new/);
  io.signal("SIGTERM");
  await setup.code;
  assertFalse(reads(setup).some(({ seq, room }) => room === "dev" && seq > 200));
});

Deno.test("what is left unread of a conversation by what was read elsewhere is for the person still", async () => {
  using setup = await viewed({
    mendsMs: [],
    ready: { chats: [{ ...WITH_ANN, read: 1, unread: 3 }] },
  });
  const { conversation } = setup;
  await sees(setup, /^4 @Ann +3! /);
  for (const [seq, unread] of [[2, 2], [3, 1]] as const) {
    conversation.tell({ type: "read", chat: CHAT, seq, unread, mentions: 0 });
    await sees(setup, new RegExp(`^4 @Ann +${unread}! `));
  }
  conversation.tell({ type: "read", chat: CHAT, seq: 4, unread: 0, mentions: 0 });
  await sees(setup, /^4 @Ann +│/);
});

Deno.test("what came while nobody was here is below the line in the room in which the view begins, too", async () => {
  const missed = { seq: 100, last: 100, read: 98, unread: 2 };
  using setup = await viewed({
    ...{ said: 100, mendsMs: [] },
    ready: { last: 100, rooms: [room("lobby", missed), room("dev", missed)] },
  });
  await sees(setup, /lobby number 100/);
  await sees(setup, /│---- new ----/);
  const rows = shown(setup);
  const at = rows.findIndex((row) => row.includes("│---- new ----"));
  assertEquals(rows[at + 1]?.includes("lobby number 99"), true);
});

Deno.test("the keys for a room and for the first of what is new there may come at once", async () => {
  using setup = await viewed({
    ...{ said: 400, mendsMs: [], ready: { rooms: [LOBBY, DEV] } },
    answer: (request) =>
      request.type === "history" ? delay(120).then(() => pageOf(request, 400)) : undefined,
  });
  await sees(setup, /^2 dev +300 │/);
  setup.io.type("\x1b2\x1bu");
  await sees(setup, /│---- new ----/);
  await sees(setup, /dev number 101/);
});
