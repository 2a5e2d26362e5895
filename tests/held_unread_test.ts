/** What somebody counts as unread again in the room that they look at is so there as well, and on all devices. */

import { assert, assertEquals } from "@std/assert";
import { sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";
import { online, reads, room, said } from "./fixtures/terminal_account.ts";
import type { Setup } from "./fixtures/terminal_setup.ts";

/** Where marks were made, and up to where; with `back` that what follows is unread again. */
function marks(setup: Setup): string[] {
  return reads(setup).map(({ room, seq, back }) => `${room} ${seq}${back ? " back" : ""}`);
}

/** The server says what counts as unread in a room. */
function told(setup: Setup, name: string, seq: number, unread: number, mentions = 0): void {
  setup.conversation.tell({ type: "read", room: name, seq, unread, mentions });
}

/** A view that looks at lobby, of which the last two messages count as unread again. */
async function held(): Promise<Setup> {
  const setup = await viewed({ said: 9 });
  await sees(setup, /lobby number 9/);
  setup.io.type("/unread 2\r");
  await sees(setup, /From the last 2 messages on it counts as unread again,/);
  assertEquals(marks(setup), ["lobby 7 back"]);
  return setup;
}

/** The row below the one that says where what is new begins. */
function belowNew(setup: Setup): string {
  const rows = shown(setup);
  return rows[rows.findIndex((row) => row.includes("---- new ----")) + 1] ?? "";
}

Deno.test("what counts as unread again has its line at once, and a count when one goes elsewhere", async () => {
  using setup = await held();
  const { io } = setup;
  await sees(setup, /---- new ----/);
  assert(belowNew(setup).includes("lobby number 8"), belowNew(setup));
  told(setup, "lobby", 7, 2, 1);
  // To look at it, with keys and without, is not to read it.
  for (const key of ["a", "b", "\x7f", "\x7f"]) io.type(key);
  io.type("\x1b2");
  await sees(setup, /^1 lobby.*[12]!/);
  await sees(setup, /dev number 9/);
  assertEquals(marks(setup), ["lobby 7 back"]);
  io.type("\x1b1");
  await sees(setup, /---- new ----/);
  assert(belowNew(setup).includes("lobby number 8"), belowNew(setup));
  await io.until(() => marks(setup).at(-1) === "lobby 9", "it is read on all devices");
  told(setup, "lobby", 9, 0);
  io.type("\x1b2");
  await sees(setup, /dev>/);
  await sees(setup, /^1 lobby +│/);
});

Deno.test("what comes meanwhile is unread, too", async () => {
  using setup = await held();
  const { io, conversation } = setup;
  told(setup, "lobby", 7, 2);
  conversation.message("bob", "one more");
  await sees(setup, /one more/);
  io.type("x\x7f");
  io.type("\x1b2");
  await sees(setup, /^1 lobby +3 │/);
  assertEquals(marks(setup), ["lobby 7 back"]);
});

Deno.test("what is unread again has a count also where the server has not answered, or it is not loaded", async () => {
  using setup = await viewed({ said: 400 });
  const { io } = setup;
  await sees(setup, /lobby number 400/);
  io.type("/unread 300\r");
  await sees(setup, /\d+ new ↑/);
  io.type("\x1b2");
  await sees(setup, /^1 lobby +300/);
});

Deno.test("/read ends that something counts as unread again, and so does another device", async () => {
  for (const ends of ["here", "elsewhere"]) {
    using setup = await held();
    const { io } = setup;
    told(setup, "lobby", 7, 2);
    if (ends === "here") io.type("/read\r");
    else told(setup, "lobby", 9, 0);
    io.type("\x1b2");
    await sees(setup, /dev>/);
    await sees(setup, /^1 lobby +│/);
    await seesNo(setup, /lobby +2/);
  }
});

Deno.test("what counts as unread again on another device has its line, and is read here on all of them", async () => {
  using setup = await viewed({ said: 9 });
  const { io } = setup;
  io.type("\x1b2");
  await sees(setup, /dev number 9/);
  setup.conversation.message("bob", "at the end", "dev");
  await io.until(() => marks(setup).includes("dev 10"), "it is read");
  told(setup, "dev", 10, 0);
  io.type("\x1b1");
  await sees(setup, /lobby number 9/);
  told(setup, "dev", 8, 2);
  await sees(setup, /^2 dev +2 │/);
  io.type("\x1b2");
  await sees(setup, /---- new ----/);
  assert(belowNew(setup).includes("dev number 9"), belowNew(setup));
  await io.until(() => marks(setup).filter((each) => each === "dev 10").length === 2, "again");
});

Deno.test("what counts as unread again in a conversation has its line there as well", async () => {
  const chat = "0123456789abcdef01234567";
  const at = "2026-01-02T03:04:05.000Z";
  using setup = await viewed({
    said: 9,
    ready: {
      chats: [{ chat, with: "Ann", account: "a1", at, seq: 9, last: 9, read: 9, unread: 0 }],
    },
  });
  const { io } = setup;
  io.type("/chat ann\r");
  await sees(setup, /talk number 9/);
  io.type("/unread 2\r");
  await sees(setup, /---- new ----/);
  io.type("\x1b1");
  await sees(setup, /@ann +2!/i);
  io.type("\x1b4");
  await sees(setup, /---- new ----/);
  assert(belowNew(setup).includes("talk number 8"), belowNew(setup));
});

Deno.test("in the stream it counts as unread again from when one goes elsewhere, too", async () => {
  using setup = await online({ room: "lobby", last: 0, rooms: [room("lobby"), room("dev")] });
  const { io, conversation } = setup;
  io.type("/unread 2\r");
  await io.expect("From the last 2 messages on it counts as unread again");
  told(setup, "lobby", 7, 2);
  const more = { room: "lobby", text: "me: one more" };
  conversation.tell({ type: "message", ...said(10, "bob", more) });
  await io.expect("one more");
  io.type("x\x7f");
  io.type("/room dev\r");
  await io.until(() => io.screen.cursorRow.startsWith("dev [lobby 3 1!]>"), "the count");
  assertEquals(marks(setup).filter((each) => each.startsWith("lobby")), ["lobby 7 back"]);
  io.type("/room lobby\r");
  await io.expect("---- lobby: 3 new since");
  io.type("x\x7f");
  await io.until(() => marks(setup).at(-1) === "lobby 10", "it is read");
});
