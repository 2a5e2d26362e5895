/** Rates: what may be spent at once, and when more may be. */

import { assertEquals } from "@std/assert";
import { opensAt, rateOf, spend } from "../lib/chat/limits/rate.ts";

Deno.test(
  "a burst may be spent at once at any time, and not one more",
  { permissions: "none" },
  () => {
    for (const [perSecond, burst] of [[2 / 60, 2], [10, 40], [50, 200], [3, 7]] as const) {
      const rate = rateOf(perSecond, burst);
      for (let now = 0.1; now < 1e9; now = now * 1.37 + 0.7) {
        let due = 0;
        let spent = 0;
        for (;;) {
          const next = spend(rate, due, 1, now);
          if (opensAt(rate, next) > now) break;
          due = next;
          spent++;
        }
        assertEquals(spent, burst, `${burst} at once at ${now}`);
      }
    }
  },
);
