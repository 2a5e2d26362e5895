/** What is meant at a terminal by who names no message: Up on an empty line, /edit, /undo and s/a/b/. */

import { assert, assertEquals } from "@std/assert";
import { asked, begin, rows } from "./fixtures/terminal_life.ts";

Deno.test("Up on an empty line, or /edit, puts what was said last into the row", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("first\r");
  await io.expect("<me> first");
  conversation.message("ann", "what?");
  io.type("\x1b[200~lunhc\nat noon\x1b[201~\r");
  await io.expect("<me> lunhc");
  io.type("\x1b[A");
  await io.until(() => io.screen.cursorRow.endsWith("> /edit 3 lunhc↵at noon"), "the edit");
  assert(io.screen.cursorRow.startsWith("(me: lunhc)"), io.screen.cursorRow);
  io.type("\x1b[A");
  await io.until(() => io.screen.cursorRow.endsWith("> lunhc↵at noon"), "the line before");
  io.type("\x1b[B");
  await io.until(() => io.screen.cursorRow === "lobby> ", "the empty line");
  io.type("\x1b[A\x1b[B");
  await io.until(() => io.screen.cursorRow === "lobby> ", "the empty line");
  io.type("/edit\r");
  await io.until(() => io.screen.cursorRow.includes("/edit 3 lunhc"), "the edit");
  io.type("\r");
  await io.expect("-- That is what 3 says already.");
  io.type("/edit 3 lunch\r");
  await io.expect("3 <me> lunch · edited");
  io.type("/edit 1\r");
  await io.until(() => io.screen.cursorRow.endsWith("/edit 1 first"), "the first");
  io.type("!\r");
  await io.expect("1 <me> first! · edited");
  io.type("/edit 2\r");
  await io.expect("!! There is no message 2 of yours on this screen");
  assertEquals(asked(setup).slice(2), [
    { type: "revise", room: "lobby", re: 3, text: "lunch" },
    { type: "revise", room: "lobby", re: 1, text: "first!" },
  ]);
});

Deno.test("what is too old to be edited is not in the way of the lines that Up finds", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("old\r");
  await io.expect("<me> old");
  conversation.at = "2026-01-04T03:04:05.000Z";
  conversation.message("ann", "two days later");
  await io.expect("two days later");
  io.type("\x1b[A");
  await io.until(() => io.screen.cursorRow === "lobby> old", "the line");
});

Deno.test("s/a/b/ changes a word in what was said last, and says nothing that is not meant", async () => {
  using setup = await begin();
  const { io } = setup;
  io.type("s/x/y/\r");
  await io.expect("!! You said nothing here in the last 15 minutes");
  io.type("lunch at noon, lunch\r");
  await io.expect("<me> lunch at noon");
  io.type("s/lunch/dinner/\r");
  await io.expect("1 <me> dinner at noon, lunch · edited");
  io.type("s/n/N/g\r");
  await io.expect("1 <me> diNNer at NooN, luNch · edited");
  io.type("s/supper/x/\r");
  await io.expect('!! What you said last here has no "supper" in it');
  io.type("s/he is here\r");
  await io.expect("<me> s/he is here");
  io.type(" s/a/b/\r");
  await io.expect("<me>  s/a/b/");
});

Deno.test("s/a/b/ changes what was said with a file, and leaves something", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  const file = { id: "F", name: "cat.png", size: 12_000, type: "image/png", sha256: "aa" };
  const text = "sent cat.png (12 kB): my cat";
  const about = { room: "lobby", from: "me", own: true, at: conversation.at } as const;
  conversation.tell({ type: "message", ...about, seq: 1, text, file });
  await io.expect("my cat");
  io.type("s/cat/dog/\r");
  await io.expect("You changed 1: my dog");
  io.type("hello\r");
  await io.expect("<me> hello");
  io.type("s/hello//\r");
  await io.expect("!! Nothing would be left of it");
  assertEquals(asked(setup), [
    { type: "revise", room: "lobby", re: 1, text: "my dog" },
    { type: "say", room: "lobby", text: "hello" },
  ]);
});

Deno.test("/undo takes back what was said last, says what that was, and asks about anything else", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("one\rtwo\r");
  await io.expect("2 <me> two");
  conversation.message("ann", "four", "dev");
  await io.expect("four");
  io.type("/undo\r");
  await io.expect("-- You removed 2: two");
  assert(rows(setup).includes("2 <me> removed"));
  io.type("/undo\r");
  await io.expect("-- You said 1 last: one (Enter takes it back");
  await io.until(() => io.screen.cursorRow.endsWith("lobby> /remove 1"), "the question");
  assertEquals(asked(setup).slice(2), [{ type: "remove", room: "lobby", re: 2 }]);
  io.type("\r");
  await io.expect("-- You removed 1: one");
  io.type("/undo\r");
  await io.expect("!! You said nothing here in the last 15 minutes");
});

Deno.test("/undo asks where others have spoken since, and takes nothing that was said long ago", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("one\r");
  await io.expect("1 <me> one");
  conversation.message("ann", "and so on");
  await io.expect("and so on");
  io.type("/undo\r");
  await io.until(() => io.screen.cursorRow.endsWith("lobby> /remove 1"), "the question");
  io.type("\x03");
  conversation.at = "2026-01-02T03:19:06.000Z";
  for (const line of ["/undo", "s/one/two/"]) {
    io.type(`${line}\r`);
    await io.until(
      () => rows(setup).filter((row) => row.includes("last 15 minutes")).length > 0,
      line,
    );
    io.type("\f");
  }
  assertEquals(asked(setup), [{ type: "say", room: "lobby", text: "one" }]);
});

Deno.test("what waits for the connection is taken back, mended and edited before anything that was said", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("said\r");
  await io.expect("1 <me> said");
  conversation.lose();
  await io.expect("(offline)");
  io.type("first\rsecnod\rthird\r");
  await io.expect("<me> third · waits for the connection");
  io.type("/undo\r");
  await io.expect("-- Taken back, and not sent: third");
  io.type("s/secnod/second/\r");
  await io.expect("<me> second · waits for the connection");
  io.type("\x1b[A");
  await io.until(() => io.screen.cursorRow.endsWith("lobby> second"), "the line");
  io.type(" one\r");
  await io.expect("<me> second one · waits for the connection");
  conversation.ready();
  await io.expect("-- Connected again");
  // Each stands once: the lines that told that they wait are gone.
  assertEquals(rows(setup).filter((row) => /said|first|sec|third/.test(row)), [
    "1 <me> said",
    "-- Taken back, and not sent: third",
    "-- Taken back, and not sent: second",
    "2 <me> first",
    "3 <me> second one",
  ]);
});

Deno.test("what was said before the connection was lost is not taken back unasked", async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  io.type("said\r");
  await io.expect("1 <me> said");
  conversation.lose();
  await io.expect("(offline)");
  io.type("/undo\r");
  await io.until(() => io.screen.cursorRow.endsWith("lobby> /remove 1"), "the question");
  assertEquals(asked(setup), [{ type: "say", room: "lobby", text: "said" }]);
});

Deno.test("what Up brings back to be edited is edited, whichever keys go to its beginning", async () => {
  using setup = await begin();
  const { io } = setup;
  const shows = (row: string): Promise<void> =>
    io.until(() => io.screen.cursorRow.endsWith(`lobby> ${row}`), row);
  io.type("line one\r");
  await io.expect("1 <me> line one");
  for (const home of ["\x1b[H", "\x01", "\x1bb\x1bb\x1bb", "\x1b[D".repeat(20)]) {
    io.type(`\x1b[A${home}X`);
    await shows("/edit 1 Xline one");
    io.type("\x1b");
    await shows("");
  }
  io.type("\x1b[A\x17\x17anew\x01\x7f\x17\x15the \r");
  await io.expect("1 <me> the anew");
  // Word by word all of it goes, and is edited still; one key more leaves it.
  io.type("\x1b[A\x17\x17\x7fhello\r");
  await io.expect("<me> hello");
  assertEquals(asked(setup).slice(1), [
    { type: "revise", room: "lobby", re: 1, text: "the anew" },
    { type: "say", room: "lobby", text: "hello" },
  ]);
});

Deno.test("who cuts the whole line that Up brought back edits nothing: what is typed next is said", async () => {
  using setup = await begin();
  const { io } = setup;
  io.type("thanks bob\r");
  await io.expect("1 <me> thanks bob");
  for (const cut of ["\x15", "\x01\x0b", "\x1b[D\x15\x0b"]) {
    io.type("\x1b[A");
    await io.until(() => io.screen.cursorRow.endsWith("/edit 1 thanks bob"), "the edit");
    io.type(cut);
    await io.until(() => io.screen.cursorRow === "lobby> ", "an empty line");
  }
  io.type("\x19!\r");
  await io.expect("<me> thanks bob!");
  assertEquals(asked(setup).slice(1), [{ type: "say", room: "lobby", text: "thanks bob!" }]);
});
