/**
 * How long a wrong password takes that is right but for its last letter, beside one that is wrong
 * from its first, and beside a comparison that stops at the first difference: `deno bench tests/bench/`.
 */

import { passwordCheck } from "../../lib/server/password.ts";

/** As long as a password may be, so that a comparison that stops early shows. */
const LENGTH = 1_024;

const right = "a".repeat(LENGTH);
const opens = passwordCheck(right);
const almost = new TextEncoder().encode("a".repeat(LENGTH - 1) + "b");
const wrong = new TextEncoder().encode("b" + "a".repeat(LENGTH - 1));
const decoder = new TextDecoder();

for (const [name, bytes] of [["almost right", almost], ["wrong at once", wrong]] as const) {
  // As it comes from a socket: each attempt is another string, of which nothing is known yet.
  Deno.bench(`passwordCheck, ${name}`, { group: "password" }, () => {
    opens(decoder.decode(bytes));
  });
  Deno.bench(`===, ${name}`, { group: "password" }, () => {
    if (decoder.decode(bytes) === right) throw new Error("It is not the same");
  });
}
