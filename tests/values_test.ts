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
      ["fe80::1%wlp2s0-1", "fe80::1%wlp2s0-1", 1234],
      ["[fe80::1%wlp2s0-1.7]:99", "fe80::1%wlp2s0-1.7", 99],
      ["ws:99", "ws", 99],
      ["bücher.test", "xn--bcher-kva.test", 1234],
      ["BÜCHER.test:99", "xn--bcher-kva.test", 99],
      ["例え.テスト:99", "xn--r8jz45g.xn--zckzah", 99],
    ] as const
  ) assertEquals(parseAddress(text), { hostname, port }, text);
  assertEquals(formatAddress({ hostname: "::1", port: 99 }), "[::1]:99");
  for (const bad of ["a b", "x:y", "[::1]:x", "[::1", "tls://http://x", "bü cher"]) {
    assertThrows(() => parseAddress(bad), UsageError, "is no address");
  }
  for (const bad of ["x:99999", "99999", "[::1]:99999", "tls://x:99999"]) {
    assertThrows(() => parseAddress(bad), UsageError, "from 0 to 65535, not 99999");
  }
});

Deno.test("the page's address is told from a server's, with what to write", () => {
  for (
    const [text, better] of [
      ["http://192.168.1.20:8080/", "write 192.168.1.20, with :PORT behind it"],
      ["HTTPS://bücher.test/chat#dev", "write tls://xn--bcher-kva.test, with :PORT"],
      ["ws://x", "write x, with"],
      ["http://", "write HOST, with"],
    ] as const
  ) {
    assertThrows(() => parseAddress(text), UsageError, "is the address of the web page");
    assertThrows(() => parseAddress(text), UsageError, better);
  }
});

Deno.test("times and sizes are read", { permissions: "none" }, () => {
  assertEquals(["500ms", "10s", "1.5s", "2m", "1h", "7d"].map(parseDuration), [
    500,
    10_000,
    1_500,
    120_000,
    3_600_000,
    604_800_000,
  ]);
  assertEquals(["100", "64k", "64KiB", "1MB", "64kB", "1M", "2 GiB"].map(parseBytes), [
    100,
    65_536,
    65_536,
    1_000_000,
    64_000,
    1_048_576,
    2_147_483_648,
  ]);
});

Deno.test("a time without its unit is refused, with what to write", { permissions: "none" }, () => {
  for (const bare of ["30", "2", "1.5", "30000"]) {
    const better = `write ${bare}ms, ${bare}s, ${bare}m, ${bare}h or ${bare}d`;
    assertThrows(() => parseDuration(bare), UsageError, better);
  }
  for (const bad of ["0", "0s", "-1s", "soon", "1y", "1m30s"]) {
    assertThrows(() => parseDuration(bad), UsageError, "A time is written like");
  }
});
