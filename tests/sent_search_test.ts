/** Ctrl-R searches in what the person has sent, in the stream and in the view alike. */

import { assertEquals, assertFalse } from "@std/assert";
import { viewed } from "./fixtures/full_view.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** A chat in which three lines were sent, and what its row shows. */
const CHATS: ReadonlyArray<readonly [where: string, open: () => Promise<Setup>]> = [
  ["the stream", () => Setup.online()],
  ["the view", () => viewed()],
];

/** Waits until the row shows this, with the cursor so many columns behind its beginning. */
async function rowIs(setup: Setup, row: string, column?: number): Promise<void> {
  const { screen } = setup.io;
  const isRow = (): boolean => screen.cursorRow.replace(/^.*│/, "").trimEnd() === row;
  await setup.io.until(isRow, `${row} in the place of ${screen.cursorRow}`);
  const start = screen.cursorRow.indexOf("│") + 1;
  if (column !== undefined) assertEquals(screen.cursor[0], start + column);
}

for (const [where, open] of CHATS) {
  Deno.test(`Ctrl-R shows no password of a line that is being written in ${where}`, async () => {
    using setup = await open();
    const { io } = setup;
    io.type("/login hunter2\x12");
    await rowIs(setup, "sent: > /login •••••••");
    assertFalse(io.screen.seen.includes("hunter2"));
    io.type("\x1b");
    await rowIs(setup, "lobby> /login •••••••");
  });

  Deno.test(`Ctrl-R finds what was sent by letters, the latest first, in ${where}`, async () => {
    using setup = await open();
    const { io } = setup;
    io.type("Lunch at noon?\rno\rlunch was good\r/login secret-lunch\r");
    await rowIs(setup, "lobby>");
    io.type("my draft\x12");
    await rowIs(setup, "sent: > my draft");
    io.type("lun");
    await rowIs(setup, "sent: lun > lunch was good", "sent: lun > ".length);
    io.type("\x12");
    await rowIs(setup, "sent: lun > Lunch at noon?");
    // There is nothing earlier, and so no password either.
    io.type("\x12");
    await rowIs(setup, "sent: lun > Lunch at noon?");
    io.type("\x13");
    await rowIs(setup, "sent: lun > lunch was good");
    io.type("\x12ch at");
    await rowIs(setup, "sent: lunch at > Lunch at noon?");
    io.type("x");
    await rowIs(setup, "nothing sent has: lunch atx > Lunch at noon?");
    io.type("\x7f");
    await rowIs(setup, "sent: lunch at > Lunch at noon?");
    const before = setup.sent.length;
    io.type("\r");
    await rowIs(setup, "lobby> Lunch at noon?", "lobby> Lunch at noon?".length);
    assertEquals(setup.sent.length, before);
    // The draft is not lost.
    io.type("\x1b[A");
    await rowIs(setup, "lobby> my draft");
  });

  Deno.test(`Escape, Ctrl-G and Ctrl-C leave the draft as it was, in ${where}`, async () => {
    using setup = await open();
    const { io } = setup;
    io.type("one\rtwo\r");
    await rowIs(setup, "lobby>");
    io.type("my draft\x1b[D\x1b[D");
    for (const leave of ["\x1b", "\x07", "\x03"]) {
      io.type("\x12o");
      await rowIs(setup, "sent: o > two", "sent: o > tw".length);
      io.type("\x1b[A");
      await rowIs(setup, "sent: o > one");
      io.type(leave);
      await rowIs(setup, "lobby> my draft", "lobby> my dra".length);
    }
    // Any other key goes on in the line that was found.
    io.type("\x12on\x1b[C!");
    await rowIs(setup, "lobby> o!ne");
  });

  Deno.test(`Ctrl-R finds what was said before the client was started, in ${where}`, async () => {
    using setup = await open();
    const { io, conversation } = setup;
    conversation.message("me", "from yesterday");
    conversation.message("ann", "from yesterday, too");
    conversation.message("me", "/etc is a folder");
    await io.expect("is a folder");
    io.type("\x12yest");
    await rowIs(setup, "sent: yest > from yesterday");
    io.type("\x15etc\r");
    // As it has to be typed.
    await rowIs(setup, "lobby> //etc is a folder");
    io.type("\x15\x12nothing\r");
    await rowIs(setup, "lobby>");
  });
}

Deno.test("of what edited or answered a message Ctrl-R finds the text, and not the message", async () => {
  using setup = await viewed();
  setup.io.type("/re 3 teh answer\r/edit 9 the answer\r");
  await rowIs(setup, "lobby>");
  setup.io.type("\x12answer");
  await rowIs(setup, "sent: answer > the answer");
  setup.io.type("\x12\r");
  await rowIs(setup, "lobby> teh answer");
});

Deno.test("where something is chosen in the view, Ctrl-R begins no search", async () => {
  using setup = await viewed();
  setup.io.type("one\r\x1bk\x12");
  await setup.io.expect("go to>");
  await setup.io.expect("Enter takes it");
  setup.io.type("\x1b");
  await rowIs(setup, "lobby>");
  setup.io.type("\x12");
  await rowIs(setup, "sent: >");
});
