/** What is written to a terminal, against an emulator of one. */

import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { formatDay, formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import {
  clearScreen,
  ENTER,
  LEAVE,
  printLines,
  printPlain,
} from "../lib/client/terminal/screen.ts";
import { tries } from "./fixtures/thorough.ts";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";

const AT = new Date(2026, 0, 2, 3, 4, 5);
const PLAIN = { width: 40, depth: "none", escapes: false } as const;
const COLOURED = { width: 80, depth: "16", escapes: true } as const;
const EMPTY_ROW = { prompt: "lobby> ", text: "", cursor: 0 };

function message(text: string, from = "ann"): PrintedEntry {
  return { kind: "message", at: AT, from, text };
}

/** The row as an 80 by 5 terminal shows it, with `|` where the cursor is. */
async function shownRow(text: string, cursor = text.length, width = 80): Promise<string> {
  using screen = new VirtualScreen(width, 5);
  await screen.write(printLines([], { prompt: "lobby> ", text, cursor }, width));
  assertFalse(screen.hasWrapped);
  const { cursorRow, cursorColumn } = screen;
  const padded = cursorRow.padEnd(cursorColumn);
  return `${padded.slice(0, cursorColumn)}|${padded.slice(cursorColumn)}`;
}

Deno.test("the kinds of entries differ without colour", () => {
  const line = (entry: PrintedEntry): string =>
    formatEntry(entry, { ...PLAIN, width: 80 }).join("\n");
  const ann = { at: AT, from: "ann", text: "hi" };
  assertEquals(line({ ...ann, kind: "message" }), "03:04 <ann> hi");
  assertEquals(line({ ...ann, kind: "message", room: "dev" }), "03:04 #dev <ann> hi");
  assertEquals(line({ ...ann, kind: "message", action: true }), "03:04 * ann hi");
  assertEquals(line({ ...ann, kind: "direct", to: "bob" }), "03:04 [ann -> bob] hi");
  assertEquals(line({ kind: "notice", at: AT, text: "hi" }), "03:04 -- hi");
  assertEquals(line({ kind: "error", at: AT, text: "hi" }), "03:04 !! hi");
});

Deno.test("a time that can't be read is shown as such", () => {
  assertEquals(formatEntry({ ...message("hi"), at: new Date("x") }, PLAIN), ["--:-- <ann> hi"]);
});

Deno.test("a long text breaks at spaces, and its other lines are indented", () => {
  assertEquals(formatEntry(message("one two three four five six seven eight nine"), PLAIN), [
    "03:04 <ann> one two three four five six",
    "        seven eight nine",
  ]);
  assertEquals(formatEntry(message("x".repeat(60)), PLAIN), [
    `03:04 <ann> ${"x".repeat(27)}`,
    `        ${"x".repeat(31)}`,
    "        xx",
  ]);
});

Deno.test("the lines of a text keep their own blanks", () => {
  assertEquals(formatEntry(message("if x:\n    y  =  1\n\nend"), PLAIN), [
    "03:04 <ann> if x:",
    "            y  =  1",
    "",
    "        end",
  ]);
});

Deno.test("a name that is too wide is cut, and a text without room begins on the next line", () => {
  const lines = formatEntry(message("hello there", "n".repeat(60)), { ...PLAIN, width: 30 });
  assertEquals(lines, ["03:04 <nnnnnnnnnnnn…>", "       hello there"]);
});

Deno.test("names have stable colours, and colour can be left out", () => {
  const colored = (from: string): string => formatEntry(message("hi", from), COLOURED).join();
  assertEquals(colored("ann"), colored("ann"));
  const codes = ["ann", "bob", "carol", "dave", "eve"].map((name) =>
    /\[(\d+)m(?:ann|bob|carol|dave|eve)/.exec(colored(name))?.[1]
  );
  assert(new Set(codes).size > 1, codes.join());
  assertStringIncludes(colored("ann"), "\x1b[2m03:04 \x1b[0m");
  assertFalse(formatEntry(message("hi"), PLAIN).join().includes("\x1b"));
  assertFalse(formatDay(AT, PLAIN).includes("\x1b"));
});

Deno.test("a new day has a line with its date", () => {
  assertEquals(formatDay(AT, PLAIN), "---- Friday, 2 January 2026 ----");
});

Deno.test("a message goes above the row within one synchronised update", () => {
  const output = printLines(["03:04 <ann> hi"], { ...EMPTY_ROW, text: "ab", cursor: 1 }, 80);
  assertEquals(
    output,
    "\x1b[?2026h\r \x1b[J\r03:04 <ann> hi\r\n\x1b[?7llobby> a\x1b7b\x1b8\x1b[?7h\x1b[?2026l",
  );
});

Deno.test("the cursor is where the terminal has it, whatever the width of an emoji", async () => {
  assertEquals(await shownRow("abc", 1), "lobby> a|bc");
  assertEquals((await shownRow("👩‍🚀b", 5)).at(-1), "b");
  assertEquals(await shownRow(""), "lobby> |");
});

Deno.test("the row scrolls sideways, and never breaks in two", async () => {
  const text = Array.from({ length: 40 }, (_, n) => String(n).padStart(3, "0")).join(" ");
  const whole = text.slice(0, 72);
  assertEquals(await shownRow(whole), `lobby> ${whole}|`);
  const end = await shownRow(text);
  assertMatch(end, /^lobby> ‹.*039\|$/);
  assertMatch(await shownRow(text, 0), /^lobby> \|000 001 .*›$/);
  assertMatch(await shownRow(text, 80), /^lobby> ‹.*019 \|020.*›$/);
  await shownRow("👨‍👩‍👧".repeat(30));
});

Deno.test("wherever the cursor is, what is around it is shown", async () => {
  const text = "abcdefghijklmnopqrstuvwxyz".repeat(3);
  for (let cursor = 0; cursor <= text.length; cursor++) {
    const row = await shownRow(text, cursor, 24);
    assertStringIncludes(row, `${text.slice(Math.max(0, cursor - 1), cursor)}|`);
    const next = row.split("|")[1] ?? "";
    assert(next === "" ? cursor === text.length : next[0] === text[cursor], row);
  }
});

Deno.test("what is typed is shown inert, newlines as a mark, and a password as dots", async () => {
  assertEquals(await shownRow("a\nb\u202ec"), "lobby> a↵b<U+202E>c|");
  const row = { prompt: "Password: ", text: "secret", cursor: 6, masked: true };
  assertStringIncludes(printLines([], row, 80), "Password: ••••••\x1b7");
});

Deno.test("a prompt with a hostile room is inert and leaves room to type", () => {
  const row = { prompt: `\x1b[2J${"x".repeat(200)}> `, text: "abc", cursor: 3 };
  const output = printLines([], row, 40);
  assertStringIncludes(output, "␛[2J");
  assertStringIncludes(output, "abc\x1b7");
});

Deno.test("checklist 8: no text can begin a row of the screen, whatever it is and however wide", async () => {
  const wild = fc.array(fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 10 }) },
    fc.constantFrom(
      "👨‍👩‍👧",
      "🇫🇷🇫🇷",
      "❤️",
      "日本",
      " ",
      "\n12:00 <bob> hi",
      "\r\n",
      "\x1b[H",
      "각",
      "👍🏽",
    ),
  )).map((parts) => parts.join(""));
  const property = fc.asyncProperty(
    wild,
    wild,
    fc.constantFrom("message", "notice", "direct"),
    fc.integer({ min: 24, max: 90 }),
    async (text, from, kind, width) => {
      using screen = new VirtualScreen(width, 5);
      const entry = { kind, at: AT, from, to: from, text, room: from } as PrintedEntry;
      await screen.write(printLines(formatEntry(entry, { ...COLOURED, width }), EMPTY_ROW, width));
      const [first = "", ...others] = screen.rows;
      assertMatch(first, /^03:04 [#<[-]/);
      assertEquals(others.pop(), "lobby>");
      for (const row of others) assertMatch(row, /^( {5}|$)/);
      assertFalse(screen.hasWrapped);
    },
  );
  const late = ` ${"\0\0日"}${"\0".repeat(11)}日👨‍👩‍👧`;
  await fc.assert(property, {
    numRuns: tries(15, 100),
    examples: [[late, "\0\0\0", "message", 24]],
  });
});

Deno.test("a terminal that does not join emoji breaks no line either", async () => {
  using screen = new VirtualScreen(40, 5);
  const lines = formatEntry(message("👨‍👩‍👧".repeat(60), "👨‍👩‍👧"), PLAIN);
  await screen.write(printLines(lines, EMPTY_ROW, 40));
  assertFalse(screen.hasWrapped);
});

Deno.test("clearing the screen loses nothing of it", async () => {
  using screen = new VirtualScreen(40, 4);
  await screen.write(printLines(["one", "two"], EMPTY_ROW, 40));
  await screen.write(clearScreen(4) + printLines([], EMPTY_ROW, 40));
  assertEquals(screen.rows.slice(0, 2), ["one", "two"]);
  assertEquals(screen.rows.at(-1), "lobby>");
});

Deno.test("leaving takes the row away and gives the modes back", async () => {
  using screen = new VirtualScreen(40, 4);
  await screen.write(ENTER + printLines(["one"], { ...EMPTY_ROW, text: "draft", cursor: 5 }, 40));
  assert(screen.modes.bracketedPaste);
  await screen.write(LEAVE);
  assertEquals(screen.rows, ["one"]);
  assertEquals(screen.modes, { bracketedPaste: false, wraparound: true });
});

Deno.test("a plain terminal gets no escape and shows the same", async () => {
  using screen = new VirtualScreen(40, 5);
  let shown = "";
  const show = async (lines: string[], text: string, cursor = text.length): Promise<string> => {
    const update = printPlain(lines, { prompt: "lobby> ", text, cursor }, 40, shown);
    shown = update.shown;
    await screen.write(update.output);
    return update.output;
  };
  await show([], "");
  await show([], "hello");
  assertEquals(await show([], "hello!"), "!");
  await show([], "hell日", 3);
  assertEquals(screen.rows, ["lobby> hell日"]);
  assertEquals(screen.cursorColumn, 10);
  await show(["hi"], "");
  assertEquals(screen.rows, ["hi", "lobby>"]);
  assertFalse((await show(["a", "b"], "x", 0)).includes("\x1b"));
  assertEquals(screen.rows, ["hi", "a", "b", "lobby> x"]);
});
