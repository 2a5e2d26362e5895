/** No draft and no line that waits is lost where two of them come to be for one room. */

import { assertEquals } from "@std/assert";
import { Conversations, conversationWith } from "../lib/client/terminal/conversations.ts";
import { Drafts, Way } from "../lib/client/terminal/drafts.ts";
import { LineEditor } from "../lib/client/terminal/editor.ts";
import { HeldLines } from "../lib/client/terminal/held_lines.ts";
import { FakeTerminal } from "./fixtures/fake_terminal.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** What somebody writes who looks at `room`. */
function writing(room: string): {
  readonly editor: LineEditor;
  readonly held: HeldLines;
  readonly conversations: Conversations;
  readonly drafts: Drafts;
  readonly write: (text: string) => void;
  /** All that can still be found. */
  readonly found: () => string[];
} {
  const editor = new LineEditor();
  const held = new HeldLines(editor);
  const conversations = new Conversations();
  const drafts = new Drafts(editor, held, room, conversations);
  drafts.begun();
  const write = (text: string): void => editor.show({ text, cursor: text.length });
  const found = (): string[] =>
    [...new Set([editor.text, ...editor.sent, ...drafts.lostBut([]).map(([, text]) => text)])]
      .sort();
  return { editor, held, conversations, drafts, write, found };
}

Deno.test("what was written for a room before one wrote on the way to it is not lost", () => {
  const { drafts, write, found, editor } = writing("den");
  write("old");
  drafts.follow("lobby");
  const way = new Way({ isShort: true });
  drafts.goes(way);
  write("new");
  drafts.arrive(way, () => drafts.follow("den"));
  drafts.over(way, true);
  assertEquals(editor.text, "new");
  drafts.follow("lobby");
  assertEquals([editor.text, ...found()], ["", "", "new", "old"]);
});

Deno.test("what was set aside for a room on the way there leaves what was written in it", () => {
  const { drafts, write, found } = writing("den");
  write("old");
  drafts.follow("lobby");
  const way = new Way({ to: "den" });
  drafts.goes(way);
  write("new");
  drafts.follow("dev");
  drafts.over(way, true);
  assertEquals(found(), ["", "new", "old"]);
});

Deno.test("drafts and lines of two conversations that become one are all there", () => {
  const { drafts, write, found, editor, held, conversations } = writing(conversationWith("bob"));
  conversations.note("a", { with: "ann", last: 3, read: 3 });
  held.hold("held for bob");
  held.hold("and held for bob");
  write("to bob");
  drafts.offer();
  drafts.follow(conversationWith("ann"));
  held.hold("held for ann");
  held.hold("and held for ann");
  write("to ann");
  drafts.offer();
  drafts.follow("lobby");
  const before = found();
  assertEquals(before.length, 7);
  conversations.note("a", { with: "bob", last: 4 });
  assertEquals(found(), before);
  drafts.follow(conversationWith("bob"));
  write(`${editor.text}, and more`);
  drafts.follow("lobby");
  assertEquals(before.every((text) => found().some((each) => each.startsWith(text))), true);
});

Deno.test("who leaves before the server has let them in is told of lines that wait for that", async () => {
  using setup = new Setup({}, new FakeTerminal(100, 24));
  const { io } = setup;
  io.type("hello\r");
  await io.expect("Not sent: the server has not let you in yet.");
  io.type("\x04");
  await io.expect("A draft is in the next room; leave once more, and it is lost.");
  io.type("\x04");
  assertEquals(await setup.code, 0);
});

Deno.test("what somebody writes who is in no room is above the line in the next one", () => {
  const { drafts, write, held, editor } = writing("den");
  drafts.follow("");
  for (const text of ["one", "two", "three"]) held.hold(text);
  drafts.offer();
  assertEquals(editor.text, "one");
  drafts.follow("lobby");
  drafts.offer();
  assertEquals([editor.text, ...editor.sent.toSorted()], ["", "one", "three", "two"]);

  drafts.follow("");
  write("four");
  const way = new Way({ to: "sea" });
  drafts.goes(way);
  drafts.arrive(way, () => drafts.follow("sea"));
  drafts.over(way, true);
  assertEquals([editor.text, editor.sent[0], drafts.lostBut([])], ["", "four", []]);
});

Deno.test("what somebody has written who is in no room is in the row again where the next one lets nobody in", () => {
  const { drafts, write, editor } = writing("");
  write("one");
  const way = new Way({ to: "sea" });
  drafts.goes(way);
  drafts.over(way, false);
  assertEquals(editor.text, "one");
});
