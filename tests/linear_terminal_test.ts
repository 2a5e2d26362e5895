/** That no text of others holds up the terminal: each function takes time in proportion to its text. */

import { assertEquals } from "@std/assert";
import { messageText } from "../lib/chat/messages/message_text.ts";
import { textWidth } from "../lib/chat/names/width.ts";
import { withLocalTimes } from "../lib/client/local_times.ts";
import { inertJson } from "../lib/client/printer.ts";
import { Searches } from "../lib/client/search.ts";
import { clip, inertTabbed, wrap } from "../lib/client/terminal/cells.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import { withOtherHosts } from "../lib/client/terminal/spans.ts";
import { textLines } from "../lib/client/terminal/text_lines.ts";
import type { Message } from "../lib/wire/events.ts";
import { parseLine } from "../lib/words/parse.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const AT = "2026-01-02T03:04:05.000Z";
const LOOK = { width: 80, depth: "256", escapes: true } as const;
const MENTION = /(?<![\p{L}\p{N}_])(?:me|deploy)(?![\p{L}\p{N}_])/giu;
const BEGINS = ["http://a", "https://a.b/(", "```\n", "`"];
const UNITS = [
  ")",
  ".",
  ").]",
  "[](",
  "`a b` ",
  "me ",
  "http://a ",
  "http://a me ",
  "\t",
  "@me",
  "```",
];

const said = (text: string): Message => ({ room: "lobby", seq: 1, from: "ann", at: AT, text });
const entry = (text: string): PrintedEntry => (
  { kind: "message", from: "ann", text, at: new Date(AT), mention: MENTION }
);

const FUNCTIONS: readonly TextFunction[] = [
  { what: "textLines", run: (text) => textLines(text, MENTION), begins: BEGINS, units: UNITS },
  {
    what: "withOtherHosts",
    run: (text) => withOtherHosts(text),
    begins: ["http://а"],
    only: ["http://а ", "а", ".", "/", "\u0301"],
  },
  {
    what: "formatEntry",
    run: (text) => formatEntry(entry(text), LOOK),
    begins: ["http://a"],
    only: [")", "http://a me ", "`a b` ", "me ", "\t", "\n"],
  },
  {
    what: "formatEntry with what has become of a message",
    run: (text) => {
      const quote = { from: text, text };
      const reactions = [{ key: text, count: 2 }];
      formatEntry({ ...entry("hi"), quote, reactions, edited: true }, LOOK);
      formatEntry({ ...entry(""), removed: { by: text, at: AT, reason: text } }, LOOK);
    },
    only: ["a", "\u0301", "\n", "\t"],
  },
  {
    what: "wrap",
    run: (text) => textLines(text).map((line) => wrap(line.text, 40, 30, line)),
    only: ["a", "`a b` ", "\u0301"],
  },
  { what: "clip", run: (text) => clip(text, 70), only: ["a", "\u200b", "\u0301"] },
  { what: "inertTabbed", run: (text) => inertTabbed(text), only: ["\t", "a\t", "\u0301\t"] },
  { what: "inertJson", run: (text) => inertJson(text), only: ["\0", "\u0301", "a"] },
  {
    what: "textWidth",
    run: (text) => textWidth(text),
    only: ["\u0301", "\u{1f468}\u200d", "\u1100"],
  },
  { what: "messageText", run: (text) => messageText(text), units: ["\r\n", " \n"] },
  { what: "withLocalTimes", run: (text) => withLocalTimes(text), units: ["2026-01-02 03:04 UTC"] },
  {
    what: "parseLine with the terminal's own commands",
    run: (text) => parseLine(text, { room: "lobby" }, terminalCommands()),
    begins: ["/notify add ", "/bell on", "/around ", "/room ", "/chat @", "/unread ", "/msg @"],
  },
];

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, { permissions: "none" }, () => {
    assertEquals(slowText(row), undefined);
  });
}

Deno.test("what a search finds is cut and marked, however long it is", async () => {
  const text = `${"word ".repeat(20_000)}needle`;
  const lines = await new Searches().ask(
    { type: "search", query: "needle" },
    () => Promise.resolve({ type: "page", room: "", messages: [said(text)], more: false }),
  );
  assertEquals(lines[0]?.text.endsWith("word «needle»"), true);
});
