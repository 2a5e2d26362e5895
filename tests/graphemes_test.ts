/** Where a text is cut into characters without a segmenter, whose results take memory that no collection counts. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { eachGrapheme, graphemesOf } from "../lib/chat/names/graphemes.ts";
import { graphemeWidth, textWidth } from "../lib/chat/names/width.ts";
import { formatEntry } from "../lib/client/terminal/entry.ts";
import { brokenRows, paintedCells } from "../lib/client/view/screen_cells.ts";
import { tries } from "./fixtures/thorough.ts";

const FAMILY = "👨‍👩‍👧";

/** How many texts are given to a segmenter while `run` runs. */
function segmentedBy(run: () => void): number {
  const { segment } = Intl.Segmenter.prototype;
  let count = 0;
  Intl.Segmenter.prototype.segment = function (text: string): Intl.Segments {
    count++;
    return segment.call(this, text);
  };
  try {
    run();
  } finally {
    Intl.Segmenter.prototype.segment = segment;
  }
  return count;
}

function segmented(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The characters that are known to join with no other. */
const apart = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  .filter((char) => segmentedBy(() => graphemesOf(char)) === 0);

Deno.test("what is cut without a segmenter joins with nothing beside it", () => {
  assert(apart.length > 40_000);
  // Each stands beside others, from near and from far.
  for (const step of [1, 7, 1_009, 12_345]) {
    const order = Array.from(apart, (_, n) => apart[n * step % apart.length]).join("");
    const parts = segmented(order);
    const joined = parts.find((part) => part.length > 1);
    assertEquals(joined, undefined);
  }
  const uneven = apart.find((char) => graphemeWidth(char) !== textWidth(char));
  assertEquals(uneven, undefined);
});

Deno.test("a text has the same characters with a segmenter and without", () => {
  const point = fc.oneof(
    fc.constantFrom(...apart),
    fc.constantFrom("a", "日", "가", "́", "‍", "️", FAMILY, "🇫", "ᄀ", "ᅡ", "नि", "\r", "\n"),
    fc.integer({ min: 0, max: 0x2ffff }).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(
    fc.property(fc.array(point, { maxLength: 8 }), (points) => {
      const text = points.join("");
      assertEquals(graphemesOf(text), segmented(text));
      assertEquals([...eachGrapheme(text)], segmented(text));
    }),
    { numRuns: tries(500, 10_000) },
  );
});

Deno.test("a message is cut into characters a few times, however many it has", () => {
  const entry = (text: string) => (
    { kind: "message", from: "bob", at: new Date(0), text } as const
  );
  const look = { escapes: true, depth: "256", width: 80 } as const;
  const rows = (text: string): void => {
    for (const line of formatEntry(entry(text), look)) brokenRows(paintedCells(line), look.width);
  };
  assertEquals(segmentedBy(() => rows(`日本語 ─ naïve … · ${"もじ".repeat(50)}`)), 0);
  const once = segmentedBy(() => rows(`${FAMILY} 日本`));
  assert(once <= 4, `${once} times`);
  // One for each row of the screen, and few for the text as a whole.
  const often = segmentedBy(() => rows(`${FAMILY} 日本`.repeat(100)));
  assert(often <= 60, `${often} times for a hundred of them`);
});
