/** What people write in bold, in italics, as code, quotes and lists, as terminal and page take it. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatText } from "../lib/words/format.js";

/** A text in short: `kind[b:bold i:italic m:mark c:code l:link]`, one string a block. */
function told(text: string): string[] {
  return formatText(text).map(({ kind, spans, language }) => {
    const parts = spans.map(({ kind, text, bold, italic }) => {
      const style = (bold ? "b" : "") + (italic ? "i" : "") + (kind === "text" ? "" : kind[0]);
      return style === "" ? text : `{${style} ${text}}`;
    });
    return `${kind}${language === "" ? "" : `(${language})`}: ${parts.join("")}`;
  });
}

/** A text of one line, and how it is told. */
const LINES: ReadonlyArray<readonly [text: string, told: string]> = [
  ["a *bold* word", "a {bm *}{b bold}{bm *} word"],
  ["an _italic_ one", "an {im _}{i italic}{im _} one"],
  ["as in Markdown: **bold**", "as in Markdown: {bm **}{b bold}{bm **}"],
  ["*both _at once_*", "{bm *}{b both }{bim _}{bi at once}{bim _}{bm *}"],
  ["_*both*_, and (*more*).", "{im _}{bim *}{bi both}{bim *}{im _}, and ({bm *}{b more}{bm *})."],
  ["run `ls *` and `a_b`", "run {m `}{c ls *}{m `} and {m `}{c a_b}{m `}"],
  ["*see `x*y` now*", "{bm *}{b see }{bm `}{bc x*y}{bm `}{b  now}{bm *}"],
  ["太郎*重要*です", "太郎{bm *}{b 重要}{bm *}です"],
  ["*Ann*'s", "{bm *}{b Ann}{bm *}'s"],
  ["*a* *b*", "{bm *}{b a}{bm *} {bm *}{b b}{bm *}"],
  ["_https://a.org/b_c_ ok", "{im _}{il https://a.org/b_c}{im _} ok"],
  ["*see https://a.org/*", "{bm *}{b see }{bl https://a.org/}{bm *}"],
  ["(https://a.org/wiki/B_(c)).", "({l https://a.org/wiki/B_(c)})."],
  ["www.a.org, awww.a.org", "{l www.a.org}, awww.a.org"],
  // The last that is open is closed.
  ["*a _b* c_", "{bm *}{b a _b}{bm *} c_"],
  ["*a *b* c*", "*a {bm *}{b b}{bm *} c*"],
];

/** What means nothing. */
const PLAIN = [
  ...["snake_case_name", "__init__", "2 * 3 * 4", "2*3*4", "*.ts and *.js", "/usr/*/bin/*"],
  ...[
    "* ",
    "*",
    "**",
    "***a***",
    "*a",
    "a*",
    "*a *",
    "_a*",
    "*_*",
    ":* :*",
    "*-*-*",
    "`",
    "``",
  ],
  ...[
    ">:(",
    ">_>",
    "a > b",
    "-",
    "-a",
    "-- a",
    "1.",
    "1.5 m",
    "1234. x",
    "https://",
    "www.",
    "http://...",
  ],
  ...["¯\\_(ツ)_/¯", "```", "``````", "a```b", "a * b\nc * d", "*a\nb*"],
  ...[">", "> ", "a\n>", ">\n>"],
];

Deno.test("what is bold, italic, code and a link", () => {
  for (const [text, line] of LINES) assertEquals(told(text), [`text: ${line}`]);
});

Deno.test("signs within words, between blanks and in arithmetic mean nothing", () => {
  for (const text of PLAIN) assertEquals(told(text), [`text: ${text}`]);
});

Deno.test("quotes are lines that belong together, items are one each", () => {
  assertEquals(told("so:\n> *one*\n> two\n\nyes"), [
    "text: so:{m \n}",
    "quote: {m > }{bm *}{b one}{bm *}\n{m > }two{m \n}",
    "text: \nyes",
  ]);
  assertEquals(told("- a\n* b\n  • c\n12. d\n3) e"), [
    "item: {m - }a{m \n}",
    "item: {m * }b{m \n}",
    "item: {m   • }c{m \n}",
    "item: {m 12. }d{m \n}",
    "item: {m 3) }e",
  ]);
  assertEquals(told("> > a\n>\n> b"), ["quote: {m > }> a\n{m >}\n{m > }b"]);
});

Deno.test("code between fences has a language, and nothing in it means anything", () => {
  assertEquals(told("so:\n```js\nlet *a* = `b`;\n> c\n```\nyes"), [
    "text: so:",
    "code(js): {m \n```js\n}{c let *a* = `b`;\n> c}{m \n```\n}",
    "text: yes",
  ]);
  assertEquals(told("see ```a``` there"), [
    "text: see ",
    "code: {m ```}{c a}{m ```}",
    "text:  there",
  ]);
  assertEquals(told("```\njs\nb```"), ["code: {m ```\n}{c js\nb}{m ```}"]);
  assertEquals(told("```js```"), ["code: {m ```}{c js}{m ```}"]);
  assertEquals(told("``` ```"), ["code: {m ```}{c  }{m ```}"]);
});

const anyText = fc.array(
  fc.oneof(
    fc.constantFrom("*", "**", "_", "`", "```", "\n", " ", "> ", "- ", "1. ", "a", "б", "字", "👍"),
    fc.constantFrom("https://a.org/", "www.a.org", "(", ")", ".", "js\n", "\r", "\u202e", "\ud800"),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
  { maxLength: 40, size: "max" },
).map((parts) => parts.join(""));

Deno.test("the parts put together are the text", () => {
  fc.assert(fc.property(anyText, (text) => {
    const spans = formatText(text).flatMap(({ spans }) => spans);
    assertEquals(spans.map((span) => span.text).join(""), text);
    assert(spans.every((span) => span.text !== ""));
  }));
});

Deno.test("what is emphasized begins and ends with its signs, within one line", () => {
  fc.assert(fc.property(anyText, (text) => {
    for (const { spans } of formatText(text)) {
      for (const [style, signs] of [["bold", /^\*\*?$/], ["italic", /^_$/]] as const) {
        spans.forEach((span, at) => {
          if (!span[style]) return;
          const begins = at === 0 || spans[at - 1]?.[style] === false;
          const ends = at === spans.length - 1 || spans[at + 1]?.[style] === false;
          if (begins || ends) assert(span.kind === "mark" && signs.test(span.text), text);
          assert(!span.text.includes("\n"));
        });
      }
    }
  }));
});
