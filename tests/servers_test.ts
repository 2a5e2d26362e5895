/** Which of several servers a client goes to next, and which it lets another tell it of: without a network. */

import { assertEquals, assertThrows } from "@std/assert";
import { formatAddresses, parseAddresses } from "../lib/cli/addresses.ts";
import { parseAddress } from "../lib/cli/values.ts";
import { Servers } from "../lib/client/servers.ts";
import { toldServers } from "../lib/client/told_servers.ts";

Deno.test("several addresses are written with commas, and one that wants TLS wants it of all", () => {
  assertEquals(parseAddresses("a:1"), [{ hostname: "a", port: 1 }]);
  assertEquals(parseAddresses("a:1, [::1]:2,3,a:1,A:1"), [
    { hostname: "a", port: 1 },
    { hostname: "::1", port: 2 },
    { hostname: "127.0.0.1", port: 3 },
  ]);
  assertEquals(parseAddresses("a:1,tls://b"), [
    { hostname: "a", port: 1, tls: true },
    { hostname: "b", port: 1234, tls: true },
  ]);
  assertEquals(formatAddresses(parseAddresses("a,::1")), "a:1234,[::1]:1234");
  for (const text of ["a,,b", ",a", "a,", ","]) {
    assertThrows(() => parseAddresses(text), Error, "has a comma with no address beside it");
  }
  assertThrows(() => parseAddresses("a:1,b c"), Error, '"b c" is no address');
  const many = Array.from({ length: 17 }, (_, n) => `${n + 1}`).join();
  assertThrows(() => parseAddresses(many), Error, "17 servers are named, and 16 may be");
  assertThrows(() => parseAddress("a,b"), Error, "names several servers, and here goes one");
});

/** Where a link goes, each time a connection that has held (`!`) or was not to be had (`-`) is over. */
function way(servers: Servers, ends: string, now = 0): string[] {
  return [...ends].map((end) => {
    const { waitMs, isFresh } = servers.next(end === "!", 0, now);
    return `${servers.current}${isFresh ? "" : "~"}${waitMs === 0 ? "" : ` ${waitMs}`}`;
  });
}

Deno.test("with one server a link does what it did", () => {
  const servers = new Servers(["a:1"]);
  assertEquals(way(servers, "-!-"), ["a:1~", "a:1~", "a:1~"]);
  assertEquals(servers.next(true, 700, 0), { waitMs: 700, isFresh: false });
  assertEquals([servers.isOnly, servers.shown, servers.drop()], [true, {}, false]);
});

Deno.test("when one is lost all others are tried before it, and then it begins anew, more slowly", () => {
  const servers = new Servers(["a", "b", "c"], () => 0);
  assertEquals(servers.current, "a");
  assertEquals(way(servers, "!---"), ["b", "c", "a", "b~"]);
  assertEquals(way(servers, "---"), ["a", "c", "a~"]);
});

Deno.test("those who were at one are spread over the others by chance", () => {
  const counts = new Map<string, number>();
  let seed = 1;
  const random = (): number => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647;
  for (let n = 0; n < 900; n++) {
    const servers = new Servers(["a", "b", "c", "d"], random);
    servers.next(true, 0, 0);
    counts.set(servers.current, (counts.get(servers.current) ?? 0) + 1);
  }
  assertEquals([...counts.keys()].sort(), ["b", "c", "d"]);
  for (const [server, count] of counts) assertEquals(Math.round(count / 100), 3, server);
});

Deno.test("one that wants nobody for a while is left alone until then, where others are there", () => {
  const servers = new Servers(["a", "b"], () => 0);
  assertEquals(servers.next(true, 5_000, 0), { waitMs: 0, isFresh: true });
  assertEquals(servers.current, "b");
  // The other is not there, so it is tried again, since the first has time until 5,000.
  assertEquals([way(servers, "-", 1_000), servers.current], [["b~"], "b"]);
  assertEquals(way(servers, "-", 6_000), ["a"]);
  // Where all want nobody, the one that wants it for the shortest time is next.
  servers.next(false, 9_000, 10_000);
  assertEquals(servers.current, "b");
  assertEquals(servers.next(false, 20_000, 10_000), { waitMs: 9_000, isFresh: false });
  assertEquals(servers.current, "a");
});

Deno.test("what was told comes after what was named, and goes when it is told no more", () => {
  const servers = new Servers(["a"], () => 0);
  servers.told(["b", "a", "c", "b"]);
  assertEquals([servers.isOnly, servers.isTold], [false, false]);
  assertEquals(way(servers, "!---"), ["a~", "b", "c", "a~"]);
  assertEquals(way(servers, "-"), ["b"]);
  assertEquals([servers.isTold, servers.shown], [true, { server: "b" }]);
  servers.told(["d"]);
  assertEquals(way(servers, "!--"), ["a", "d", "b"]);
});

Deno.test("one that is not what it should be is gone to no more, be it told again", () => {
  const servers = new Servers(["a", "b"], () => 0);
  servers.told(["c"]);
  assertEquals(servers.drop(), true);
  assertEquals(way(servers, "-"), ["b"]);
  servers.told(["a", "c"]);
  assertEquals(way(servers, "!-"), ["b~", "c"]);
  assertEquals(servers.drop(), true);
  assertEquals(way(servers, "-"), ["b~"]);
  servers.told(["c"]);
  assertEquals([servers.isOnly, servers.drop()], [true, false]);
});

Deno.test("a list of servers is read as far as it is short, and says addresses of other machines", () => {
  const named = ["chat.example.org:1234"];
  const told = (...list: string[]): string[] => toldServers(list, named);
  assertEquals(told("N2.example.org:1", "10.0.0.2:65535", "[2001:DB8::2]:9", "n_3:1"), [
    ...["n2.example.org:1", "10.0.0.2:65535", "[2001:db8::2]:9", "n_3:1"],
  ]);
  for (
    const text of [
      ...["", "a", "a:", ":1", "a:0", "a:01", "a:65536", "a:1 ", "a b:1", "a:1,b:1", "a/b:1"],
      ...["tls://a:1", "user@a:1", "a:1?x", "a\n:1", "[a]:1", "1.2.3.4.5:1", "999.1.1.1:1", "ü:1"],
      ...["localhost:1", "a.LOCALHOST:1", "127.0.0.1:1", "127.1:1", "2130706433:1", "0x7f.1:1"],
      ...["0.0.0.0:1", "169.254.169.254:80", "[::1]:1", "[::]:1", "[fe80::1]:1"],
      ...["[::ffff:127.0.0.1]:1", `${"a".repeat(260)}:1`],
    ]
  ) {
    assertEquals(told(text), [], text);
  }
  assertEquals(told(...Array.from({ length: 40 }, (_, n) => `n${n}:1`)).length, 16);
  // Who was led to their own machine may be led there again.
  for (const own of ["localhost:1234", "127.0.0.1:1234", "[::1]:1234"]) {
    assertEquals(toldServers(["127.0.0.1:9", "n2:1"], [own]), ["127.0.0.1:9", "n2:1"]);
  }
});
