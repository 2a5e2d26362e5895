/** What is thought of servers that a network tells of: claims, compared with what is known. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { foundLines, judgeFound, serverText } from "../lib/cli/found_servers.ts";
import type { KnownServerLine } from "../lib/client/known_servers.ts";
import { addKnownServer, findKnownServer, knownServers } from "../lib/client/known_servers.ts";
import type { FoundServer } from "../lib/lan/browser.ts";

const A = `SHA256:${"AA".repeat(32)}`;
const B = `SHA256:${"BB".repeat(32)}`;

function found(texts: Record<string, string>, more: Partial<FoundServer> = {}): FoundServer {
  return {
    name: "Office",
    port: 1234,
    addresses: ["10.0.0.1"],
    texts: new Map(Object.entries({ v: "1", tls: "1", fp: A, ...texts })),
    ...more,
  };
}

function known(more: Partial<KnownServerLine> = {}): KnownServerLine[] {
  return [{ server: "10.0.0.7:1234", fingerprint: A, line: 1, name: "Office", ...more }];
}

for (
  const [what, server, lines, verdict, note] of [
    ["nobody knows is new", found({}), [], "new", undefined],
    ["has a known certificate is known", found({}), known(), "known", "known as Office (10.0.0.7"],
    [
      "has one that was noted with colons is known",
      found({}),
      known({ fingerprint: `SHA256:${"AA:".repeat(31)}AA`, name: undefined }),
      "known",
      "known as 10.0.0.7:1234",
    ],
    [
      "has a known certificate and another name is known as what it was",
      found({}, { name: "Attic" }),
      known(),
      "known",
      "known as Office",
    ],
    [
      "has a known name alone is warned of",
      found({ fp: B }),
      known(),
      "warned",
      "WARNING: it is not",
    ],
    [
      "has a known name and tells no certificate is warned of",
      found({ fp: "" }),
      known(),
      "warned",
      "the one that is known as Office (10.0.0.7:1234)",
    ],
    [
      "looks like a known name is warned of",
      found({ fp: B }, { name: "Оffісе" }),
      known(),
      "warned",
      "WARNING",
    ],
    [
      "has a known name in other capitals is warned of",
      found({ fp: B }, { name: " OFFICE" }),
      known(),
      "warned",
      "WARNING",
    ],
    [
      "looks like it by a digit is warned of",
      found({ fp: B }, { name: "0ffice" }),
      known(),
      "warned",
      "WARNING",
    ],
    [
      "looks like it by a capital is warned of",
      found({ fp: B }, { name: "OffIce" }),
      known(),
      "warned",
      "WARNING",
    ],
    [
      "is where a known one was is warned of",
      found({ fp: B }, { name: "Attic" }),
      known({ server: "10.0.0.1:1234", name: undefined }),
      "warned",
      "whose certificate is another one",
    ],
    [
      "is where a known one was and speaks no TLS is refused",
      found({ tls: "0" }, { name: "Attic", addresses: ["10.0.0.2", "10.0.0.1"] }),
      known({ server: "10.0.0.1:1234" }),
      "refused",
      "refused: it says that it speaks no TLS, and the one that is known as",
    ],
    [
      "has a known name and speaks no TLS is refused",
      found({ tls: "0" }),
      known(),
      "refused",
      "no TLS",
    ],
    [
      "shows the fingerprint of a known one and speaks no TLS is not known by it",
      found({ tls: "0" }, { name: "Attic" }),
      known(),
      "new",
      undefined,
    ],
    [
      "is of another version is refused",
      found({ v: "2" }),
      [],
      "refused",
      "a version that is not known",
    ],
    ["does not say how it speaks is refused", found({ tls: "yes" }), [], "refused", "a version"],
  ] as const
) {
  Deno.test(`a server that ${what}`, () => {
    const judged = judgeFound(server, lines);
    assertEquals(judged.verdict, verdict);
    if (note === undefined) assertEquals(judged.note, undefined);
    else assertStringIncludes(judged.note ?? "", note);
  });
}

Deno.test("what a server says of itself can't steer a terminal, nor pass for a line of ours", () => {
  const name = "Off\u001b[2Jice\n  2  Bank\u202e";
  const [line = "", ...others] = foundLines([judgeFound(found({ fp: B }, { name }), [])]);
  assertEquals(others, []);
  assertEquals(line, "Off␛[2Jice↵<U+0020> 2<U+0020> Bank<U+202E>  tls://10.0.0.1:1234  encrypted");
});

Deno.test("names that differ in what nobody sees can be told apart, and imitate no columns", () => {
  const names = ["Office", "Office ", " Office", "Office  tls://10.0.0.9:1  known", "Of\u00a0fice"];
  const shown = [
    ...names,
    "\u2800Office",
    "Of\u3000fice",
    "a b",
    "Office\uFE0F",
    "Office\u{E0101}",
    "Office\u{1D159}",
  ].map((name) => judgeFound(found({ fp: B }, { name }), []).name);
  assertEquals(shown, [
    "Office",
    "Office<U+0020>",
    "<U+0020>Office",
    "Office<U+0020> tls://10.0.0.9:1<U+0020> known",
    "Of<U+00A0>fice",
    "<U+2800>Office",
    "Of<U+3000>fice",
    "a b",
    "Office<U+FE0F>",
    "Office<U+E0101>",
    "Office<U+1D159>",
  ]);
  // As they stand in the file of known servers, such names are known again.
  const kept = known({ name: "Main<U+0020> office" });
  const { verdict } = judgeFound(found({ fp: B }, { name: "Main  office" }), kept);
  assertEquals(verdict, "warned");
});

Deno.test("servers stand in columns, with where they are and what they want", () => {
  const lines = foundLines([
    judgeFound(found({ pw: "1", web: "8080" }), known()),
    judgeFound(found({ tls: "0", web: "99999" }, { name: "喫茶", addresses: ["2001:db8::1"] }), []),
  ], ({ verdict }) => `${verdict} `);
  assertEquals(lines, [
    "known Office  tls://10.0.0.1:1234  known as Office (10.0.0.7:1234), password, " +
    "page https://10.0.0.1:8080/",
    "new 喫茶    [2001:db8::1]:1234   not encrypted",
  ]);
});

Deno.test("a server stands in the file with the name by which it was found", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = `${dir}/known_servers`;
    addKnownServer(path, "10.0.0.1:1234", A, "My Office");
    addKnownServer(path, "[::1]:99", B);
    assertEquals(knownServers(path), [
      { server: "10.0.0.1:1234", fingerprint: A, line: 1, name: "My Office" },
      { server: "[::1]:99", fingerprint: B, line: 2, name: undefined },
    ]);
    assertEquals(findKnownServer(path, "10.0.0.1:1234"), { fingerprint: A, line: 1 });
    assertEquals(serverText(judgeFound(found({}), knownServers(path))), "tls://10.0.0.1:1234");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
