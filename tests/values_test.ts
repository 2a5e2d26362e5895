/** How flags write addresses, times and sizes. */

import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../lib/cli/flags.ts";
import { formatAddress, parseAddress, parseBytes, parseDuration } from "../lib/cli/values.ts";

Deno.test("addresses are read and written", { permissions: "none" }, () => {
  for (
    const [text, hostname, port] of [
      ["example.org", "example.org", 1234],
      ["example.org:99", "example.org", 99],
      [":99", "127.0.0.1", 99],
      ["99", "127.0.0.1", 99],
      ["::1", "::1", 1234],
      ["[::1]", "::1", 1234],
      ["[fe80::1]:99", "fe80::1", 99],
    ] as const
  ) assertEquals(parseAddress(text), { hostname, port }, text);
  assertEquals(formatAddress({ hostname: "::1", port: 99 }), "[::1]:99");
  for (const bad of ["a b", "http://x", "x:y", "x:99999", "[::1]:x", "[::1"]) {
    assertThrows(() => parseAddress(bad), UsageError, "is no address");
  }
});

Deno.test("times and sizes are read", { permissions: "none" }, () => {
  assertEquals(["500ms", "10", "1.5s", "2m", "1h", "7d"].map(parseDuration), [
    500,
    10_000,
    1_500,
    120_000,
    3_600_000,
    604_800_000,
  ]);
  assertEquals(["100", "64k", "64KiB", "1MB", "2 GiB"].map(parseBytes), [
    100,
    65_536,
    65_536,
    1_048_576,
    2_147_483_648,
  ]);
});
