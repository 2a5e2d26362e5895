/** The window of a transfer: large where the link is fast, small where others would wait. */

import { assert, assertEquals } from "@std/assert";
import { AdaptiveWindow } from "../lib/words/adaptive_window.js";
import { TransferRate } from "../lib/words/transfer_rate.js";

const CHUNK = 16_384;
const MIB = 1_048_576;

/** A link that carries so many bytes in a second, and takes so long besides, each way together. */
interface SimulatedLink {
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
}

/**
 * Sends through a window for some time, as an upload does. Returns the window at the end, how many bytes
 * have arrived, and how long a byte of the chat would have waited at worst behind what was on its way,
 * once the first second was over.
 */
function simulate(
  { bytesPerSecond, roundTripMs }: SimulatedLink,
  forMs: number,
): { bytes: number; arrived: number; worstMs: number } {
  const window = new AdaptiveWindow(CHUNK);
  const takesMs = CHUNK * 1_000 / bytesPerSecond;
  const onTheWay: Array<{ sentAt: number; answerAt: number }> = [];
  let [now, freeAt, arrived, worstMs] = [0, 0, 0, 0];
  while (now < forMs) {
    while (onTheWay.length === 0 || (onTheWay.length + 1) * CHUNK <= window.bytes) {
      freeAt = Math.max(freeAt, now) + takesMs;
      onTheWay.push({ sentAt: now, answerAt: freeAt + roundTripMs });
      if (now > 1_000) worstMs = Math.max(worstMs, freeAt - now);
    }
    const first = onTheWay.shift();
    if (first === undefined) break;
    now = first.answerAt;
    window.answered(first.sentAt, now, CHUNK);
    arrived += CHUNK;
  }
  return { bytes: window.bytes, arrived, worstMs };
}

Deno.test("on a slow link only a few chunks are on their way, and the link is used all the same", () => {
  const link = { bytesPerSecond: MIB, roundTripMs: 20 };
  const { bytes, arrived, worstMs } = simulate(link, 10_000);
  assert(bytes <= 5 * CHUNK, `${bytes}`);
  assert(worstMs <= 80, `${worstMs} ms`);
  assert(arrived > 0.9 * 10 * MIB, `${arrived}`);
});

Deno.test("on a fast link that is long the window becomes as large as it may be, and no larger", () => {
  const { bytes } = simulate({ bytesPerSecond: 1_000 * MIB, roundTripMs: 50 }, 5_000);
  assertEquals(bytes, MIB);
});

Deno.test("the slowest link has one chunk on its way, or two for a moment", () => {
  const { bytes } = simulate({ bytesPerSecond: 20_000, roundTripMs: 300 }, 60_000);
  assert(bytes < 3 * CHUNK, `${bytes}`);
});

Deno.test("answers that are late together shrink the window once", () => {
  const window = new AdaptiveWindow(CHUNK);
  for (let n = 0; n < 63; n++) window.answered(n, n + 1, CHUNK);
  assertEquals(window.bytes, MIB);
  for (let n = 0; n < 20; n++) window.answered(100, 200 + n, CHUNK);
  assertEquals(window.bytes, 0.7 * MIB);
  window.answered(200, 400, CHUNK);
  assertEquals(window.bytes, 0.7 * 0.7 * MIB);
});

Deno.test("a rate is that of the last seconds, and begins anew after a pause", () => {
  const rate = new TransferRate();
  assertEquals(rate.at(0, 0), 0);
  rate.start(500, 0);
  for (let at = 100; at <= 4_000; at += 100) rate.moved(500 + at * 10, at);
  assertEquals(rate.at(40_500, 4_000), 10_000);
  for (let at = 4_100; at <= 14_000; at += 100) rate.moved(40_500 + (at - 4_000) * 2, at);
  assertEquals(Math.round(rate.at(60_500, 14_000)), 2_000);
  rate.start(60_500, 90_000);
  assertEquals(rate.at(60_600, 90_100), 1_000);
});
