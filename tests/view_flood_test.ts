/** A flood of messages in another room, while somebody types in the view. */

import { assert, assertEquals } from "@std/assert";
import { SHORTEST_FRAME_MS } from "../lib/client/view/frame_painter.ts";
import { shown, viewed } from "./fixtures/full_view.ts";

const MESSAGES = 10_000;
/** Forty graphemes, of one code unit and of many. */
const DRAFT = [..."The quick brown fox jumps, 日本 naïve", "👍🏽", "👨‍👩‍👧", "é", "!", "?"];

/** The cells that a write puts something into. */
function cellsIn(write: string): number {
  // deno-lint-ignore no-control-regex
  return write.replaceAll(/\x1b(?:\[[?\d;]*[A-Za-z]|\][^\x1b]*\x1b\\)/g, "").length;
}

Deno.test("10,000 messages in another room lose no letter, and write only what differs", async () => {
  using setup = await viewed({ said: 50, mendsMs: [] });
  const { io, conversation } = setup;
  await io.expect("lobby number 50");
  assertEquals(DRAFT.length, 40);
  const writes: string[] = [];
  const write = io.write.bind(io);
  io.write = (bytes) => {
    writes.push(new TextDecoder().decode(bytes));
    return write(bytes);
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
  // The count, and the letters from the first one of many code units on.
  for (const each of writes) assert(cellsIn(each) <= 2 * draft.length + 80, JSON.stringify(each));
  io.type("\r");
  await io.until(() => setup.sent.some(({ type }) => type === "say"), "the message");
  const [request] = setup.sent.filter(({ type }) => type === "say");
  assertEquals(request?.type === "say" && request.text, draft);
});
