/** From the bytes that a terminal sends to keys. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Queue } from "../lib/client/queue.ts";
import { type Key, KeyDecoder, MAX_PASTE } from "../lib/client/terminal/keys.ts";
import { KeyReader } from "../lib/client/terminal/tty.ts";

const encoder = new TextEncoder();

function decode(...chunks: string[]): Key[] {
  const decoder = new KeyDecoder();
  return chunks.flatMap((chunk) => decoder.push(encoder.encode(chunk)));
}

/** Keys in short: names of keys, text in quotes. */
function short(keys: readonly Key[]): string {
  return keys.map((key) =>
    "text" in key ? JSON.stringify(key.text) : "name" in key ? key.name : key.type
  ).join(" ");
}

Deno.test("typed text is one key a run, and a character may arrive a byte at a time", () => {
  assertEquals(short(decode("héllo 👍🏽")), '"héllo 👍🏽"');
  const decoder = new KeyDecoder();
  const keys = [...encoder.encode("👍é")].flatMap((byte) => decoder.push(Uint8Array.of(byte)));
  assertEquals(short(keys), '"👍" "é"');
});

Deno.test("the character behind Ctrl-X is a key of its own, however fast the next ones come", () => {
  assertEquals(short(decode("\x18kops")), 'ctrl-x "k" "ops"');
  assertEquals(short(decode("\x18", "👍🏽s", "t")), 'ctrl-x "👍" "🏽s" "t"');
  assertEquals(short(decode("\x18\x05ab")), 'ctrl-x ctrl-e "ab"');
  assertEquals(short(decode("\x18\x1b[Aab")), 'ctrl-x up "ab"');
});

Deno.test("bytes that are not UTF-8 become U+FFFD, and a byte order mark stays", () => {
  const decoder = new KeyDecoder();
  assertEquals(short(decoder.push(Uint8Array.of(0x61, 0xff, 0x62))), '"a\ufffdb"');
  assertEquals(decode("\ufeffa"), [{ type: "text", text: "\ufeffa" }]);
});

Deno.test("a report of the focus is no key, and does not end what was typed early", () => {
  assertEquals(decode("a\x1b[I\x1b[", "Ob"), [
    { type: "text", text: "a" },
    { type: "focus", here: true },
    { type: "focus", here: false },
    { type: "text", text: "b" },
  ]);
  assertEquals(short(decode("\x1b[1;2I")), "");
});

Deno.test("control characters are named after their letters", () => {
  assertEquals(
    short(decode("\x01\x03\x04\x1a\x0c\x7f\x08\t\r\n")),
    "ctrl-a ctrl-c ctrl-d ctrl-z ctrl-l backspace backspace tab enter newline",
  );
});

Deno.test("arrows, Home, End and Delete are known in all their spellings", () => {
  assertEquals(
    short(decode("\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOD\x1b[H\x1b[F\x1bOH\x1bOF")),
    "up down right left up left home end home end",
  );
  assertEquals(
    short(decode("\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1b[3~\x1b[5~\x1b[Z")),
    "home end home end delete page-up shift-tab",
  );
});

Deno.test("modified keys carry their modifiers", () => {
  assertEquals(
    short(decode("\x1b[1;5D\x1b[1;5C\x1b[1;3C\x1b[1;2A\x1b[3;5~\x1bOc\x1b\x1b[D")),
    "ctrl-left ctrl-right alt-right shift-up ctrl-delete ctrl-right alt-left",
  );
  assertEquals(
    short(decode("\x1bb\x1bf\x1bd\x1b\x7f\x1bé")),
    "alt-b alt-f alt-d alt-backspace alt-é",
  );
});

Deno.test("Ctrl-J, Alt-Enter and the terminals' Shift-Enter are a new line, Enter is Enter", () => {
  assertEquals(
    short(decode("\n\x1b\r\x1b\n\x1b[13;2u\x1b[27;2;13~\x1b[13u\r\x1bOM")),
    "newline newline newline newline newline enter enter enter",
  );
});

Deno.test("what is not known is swallowed, and what follows it is text again", () => {
  assertEquals(
    short(decode("a\x1b[99~b\x1b[?1;2cc\x1b[<0;1;1Md\x1b[Ie")),
    '"a" "b" "c" "d" focus "e"',
  );
  assertEquals(short(decode("\x1b[[Xa")), '"a"');
  assertEquals(short(decode("\x1b]11;rgb:0/0/0\x07a\x1bP1$r0m\x1b\\b")), '"a" "b"');
  assertEquals(short(decode("\x1b[12\rb")), 'enter "b"');
  assertEquals(short(decode("\x1b]0;x\rb")), 'enter "b"');
  assertEquals(short(decode("a\x9bb")), '"a" "b"');
});

Deno.test("a sequence that never ends is forgotten but for its beginning", () => {
  assertEquals(short(decode("\x1b[" + "1;".repeat(100_000), "2", "3mok")), '"ok"');
});

Deno.test("a sequence in a wrong order, or too long to be a key, is swallowed however it is split", () => {
  const long = "1;".repeat(20);
  for (const sequence of ["*1;2A", " A", `*${long}A`, `${long}2.0A`, `1;${"0".repeat(40)}5D`]) {
    const whole = `\x1b[${sequence}a`;
    assertEquals(short(decode(whole)), '"a"', sequence);
    assertEquals(short(decode(...whole)), '"a"', sequence);
  }
});

Deno.test("a long answer of the terminal ends where it ends, also between two reads", () => {
  assertEquals(short(decode("\x1b]0;" + "x".repeat(100) + "\x1b", "\\a")), '"a"');
  assertEquals(short(decode("\x1bP" + "x".repeat(100) + "\x1b", "[Da")), 'left "a"');
});

Deno.test("function keys have the names of their numbers, whatever the terminal", () => {
  assertEquals(short(decode("\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[P\x1b[1;2Q")), "f1 f2 f3 f4 f1 shift-f2");
  assertEquals(short(decode("\x1b[11~\x1b[15~\x1b[17~\x1b[24~\x1b[15;5~")), "f1 f5 f6 f12 ctrl-f5");
});

Deno.test("a function key of the Linux console is one, also between two reads", () => {
  assertEquals(short(decode("\x1b[[Aa")), 'f1 "a"');
  assertEquals(short(decode("\x1b[[", "Aa")), 'f1 "a"');
  assertEquals(short(decode("\x1b[[", "\ra")), 'enter "a"');
});

Deno.test("a sequence may be split anywhere", () => {
  const input = "a\x1b[1;5Db\x1bOAc\x1b[200~x\r\ny\x1b[201~\x1bfé\x1b]0;t\x1b\\d";
  const whole = short(decode(input)).replaceAll('" "', "");
  const decoder = new KeyDecoder();
  const keys = [...encoder.encode(input)].flatMap((byte) => decoder.push(Uint8Array.of(byte)));
  assertEquals(short(keys).replaceAll('" "', ""), whole);
});

Deno.test("an Escape alone is undecided until nothing follows it", () => {
  const decoder = new KeyDecoder();
  assertEquals(decoder.push(encoder.encode("\x1b")), []);
  assert(decoder.undecided);
  assertEquals(short(decoder.flush()), "escape");
  assert(!decoder.undecided);
  assertEquals(short(decoder.push(encoder.encode("b"))), '"b"');
  assertEquals(short(decode("\x1b\x1b\x1bb")), "escape escape alt-b");
});

Deno.test("Alt-[ is told from a sequence by the pause after it, and a sequence can wait", () => {
  const decoder = new KeyDecoder();
  decoder.push(encoder.encode("\x1b["));
  assertEquals(short(decoder.flush()), "alt-[");
  decoder.push(encoder.encode("\x1b[1;"));
  assertEquals(decoder.flush(), []);
  assertEquals(short(decoder.push(encoder.encode("5C"))), "ctrl-right");
});

Deno.test("a paste is one key whose lines end in a newline, whatever it holds", () => {
  assertEquals(decode("\x1b[200~one\r\ntwo\rthr", "ee\x1b[A\x03\x1b[20", "1~\r"), [
    { type: "paste", text: "one\ntwo\nthree\x1b[A\x03", cut: false },
    { type: "key", name: "enter" },
  ]);
});

Deno.test("a paste whose end is lost is over when it is silent, and keys are keys again", async () => {
  const input = new Queue<Uint8Array>();
  const keys = new KeyReader(input, 20);
  input.push(encoder.encode("\x1b[200~one\rtwo\x1b[20"));
  assertEquals(await keys.next(), { type: "paste", text: "one\ntwo", cut: false });
  input.push(encoder.encode("x\r"));
  assertEquals(await keys.next(), { type: "text", text: "x" });
  assertEquals(await keys.next(), { type: "key", name: "enter" });
  input.end();
});

Deno.test("a paste that is too long is cut, and its end is still found", () => {
  const long = "x".repeat(MAX_PASTE);
  const keys = decode("\x1b[200~", long, "y".repeat(10), "\x1b[201~a");
  assertEquals(keys, [
    { type: "paste", text: long, cut: true },
    { type: "text", text: "a" },
  ]);
});

Deno.test("no bytes, however they are split, give text with a control character", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const wild = fc.oneof(
    bytes,
    fc.constantFrom("\x1b[", "\x1b", "\x1bO", "\x1b]", "1;5", "D", "\r", "~").map((s) =>
      encoder.encode(s)
    ),
  );
  fc.assert(fc.property(fc.array(wild, { maxLength: 8 }), (chunks) => {
    const decoder = new KeyDecoder();
    for (const chunk of chunks) {
      for (const key of [...decoder.push(chunk), ...decoder.flush()]) {
        if (key.type === "text") assert(!/\p{Cc}/u.test(key.text), JSON.stringify(key.text));
      }
    }
  }));
});
