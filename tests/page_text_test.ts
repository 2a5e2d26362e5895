/** The page's text: the same names, stand-ins and mentions as elsewhere, and the parts of a message. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatText } from "../lib/words/format.js";
import { inertText } from "../lib/words/inert.js";
import { addressIn, fragmentOf } from "../lib/web/page/place.js";
import { partsOf } from "../lib/web/page/parts.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."a\u200d\u202e\u{1f469}\u{1f3fb}\ufe0f\u094d\u0301\r\n\0\x1b\u0600"),
  }),
);

const isName = (key: string): boolean => key === "ann" || key === "two words";

/** The parts of a text in short: `kind:text`, and `block:text` for one of code. */
function parts(text: string): string[] {
  return partsOf(text, isName).flatMap(({ kind: block, parts }) =>
    parts.filter(({ kind }) => kind !== "break").map(({ kind, text }) =>
      `${block === "code" ? "block" : kind}:${text}`
    )
  );
}

/** The blocks of a text in short: `kind sign parts`, with `b` and `i` before what is bold and italic. */
function blocks(text: string): string[] {
  return partsOf(text, isName).map(({ kind, sign, parts }) => {
    const shown = parts.map(({ kind, text, bold, italic }) =>
      (bold ? "b" : "") + (italic ? "i" : "") + (kind === "break" ? "⏎" : `[${text}]`)
    );
    return `${kind} ${sign}${shown.join("")}`;
  });
}

/** The links of a text. */
function links(text: string): Array<{ readonly href: string; readonly host: string | undefined }> {
  return partsOf(text).flatMap(({ parts }) => parts)
    .flatMap((part) => part.kind === "link" ? [part] : []);
}

Deno.test("links are what begins with http, without the sentence around them", () => {
  assertEquals(parts("see https://example.org/a_(b)."), [
    "text:see ",
    "link:https://example.org/a_(b)",
    "text:.",
  ]);
  assertEquals(parts("(http://example.org/x?y=1&z)"), [
    "text:(",
    "link:http://example.org/x?y=1&z",
    "text:)",
  ]);
  assertEquals(parts("see www.example.org/a, or _https://a.org/b__"), [
    "text:see ",
    "link:www.example.org/a",
    "text:, or _",
    "link:https://a.org/b",
    "text:__",
  ]);
  assertEquals(parts("https://en.wikipedia.org/wiki/Snake_case_"), [
    "link:https://en.wikipedia.org/wiki/Snake_case_",
  ]);
  assertEquals(links("www.a.org").map(({ href }) => href), ["https://www.a.org"]);
  for (
    const text of [
      "awww.example.org",
      "javascript:alert(1)",
      "data:text/html,x",
      "https://example.com@evil.org/",
      "https://",
      "ftp://example.org",
    ]
  ) assertEquals(parts(text), [`text:${text}`]);
});

Deno.test("a link that may be taken for another one tells its host in ASCII", () => {
  const hosts = (text: string): unknown[] => links(text).map(({ host }) => host);
  assertEquals(hosts("https://аррӏе.com/x http://gооgle.com https://ɡoogle.com"), [
    "xn--80ak6aa92e.com",
    "xn--ggle-55da.com",
    "xn--oogle-qmc.com",
  ]);
  for (
    const plain of [
      ...[
        "https://bücher.example",
        "https://пример.рф",
        "http://日本語.jp/a",
        "http://example.org",
      ],
      "https://xn--80ak6aa92e.com",
    ]
  ) assertEquals(hosts(plain), [plain.includes("日本語.jp") ? "xn--wgv71a119e.jp" : undefined]);
});

Deno.test("what hides in a link ends it", () => {
  assertEquals(parts("https://example.org/\u202egpj.exe"), [
    "link:https://example.org/",
    "sign:<U+202E>",
    "text:gpj.exe",
  ]);
});

Deno.test("code is between backticks, and nothing in it is a link or a mention", () => {
  assertEquals(parts("run `@ann http://x.org` now"), [
    "text:run ",
    "code:@ann http://x.org",
    "text: now",
  ]);
  assertEquals(parts("so:\n```\n$ a\n$ b\n```\nyes"), ["text:so:", "block:$ a\n$ b", "text:yes"]);
  assertEquals(parts("a ` b"), ["text:a ` b"]);
  for (const text of ["``````", "```", "a```b"]) assertEquals(parts(text), [`text:${text}`]);
  assertEquals(parts("``` ```"), ["block: "]);
});

Deno.test("the language of a block of code is not its first line", () => {
  const blocks = (text: string): unknown[] =>
    partsOf(text).map(({ language, parts: [part] }) => [language, part?.text]);
  assertEquals(blocks("```js\nlet a;\n```"), [["js", "let a;"]]);
  assertEquals(blocks("```\njs\nb```"), [["", "js\nb"]]);
  assertEquals(blocks("```js```"), [["", "js"]]);
  assertEquals(blocks("```two words\nb```"), [["", "two words\nb"]]);
});

Deno.test("quotes, items and code stand apart, and what is emphasized is in all but code", () => {
  assertEquals(blocks("so:\n> *yes* @ann\n> no\n1. _a *b*_\n- c\n```\n*d*\n```\n`*`"), [
    "text [so:]⏎",
    "quote > b[yes][ ][@ann][\n][no]⏎",
    "item 1. i[a ]bi[b]⏎",
    "item - [c]",
    "code ⏎[*d*]⏎",
    "text [*]",
  ]);
  // A sign that stands for nothing is shown.
  assertEquals(blocks(">"), ["text [>]"]);
});

Deno.test("mentions are those of people who are there", () => {
  assertEquals(parts("@ann, @bob and x@ann.org"), ["mention:@ann", "text:, @bob and x@ann.org"]);
  assertEquals(parts("@Two Words: @ann. @annie @Two"), [
    "mention:@Two Words",
    "text:: ",
    "mention:@ann",
    "text:. @annie @Two",
  ]);
});

Deno.test("a room's name behind its sign leads there", () => {
  assertEquals(parts("see #ops, #dev.2. and #1234, a#b, ##c"), [
    "text:see ",
    "room:#ops",
    "text:, ",
    "room:#dev.2",
    "text:. and #1234, a#b, ##c",
  ]);
});

Deno.test("nothing of a text is lost but the signs of its grammar", () => {
  const pieces = fc.array(
    fc.oneof(
      anyText,
      fc.constantFrom("https://a.org/", "@ann", "<", ")", " ", "*", "_", "`", "\n> "),
    ),
    { size: "max", maxLength: 30 },
  );
  fc.assert(fc.property(pieces, (given) => {
    const text = given.join("");
    const shown = partsOf(text, () => true).flatMap(({ parts }) => parts)
      .filter(({ kind }) => kind !== "break").map(({ text }) => text);
    const said = formatText(inertText(text)).flatMap(({ spans }) => spans)
      .filter(({ kind }) => kind !== "mark").map(({ text }) => text);
    assertEquals(shown.join(""), said.join(""));
  }));
});

Deno.test("an address leads where it was taken from, and one that nobody can read nowhere", () => {
  const name = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.constantFrom("@ann", "a/7", "dev", "50%", "#x", "Two Words"),
  );
  fc.assert(fc.property(name, fc.option(fc.nat()), (name, seq) => {
    const room = { kind: "room", name, ...(seq === null ? {} : { seq }) } as const;
    assertEquals(addressIn(fragmentOf(room)), room);
    const person = { kind: "direct", name } as const;
    assertEquals(addressIn(fragmentOf(person)), person);
  }));
  assertEquals(fragmentOf({ kind: "room", name: "dev", seq: 1234 }), "#dev/1234");
  assertEquals(fragmentOf({ kind: "direct", name: "ann" }), "#@ann");
  assertEquals(addressIn("#dev"), { kind: "room", name: "dev" });
  for (const bad of ["", "#", "#%", "#%zz", "#@", "#a/b", "#a/1/2"]) {
    assertEquals(addressIn(bad), undefined);
  }
});
