/** What is said of a file, and names that are safe to show and to save under. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { inertLine } from "../lib/words/inert.js";
import {
  captionOf,
  fileSentence,
  MAX_FILE_NAME_BYTES,
  safeFileName,
  sizeAndLimit,
  sizeText,
} from "../lib/words/files.js";
import { tries } from "./fixtures/thorough.ts";

for (
  const [bytes, text] of [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1 kB"],
    [1_049, "1 kB"],
    [1_234, "1.2 kB"],
    [9_949, "9.9 kB"],
    [9_950, "10 kB"],
    [64_500, "65 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [1_200_000, "1.2 MB"],
    [104_857_600, "105 MB"],
    [1_073_741_824, "1.1 GB"],
    [5e12, "5 TB"],
    [Number.MAX_SAFE_INTEGER, "9 PB"],
  ] as const
) {
  Deno.test(`${bytes} bytes are shown as ${text}`, () => assertEquals(sizeText(bytes), text));
}

Deno.test("a size that is over a limit is shown as one that is", () => {
  assertEquals(sizeAndLimit(11_000, 10_000), ["11 kB", "10 kB"]);
  assertEquals(sizeAndLimit(10_001, 10_000), ["10,001 bytes", "10,000 bytes"]);
  assertEquals(sizeAndLimit(104_857_601, 104_857_600), ["104,857,601 bytes", "104,857,600 bytes"]);
});

Deno.test("a message that brings a file says its name, its size and its caption", () => {
  assertEquals(fileSentence("plan.pdf", 1_234_567), "sent plan.pdf (1.2 MB)");
  assertEquals(fileSentence("plan.pdf", 1_234_567, ""), "sent plan.pdf (1.2 MB)");
  assertEquals(
    fileSentence("plan.pdf", 1_234_567, "look: (2)"),
    "sent plan.pdf (1.2 MB): look: (2)",
  );
});

Deno.test("the caption is what follows the sentence, however that wrote the size", () => {
  const file = { name: "a (1).pdf" };
  assertEquals(captionOf("sent a (1).pdf (1.2 MB)", file), "");
  assertEquals(captionOf("sent a (1).pdf (1,2 Mo): see (here): x", file), "see (here): x");
  assertEquals(captionOf("sent a (1).pdf (1.2 MB):\nx", file), "sent a (1).pdf (1.2 MB):\nx");
  assertEquals(captionOf("sent b.pdf (1.2 MB): x", file), "sent b.pdf (1.2 MB): x");
  assertEquals(captionOf("sent a (1).pdf (", file), "sent a (1).pdf (");
});

Deno.test("any caption of any file comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), fc.string(), (wild, size, caption) => {
      const name = safeFileName(wild);
      assertEquals(captionOf(fileSentence(name, size, caption), { name }), caption);
    }),
  );
});

for (
  const [given, safe] of [
    ["plan.pdf", "plan.pdf"],
    ["Größe, 計画 (2).tar.gz", "Größe, 計画 (2).tar.gz"],
    ["👩🏽‍🚀 می\u200cخواهم.txt", "👩🏽‍🚀 می\u200cخواهم.txt"],
    ["/etc/passwd", "passwd"],
    ["C:\\Users\\ann\\plan.pdf", "plan.pdf"],
    ["C:plan.pdf", "C_plan.pdf"],
    ["a/b/", "b"],
    ["../../x", "x"],
    ["..", "file"],
    ["", "file"],
    ["/", "file"],
    [" . ", "file"],
    [".bashrc", "bashrc"],
    ["...a", "a"],
    ["name. .", "name"],
    ["  spaced  ", "spaced"],
    ["photo\u202egnp.exe", "photognp.exe"],
    ["a\u0000b\u001b[2Jc\nd", "ab[2Jcd"],
    ["a\u2028b\ufeffc\u061cd\ud800e", "abcde"],
    ['Why? 5:30 <a|b> "c"*', "Why_ 5_30 _a_b_ _c__"],
    ["a.txt:stream", "a.txt_stream"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["com1 .tar.gz", "_com1 .tar.gz"],
    ["con\u3000.gz", "_con\u3000.gz"],
    ["LPT¹", "_LPT¹"],
    ["conin$", "_conin$"],
    ["com", "com"],
    ["com10.txt", "com10.txt"],
    ["console.log", "console.log"],
    [`${"a".repeat(300)}.pdf`, `${"a".repeat(196)}.pdf`],
    [`${"字".repeat(100)}.pdf`, `${"字".repeat(65)}.pdf`],
    [`${"a".repeat(199)}字`, "a".repeat(199)],
    [`a.${"b".repeat(300)}`, `a.${"b".repeat(198)}`],
    [`con${" ".repeat(300)}x`, "_con"],
    [`${"a".repeat(100)}${".".repeat(100)}b`, `${"a".repeat(100)}${".".repeat(98)}.b`],
  ] as const
) {
  Deno.test(`the name ${inertLine(given.slice(0, 40))} is made safe`, () => {
    assertEquals(safeFileName(given), safe);
  });
}

/** Parts of names that are worst: of paths, of devices, of what hides, of what is long. */
const wild = fc.array(
  fc.oneof(
    fc.constantFrom(...["/", "\\", ":", ".", "..", " ", "con", "NUL", "lpt1", "\u202e", "\u200d"]),
    fc.constantFrom(...["\u061c", "\u200c", "👩", "🏴", "\u{e0067}", "\u{e007f}", "\u0301", "字"]),
    fc.constantFrom("x".repeat(190), "字".repeat(60), " ".repeat(150), ".gz", ".aaaaaaaaaaaaaaaa"),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

const PARAMETERS = { numRuns: tries(2_000, 50_000) };

Deno.test("every name becomes one that each system takes and that shows what it is", () => {
  fc.assert(
    fc.property(wild, (given) => {
      const name = safeFileName(given);
      assert(name !== "" && new TextEncoder().encode(name).length <= MAX_FILE_NAME_BYTES);
      assertEquals(/[/\\:*?"<>|\p{Cc}\p{Cs}\p{Bidi_Control}]/u.exec(name), null);
      assertEquals(/^[.\s]|[.\s]$/u.exec(name), null);
      const stem = name.split(".", 1)[0]?.trim().toLowerCase() ?? "";
      assert(!["con", "nul", "lpt1"].includes(stem));
      // All of it is shown as it is, but for a pile of marks.
      assertEquals(inertLine(name.replaceAll("\u0301", "")), name.replaceAll("\u0301", ""));
    }),
    PARAMETERS,
  );
});

Deno.test("a safe name stays as it is", () => {
  fc.assert(
    fc.property(wild, (given) => {
      const name = safeFileName(given);
      assertEquals(safeFileName(name), name);
    }),
    PARAMETERS,
  );
});
