/** Ids of accounts: what they look like, and that the bytes that they are made of are all in them. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ID_BYTES, idFrom } from "../lib/chat/people/account_id.ts";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

Deno.test("an id is 16 digits of Crockford's base 32, from which its bytes can be read again", () => {
  const bytes = fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES });
  fc.assert(fc.property(bytes, (bytes) => {
    const id = idFrom(bytes);
    assertMatch(id, /^[0-9a-hjkmnp-tv-z]{16}$/);
    const value = [...id].reduce((sum, digit) => sum * 32n + BigInt(DIGITS.indexOf(digit)), 0n);
    assertEquals(value.toString(16).padStart(ID_BYTES * 2, "0"), bytes.toHex());
  }));
});

Deno.test("an id is made of no other number of bytes", () => {
  assertThrows(() => idFrom(new Uint8Array(9)), RangeError, "made of 10 bytes, not of 9");
});
