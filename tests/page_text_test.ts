/** The page's text: the same names, stand-ins and mentions as elsewhere, and the parts of a message. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { nameKey as theirs } from "../lib/chat/name.ts";
import { isAddressedTo as addressed } from "../lib/client/addressed.ts";
import { inertLine as theirInert } from "../lib/client/inert.ts";
import { inertLine, inertText } from "../lib/web/page/inert.js";
import { hueOf, isAddressedTo, nameKey } from "../lib/web/page/names.js";
import { partsOf } from "../lib/web/page/parts.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."a\u200d\u202e\u{1f469}\u{1f3fb}\ufe0f\u094d\u0301\r\n\0\x1b\u0600"),
  }),
);

Deno.test("the page makes text as inert as the terminal does", () => {
  fc.assert(fc.property(anyText, (text) => assertEquals(inertLine(text), theirInert(text))));
  assertEquals(inertText("a\r\nb\n\u202ec\r"), "a\nb\n<U+202E>c␍");
});

Deno.test("the page compares names as the server does", () => {
  fc.assert(fc.property(anyText, (name) => assertEquals(nameKey(name), theirs(name))));
  for (const name of ["STRAẞE", "straße", "ﬁ  x", "İ"]) assertEquals(nameKey(name), theirs(name));
  assertEquals(hueOf("Ann"), hueOf("ANN"));
});

Deno.test("the page knows as the terminal does what is meant for somebody", () => {
  const words = fc.array(
    fc.constantFrom("ann", "Ann:", "@ann", "@anna", ",", " ", "hi", "ＡＮＮ,"),
  );
  fc.assert(fc.property(words, (parts) => {
    const text = parts.join("");
    const message = { type: "message", room: "r", seq: 1, from: "bob", at: "", text } as const;
    assertEquals(isAddressedTo(text, "ann"), addressed(message, "ann", "r"), text);
  }));
});

/** The parts of a text in short: `kind:text`. */
function parts(text: string): string[] {
  return partsOf(text, (key) => key === "ann").map(({ kind, text }) => `${kind}:${text}`);
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
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "https://example.com@evil.org/",
      "https://",
      "ftp://example.org",
    ]
  ) assertEquals(parts(text), [`text:${text}`]);
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
});

Deno.test("mentions are those of people who are there", () => {
  assertEquals(parts("@ann, @bob and x@ann.org"), ["mention:@ann", "text:, @bob and x@ann.org"]);
});

Deno.test("the parts put together are the text", () => {
  const pieces = fc.array(
    fc.oneof(anyText, fc.constantFrom("https://a.org/", "@ann", "<", ")", " ", "`")),
  );
  fc.assert(fc.property(pieces, (given) => {
    // Backticks go, and so are left out here.
    const text = given.join("").replaceAll("`", "");
    assertEquals(partsOf(text, () => true).map((part) => part.text).join(""), inertText(text));
  }));
});
