/** The histogram of the load generator: small, and close to the truth. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "../lib/load/histogram.ts";

Deno.test(
  "a quantile of the histogram is within 1% of the true one",
  { permissions: "none" },
  () => {
    const value = fc.oneof(fc.nat(200), fc.nat(100_000), fc.nat(0x7fff_ffff));
    fc.assert(fc.property(
      fc.array(value, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, part) => {
        const histogram = new Histogram();
        for (const each of values) histogram.record(each);
        values.sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(part * values.length));
        const truth = values[rank - 1] as number;
        const found = histogram.quantile(part);
        assert(Math.abs(found - truth) <= truth / 100, `${found} for ${truth}`);
        assertEquals(histogram.quantile(1), values.at(-1));
        assertEquals(histogram.count, values.length);
      },
    ));
  },
);

Deno.test("the histogram bears any number and none", { permissions: "none" }, () => {
  const histogram = new Histogram();
  assertEquals(histogram.quantile(0.5), 0);
  for (const value of [-5, 2 ** 40]) histogram.record(value);
  assertEquals([histogram.quantile(0.5), histogram.quantile(1)], [0, 2 ** 31 - 1]);
});
