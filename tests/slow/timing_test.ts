/**
 * How long comparing a password takes tells nothing about how much of it was right. What finds a
 * difference here finds it in a comparison that stops at the first one, which is measured as well.
 */

import { assert } from "@std/assert";
import { passwordCheck } from "../../lib/server/password.ts";

const ATTEMPTS = 10_000;
/** So long that a comparison which stops early does so by a time that can be seen. */
const LENGTH = 16_384;
/**
 * Students' t from which on two sets of times are taken for different. By chance it is passed once
 * in millions of runs, whatever else the machine does: that meets both sets alike.
 */
const DIFFERENT = 5;
/** The shares of the shortest times that are looked at; the longest are those that were disturbed. */
const SHARES = [1, 0.9, 0.5];

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const right = "a".repeat(LENGTH);
/** As they come from a socket: each attempt is another string, of which nothing is known yet. */
const almost = encoder.encode("a".repeat(LENGTH - 1) + "b");
const wrong = encoder.encode("b" + "a".repeat(LENGTH - 1));

/** How clearly the times of the two kinds of attempt differ: the largest t of all shares. */
function difference(opens: (attempt: string) => boolean): number {
  const times: [almost: number[], wrong: number[]] = [[], []];
  for (let i = 0; i < ATTEMPTS; i++) {
    // In an order that nothing on this machine can follow.
    const first = Math.random() < 0.5 ? 0 : 1;
    for (const kind of [first, 1 - first] as const) {
      const attempt = decoder.decode(kind === 0 ? almost : wrong);
      const start = performance.now();
      const isRight = opens(attempt);
      times[kind as 0 | 1].push(performance.now() - start);
      assert(!isRight);
    }
  }
  const all = times.flat().sort((a, b) => a - b);
  return Math.max(...SHARES.map((share) => {
    const most = all[Math.ceil(share * all.length) - 1] ?? Infinity;
    const [a, b] = times.map((set) => set.filter((time) => time <= most));
    return welch(a ?? [], b ?? []);
  }));
}

/** Welch's t of two samples, without its sign. */
function welch(a: readonly number[], b: readonly number[]): number {
  const [one, other] = [moments(a), moments(b)];
  const error = Math.sqrt(one.variance / a.length + other.variance / b.length);
  return error === 0 ? 0 : Math.abs(one.mean - other.mean) / error;
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

Deno.test(`${ATTEMPTS} attempts do not tell a right beginning from a wrong one`, async (t) => {
  const naive = difference((attempt) => attempt === right);
  await t.step(`they tell it of a comparison that stops early: t is ${naive.toFixed(1)}`, () => {
    assert(naive > DIFFERENT);
  });
  const ours = difference(passwordCheck(right));
  await t.step(`they do not tell it of ours: t is ${ours.toFixed(1)}`, () => {
    assert(ours < DIFFERENT);
  });
});
