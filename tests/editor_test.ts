/** The line editor: keys in, state and row out. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { LineEditor } from "../lib/client/terminal/editor.ts";
import type { EditorOptions } from "../lib/client/terminal/editor_action.ts";
import type { EditorAction } from "../lib/client/terminal/editor_action.ts";
import { KeyDecoder } from "../lib/client/terminal/keys.ts";

const VOCABULARY = {
  commands: terminalCommands(),
  names: ["Bob", "ann", "anna lee"],
  rooms: ["dev", "annex"],
};

/** An editor that takes what a terminal would send. */
class Typist {
  readonly editor: LineEditor;
  readonly #decoder = new KeyDecoder();

  constructor(options: EditorOptions = {}) {
    this.editor = new LineEditor(options);
    this.editor.vocabulary = () => VOCABULARY;
  }

  type(input: string): EditorAction[] {
    const keys = this.#decoder.push(new TextEncoder().encode(input));
    return keys.flatMap((key) =>
      key.type === "report" || key.type === "focus" ? [] : this.editor.handle(key) ?? []
    );
  }

  /** The line with `|` where the cursor is. */
  get line(): string {
    const { text, cursor } = this.editor;
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
  }
}

/** What the line is after `input`. */
function after(input: string): string {
  const typist = new Typist();
  typist.type(input);
  return typist.line;
}

const [LEFT, RIGHT, UP, DOWN, DELETE] = ["\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[3~"];
const [CTRL_LEFT, CTRL_RIGHT] = ["\x1b[1;5D", "\x1b[1;5C"];
const pasted = (text: string): string => `\x1b[200~${text}\x1b[201~`;

Deno.test("one Backspace removes one character, however many code points it has", () => {
  for (const character of ["x", "👍🏽", "👨‍👩‍👧", "🇫🇷", "❤️", "e\u0301", "각", "\u1100\u1161\u11a8"]) {
    assertEquals(after(`a${character}\x7f`), "a|", character);
    assertEquals(after(`a${character}${LEFT}${DELETE}`), "a|", character);
    assertEquals(after(`${character}b${LEFT}${LEFT}X`), `X|${character}b`, character);
  }
  assertEquals(after(`a👍🏽b${LEFT}${LEFT}X`), "aX|👍🏽b");
  assertEquals(after("\x7f"), "|");
});

Deno.test("the cursor never stands inside a character that an edit has made", () => {
  assertEquals(after(`a\u0301${"\x01"}e`), "e|á".normalize("NFD"));
  assertEquals(after(`\u0301\x01e`), "e\u0301|");
  assertEquals(after(`🇫x🇷${LEFT}\x7f`), "🇫🇷|");
});

Deno.test("the keys of Emacs move and delete", () => {
  assertEquals(after("one two\x01"), "|one two");
  assertEquals(after("one two\x01\x05"), "one two|");
  assertEquals(after("abc\x02\x02"), "a|bc");
  assertEquals(after("abc\x01\x06"), "a|bc");
  assertEquals(after("abc\x02\x02\x0b"), "a|");
  assertEquals(after("abc\x02\x15"), "|c");
  assertEquals(after("one two.three \x17"), "one |");
  assertEquals(after("abc\x01\x04"), "|bc");
  assertEquals(after("abc\x1b[H\x1b[F\x1b[3~"), "abc|");
});

Deno.test("Ctrl-T swaps two characters, not two halves", () => {
  assertEquals(after("ab\x14"), "ba|");
  assertEquals(after("a👍🏽b\x02\x14"), "ab👍🏽|");
  assertEquals(after("a👍🏽\x14"), "👍🏽a|");
});

Deno.test("words are left, entered and deleted", () => {
  assertEquals(after("one two\x1bb"), "one |two");
  assertEquals(after("one two\x1bb\x1bb"), "|one two");
  assertEquals(after("one, two\x01\x1bf\x1bf"), "one, two|");
  assertEquals(after(`one two${CTRL_LEFT}`), "one |two");
  assertEquals(after(`one two\x01${CTRL_RIGHT}`), "one| two");
  assertEquals(after("one two three\x01\x1bd"), "| two three");
  assertEquals(after("one two.three\x1b\x7f"), "one two.|");
});

Deno.test("what was killed comes back, several kills as one", () => {
  assertEquals(after("one two three\x17\x17\x19"), "one two three|");
  assertEquals(after("one two\x01\x1bd\x1bd\x19!"), "one two!|");
  assertEquals(after("one two\x17x\x17\x19\x19"), "one xx|");
});

Deno.test("Enter submits, and Up finds it again without losing the draft", () => {
  const typist = new Typist();
  assertEquals(typist.type("one\r"), [{ type: "submit", text: "one" }]);
  assertEquals(typist.line, "|");
  typist.type("two\rdraft");
  typist.type(UP);
  assertEquals(typist.line, "two|");
  typist.type(UP);
  assertEquals(typist.line, "one|");
  assertEquals(typist.type(UP), [{ type: "bell" }]);
  typist.type(DOWN + DOWN);
  assertEquals(typist.line, "draft|");
  assertEquals(typist.type(DOWN), [{ type: "bell" }]);
});

Deno.test("checklist 11: a line said twice in a row is recalled once, and a password never", () => {
  const typist = new Typist();
  typist.type(`a\ra\r \r${UP}`);
  assertEquals(typist.line, "a|");
  assertEquals(typist.type(UP), [{ type: "bell" }]);
  const secret = new Typist({ recall: false });
  assertEquals(secret.type(`secret\r${UP}`), [
    { type: "submit", text: "secret" },
    { type: "bell" },
  ]);
});

Deno.test("checklist 5: a paste is put in and never submits", () => {
  const typist = new Typist();
  assertEquals(typist.type(`a${pasted("one\r\ntwo\rthree\r")}`), []);
  assertEquals(typist.line, "aone\ntwo\nthree\n|");
  assertEquals(typist.type("\r"), [{ type: "submit", text: "aone\ntwo\nthree\n" }]);
});

Deno.test("a paste keeps tabs and loses other controls", () => {
  assertEquals(after(pasted("a\tb\x1b[2Jc\x07\x9bd")), "a\tb[2Jcd|");
});

Deno.test("Ctrl-J and Alt-Enter put a new line", () => {
  assertEquals(after("a\nb\x1b\rc"), "a\nb\nc|");
});

Deno.test("Ctrl-C clears first, Ctrl-D deletes first, and each says so on an empty line", () => {
  const typist = new Typist();
  assertEquals(typist.type("abc\x03"), []);
  assertEquals(typist.line, "|");
  // What was cleared by mistake is there.
  assertEquals(typist.type("\x19"), []);
  assertEquals(typist.line, "abc|");
  typist.type("\x03");
  assertEquals(typist.type("\x03\x04\x0c\x1a"), [
    { type: "interrupt" },
    { type: "end" },
    { type: "clear-screen" },
    { type: "suspend" },
  ]);
  assertEquals(typist.type("a\x01\x04"), []);
  assertEquals(typist.line, "|");
});

Deno.test("the line is bounded, in bytes, and a bell says so", () => {
  const typist = new Typist({ maxBytes: 10 });
  assertEquals(typist.type("12345678"), []);
  assertEquals(typist.type("👍🏽"), [{ type: "bell" }]);
  assertEquals(typist.type(pasted("é€")), [{ type: "bell" }]);
  assertEquals(typist.line, "12345678é|");
  assertEquals(typist.type("x"), [{ type: "bell" }]);
  assertEquals(typist.type("\x7fx"), []);
  assertEquals(typist.line, "12345678x|");
});

Deno.test("a paste that was cut before it came here rings too", () => {
  const key = { type: "paste", text: "x", cut: true } as const;
  assertEquals(new LineEditor().handle(key), { type: "bell" });
});

Deno.test("Tab completes a command at the beginning, and then what belongs to it", () => {
  assertEquals(after("/jo\t"), "/join |");
  assertEquals(after("/jo\t\t"), "/join dev|");
  assertEquals(after("/join #de\t"), "/join #dev|");
  assertEquals(after("say /jo\t"), "say /jo|");
});

Deno.test("Tab completes what belongs behind @, the filters of a search, and a few commands", () => {
  assertEquals(after("hi @b\t"), "hi @Bob |");
  assertEquals(after("#de\t"), "#dev |");
  assertEquals(after("/search x from:b\t"), "/search x from:Bob |");
  assertEquals(after("/search from:anna\t"), '/search from:"anna lee" |');
  assertEquals(after("/find IN:#de\t"), "/find IN:#dev |");
  assertEquals(after("/search fr\t"), "/search from:|");
  assertEquals(after("/bell d\t\t"), "/bell desktop off|");
  assertEquals(after("/bell desktop \t"), "/bell desktop on|");
  assertEquals(after("/help k\t"), "/help keys|");
  assertEquals(after("/bell bo\t"), "/bell bo|");
});

Deno.test("Tab completes names, whatever their case, with a colon at the beginning", () => {
  assertEquals(after("bo\t"), "Bob: |");
  assertEquals(after("hi bo\t"), "hi Bob |");
  assertEquals(after("\t"), "Bob: |");
  assertEquals(after("/msg Anna L\t"), "/msg anna lee |");
  assertEquals(after("x anne\t"), "x annex |");
});

Deno.test("Tab again cycles through the choices and back to what was typed", () => {
  const typist = new Typist();
  typist.type("hi AN there\x1bb\x02");
  const seen = Array.from({ length: 5 }, () => {
    typist.type("\t");
    return typist.line;
  });
  assertEquals(seen, [
    "hi ann | there",
    "hi anna lee | there",
    "hi annex | there",
    "hi AN| there",
    "hi ann | there",
  ]);
  typist.type("\x1b[Z");
  assertEquals(typist.line, "hi AN| there");
});

Deno.test("Tab for which the row has no room rings, and takes nothing away", () => {
  const typist = new Typist({ maxBytes: 6 });
  typist.type("zz\x01");
  assertEquals(typist.type("\t\t\t"), Array(3).fill({ type: "bell" }));
  assertEquals(typist.line, "|zz");
});

Deno.test("Tab with nothing to complete rings", () => {
  assertEquals(new Typist().type("zz\t"), [{ type: "bell" }]);
  assertEquals(new Typist().type("hi \t"), [{ type: "bell" }]);
  assertEquals(new LineEditor().handle({ type: "key", name: "tab" }), { type: "bell" });
});

Deno.test("keys that mean nothing here change nothing", () => {
  assertEquals(after("a\x1b[5~\x1b[2~\x11\x1bz"), "a|");
});

Deno.test("whatever is typed, the cursor is between two characters and the line is bounded", () => {
  const keys = [LEFT, RIGHT, UP, DOWN, DELETE, "\x7f", "\x14", "\x19", "\x17", "\x0b", "\x1bb"];
  const typed = ["a", " ", "👍🏽", "\u0301", "🇫", "🇷", "\u200d", "👩", "각", "\n", "\t", "\r"];
  const segmenter = new Intl.Segmenter();
  fc.assert(fc.property(fc.array(fc.constantFrom(...keys, ...typed)), (inputs) => {
    const typist = new Typist({ maxBytes: 40 });
    for (const input of inputs) {
      typist.type(input);
      const { text, cursor } = typist.editor;
      const starts = Array.from(segmenter.segment(text), ({ index }) => index);
      assert([...starts, text.length].includes(cursor), JSON.stringify([text, cursor]));
      assert(new TextEncoder().encode(text).length <= 40);
    }
  }));
});

Deno.test("Up and Down go through the rows of a draft, and from its ends through what was sent", () => {
  const typist = new Typist();
  typist.type("before\r");
  typist.editor.hasRows = true;
  typist.editor.show({ text: "first row\nx\n第三 row", cursor: 18 });
  const lines = (keys: string): string => {
    typist.type(keys);
    return typist.line;
  };
  assertEquals(lines("\x1b[D\x1b[D"), "first row\nx\n第三 r|ow");
  // The column stays, though a row between is shorter.
  assertEquals(lines("\x1b[A"), "first row\nx|\n第三 row");
  assertEquals(lines("\x1b[A"), "first |row\nx\n第三 row");
  assertEquals(lines("\x1b[B\x1b[B"), "first row\nx\n第三 r|ow");
  assertEquals(lines("\x1b[A\x1b[A!"), "first !|row\nx\n第三 row");
  assertEquals(lines("\x1b[A"), "before|");
  assertEquals(lines("\x1b[B"), "first !row\nx\n第三 row|");
  assertEquals(typist.type("\x1b[B"), [{ type: "bell" }]);
  assertEquals(typist.line, "first !row\nx\n第三 row|");
  // Where all stands in one row there is none above.
  typist.editor.hasRows = false;
  assertEquals(lines("\x1b[A"), "before|");
});
