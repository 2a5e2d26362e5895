/** A flood of messages in another room, while somebody types in the view. */

import { assert, assertEquals } from "@std/assert";
import { graphemesOf } from "../lib/chat/names/graphemes.ts";
import { SHORTEST_FRAME_MS } from "../lib/client/view/frame_painter.ts";
import type { ShownCell } from "./fixtures/virtual_screen.ts";
import { shown, viewed } from "./fixtures/full_view.ts";

const MESSAGES = 10_000;
const COLUMNS = 80;
/** Forty graphemes, of one code unit and of many. */
const DRAFT = [..."The quick brown fox jumps, 日本 naïve", "👍🏽", "👨‍👩‍👧", "é", "!", "?"];

/** What is written for one frame. */
interface Write {
  /** The graphemes that are put into cells. */
  readonly graphemes: readonly string[];
  /** How many cells of the screen are others than before. */
  readonly changed: number;
}

function graphemesIn(write: string): string[] {
  // deno-lint-ignore no-control-regex
  return graphemesOf(write.replaceAll(/\x1b(?:\[[?\d;]*[A-Za-z]|\][^\x1b]*\x1b\\)/g, ""));
}

function changedIn(before: ShownCell[][], after: ShownCell[][]): number {
  const text = (row: ShownCell[]): string[] => row.map((cell) => JSON.stringify(cell));
  return after.reduce((sum, row, y) => {
    const old = text(before[y] ?? []);
    return sum + text(row).filter((cell, x) => cell !== old[x]).length;
  }, 0);
}

Deno.test("10,000 messages in another room lose no letter, and write only what differs", async () => {
  using setup = await viewed({ said: 50, mendsMs: [], columns: COLUMNS });
  const { io, conversation } = setup;
  await io.expect("lobby number 50");
  assertEquals(DRAFT.length, 40);
  const writes: Write[] = [];
  const write = io.write.bind(io);
  io.write = async (bytes) => {
    const before = io.screen.cells;
    await write(bytes);
    const graphemes = graphemesIn(new TextDecoder().decode(bytes));
    writes.push({ graphemes, changed: changedIn(before, io.screen.cells) });
  };
  const began = performance.now();
  const each = MESSAGES / DRAFT.length;
  for (const [n, letter] of DRAFT.entries()) {
    for (let m = 1; m <= each; m++) conversation.message("bob", `flood ${n * each + m}`, "dev");
    io.type(letter);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const draft = DRAFT.join("");
  // The test's screen does not join the parts of emoji; what is sent tells whether all are there.
  await io.until(() => /lobby> The .* naïve/.test(shown(setup).at(-1) ?? ""), "the draft");
  await io.until(() => / 999\+ *│/.test(shown(setup)[1] ?? ""), "the count");
  const took = performance.now() - began;
  assert(writes.length <= took / SHORTEST_FRAME_MS + 2, `${writes.length} frames in ${took} ms`);
  for (const { graphemes, changed } of writes) {
    // Behind what terminals do not agree about the rest of the row is written, too.
    const isPlain = graphemes.every((grapheme) => grapheme.length === 1);
    assert(graphemes.length <= changed + (isPlain ? 0 : COLUMNS), JSON.stringify(graphemes));
  }
  io.type("\r");
  await io.until(() => setup.sent.some(({ type }) => type === "say"), "the message");
  const [request] = setup.sent.filter(({ type }) => type === "say");
  assertEquals(request?.type === "say" && request.text, draft);
});
