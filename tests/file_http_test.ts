/** How a file is asked for and sent over HTTP, piece by piece: ranges, conditions, names, links, hosts. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { CameBy } from "../lib/server/transport.ts";
import { selectionOf } from "../lib/web/byte_range.ts";
import { disposition, fileHeaders } from "../lib/web/file_headers.ts";
import type { GateRules } from "../lib/web/gatekeeper.ts";
import { linkOrigin } from "../lib/web/link_origin.ts";
import { SignedLinks } from "../lib/web/signed_links.ts";

const ETAG = '"abc"';

/** What is selected of a file of 10 bytes: the status, and the part if there is one. */
function selected(
  headers: Record<string, string>,
  { size = 10, isHead = false } = {},
): [status: number, from?: number, to?: number] {
  const selection = selectionOf(headers, { size, etag: ETAG, isHead });
  if (!("range" in selection)) return [selection.status];
  return [selection.status, selection.range.from, selection.range.to];
}

Deno.test("a range selects what RFC 9110 says", () => {
  for (
    const [range, ...expected] of [
      ["bytes=0-0", 206, 0, 1],
      ["bytes=2-5", 206, 2, 6],
      ["bytes=9-9", 206, 9, 10],
      ["bytes=0-", 206, 0, 10],
      ["bytes=5-", 206, 5, 10],
      ["bytes=5-99999999999999999999", 206, 5, 10],
      ["bytes=-3", 206, 7, 10],
      ["bytes=-10", 206, 0, 10],
      ["bytes=-99", 206, 0, 10],
      ["BYTES=1-2", 206, 1, 3],
      ["bytes= 1-2 ", 206, 1, 3],
      ["bytes=10-", 416],
      ["bytes=10-12", 416],
      ["bytes=99999999999999999999-", 416],
      ["bytes=-0", 416],
      // What is no range, or more than one, may be passed over.
      ["bytes=5-2", 200, 0, 10],
      ["bytes=0-1,3-4", 200, 0, 10],
      ["bytes=-", 200, 0, 10],
      ["bytes=", 200, 0, 10],
      ["bytes=a-b", 200, 0, 10],
      ["bytes=0x1-2", 200, 0, 10],
      ["bytes=+1-2", 200, 0, 10],
      ["bytes=1.5-2", 200, 0, 10],
      ["lines=0-1", 200, 0, 10],
      ["0-1", 200, 0, 10],
      ["", 200, 0, 10],
    ] as const
  ) assertEquals<unknown>(selected({ range }), expected, range);
});

Deno.test("an empty file is sent whole, whatever the range, and HEAD knows no range", () => {
  for (const range of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    assertEquals(selected({ range }, { size: 0 }), [200, 0, 0]);
  }
  assertEquals(selected({ range: "bytes=0-0" }, { isHead: true }), [200, 0, 10]);
});

Deno.test("what a client has is compared with what there is", () => {
  const range = "bytes=2-5";
  for (
    const [headers, ...expected] of [
      [{ "if-none-match": ETAG }, 304],
      [{ "if-none-match": `W/${ETAG}` }, 304],
      [{ "if-none-match": `"x", ${ETAG}` }, 304],
      [{ "if-none-match": "*" }, 304],
      [{ "if-none-match": ETAG, range }, 304],
      [{ "if-none-match": '"x"', range }, 206, 2, 6],
      [{ "if-match": ETAG }, 200, 0, 10],
      [{ "if-match": "*" }, 200, 0, 10],
      [{ "if-match": `"x", ${ETAG}` }, 200, 0, 10],
      [{ "if-match": '"x"' }, 412],
      // A weak tag says that something is like it, which is not enough here.
      [{ "if-match": `W/${ETAG}` }, 412],
      [{ "if-match": '"x"', "if-none-match": ETAG }, 412],
      [{ "if-range": ETAG, range }, 206, 2, 6],
      [{ "if-range": '"x"', range }, 200, 0, 10],
      [{ "if-range": `W/${ETAG}`, range }, 200, 0, 10],
      [{ "if-range": "Sat, 29 Oct 2026 19:43:31 GMT", range }, 200, 0, 10],
      [{ "if-range": '"x"', range: "bytes=99-" }, 200, 0, 10],
      [{ "if-range": ETAG, range: "bytes=99-" }, 416],
    ] as ReadonlyArray<[Record<string, string>, ...number[]]>
  ) assertEquals<unknown>(selected(headers), expected, JSON.stringify(headers));
});

Deno.test("whatever the headers are, what is selected is in the file", () => {
  const number = fc.oneof(fc.nat(20), fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 70n }));
  const spec = fc.tuple(fc.option(number), fc.option(number))
    .map(([first, last]) => `bytes=${first ?? ""}-${last ?? ""}`);
  const header = fc.option(fc.oneof(spec, fc.string(), fc.constant(ETAG)), { nil: undefined });
  fc.assert(fc.property(fc.nat(20), header, header, header, header, (size, ...given) => {
    const names = ["range", "if-range", "if-match", "if-none-match"];
    const headers = Object.fromEntries(
      names.flatMap((name, at) => given[at] === undefined ? [] : [[name, given[at]]]),
    );
    const found = selectionOf(headers, { size, etag: ETAG, isHead: false });
    if (!("range" in found)) return assert([304, 412, 416].includes(found.status));
    const { from, to } = found.range;
    assert(from >= 0 && to <= size && (from < to || size === 0), `${from}-${to} of ${size}`);
    if (found.status === 200) assertEquals([from, to], [0, size]);
  }));
});

Deno.test("a file is called by its name, also where that is in no ASCII", () => {
  for (
    const [name, header] of [
      ["plan.pdf", 'attachment; filename="plan.pdf"'],
      ["a plan (2).pdf", 'attachment; filename="a plan (2).pdf"'],
      [
        "Plan für März.pdf",
        `attachment; filename="Plan f_r M_rz.pdf"; filename*=UTF-8''Plan%20f%C3%BCr%20M%C3%A4rz.pdf`,
      ],
      ["😀.png", `attachment; filename="_.png"; filename*=UTF-8''%F0%9F%98%80.png`],
      ["100%25.txt", `attachment; filename="100_25.txt"; filename*=UTF-8''100%2525.txt`],
      ['a"b.txt', `attachment; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`],
      ["a\\b.txt", `attachment; filename="a_b.txt"; filename*=UTF-8''a%5Cb.txt`],
      [
        "it's (ä) *.txt",
        `attachment; filename="it's (_) *.txt"; filename*=UTF-8''it%27s%20%28%C3%A4%29%20%2A.txt`,
      ],
    ] as const
  ) assertEquals(disposition("attachment", name), header);
});

Deno.test("no name breaks out of the header", () => {
  const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
  fc.assert(fc.property(units, (name) => {
    const header = disposition("attachment", name);
    assertMatch(
      header,
      /^attachment; filename="[ !#-[\]-~]*"(; filename\*=UTF-8''[\w!#$&+.^`|~%-]*)?$/,
    );
  }));
});

Deno.test("only the four kinds of pictures are shown, and only if they are not too large", () => {
  const sent = (type: string, width?: number, height?: number): string[] => {
    const size = width === undefined || height === undefined ? {} : { width, height };
    const headers = fileHeaders({ name: "a", type, sha256: "x", ...size });
    assertEquals(headers["X-Content-Type-Options"], "nosniff");
    assertEquals(headers["Content-Security-Policy"], "default-src 'none'; sandbox");
    return [headers["Content-Type"] ?? "", headers["Content-Disposition"]?.split(";")[0] ?? ""];
  };
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    assertEquals(sent(type, 640, 480), [type, "inline"]);
    assertEquals(sent(type, 8_000, 5_000), [type, "inline"]);
    assertEquals(sent(type, 8_000, 5_001), ["application/octet-stream", "attachment"]);
    // Its header did not tell how large it is.
    assertEquals(sent(type), ["application/octet-stream", "attachment"]);
  }
  for (
    const type of [
      ...["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf", "text/plain"],
      ...["text/javascript", "text/css", "image/bmp", "image/avif", "IMAGE/PNG", "video/mp4"],
    ]
  ) assertEquals(sent(type, 1, 1), ["application/octet-stream", "attachment"], type);
});

const ANN = { reader: "account 1", device: "01" } as const;
const FILE = { id: "abc_-1", name: "plan für \ud800 März.pdf" };

/** Links at a time that the test sets. */
function linksAt(now: { ms: number }, base = ""): SignedLinks {
  const origin = (): string => "https://example.org";
  return new SignedLinks({ base, linkMs: () => 3_600_000, date: () => now.ms, origin });
}

/** What comes of a path with a query. */
function follow(links: SignedLinks, path: string): unknown {
  const [below = "", query = ""] = path.split("?");
  return links.follow(below, query);
}

Deno.test("a link holds for an hour, and for whom it was made", () => {
  const now = { ms: 1_764_372_000_123 };
  const links = linksAt(now);
  for (
    const owner of [
      { reader: "account 1", device: "0123456789abcdef" },
      { reader: "guest ff", device: "ff" },
      { reader: "room café ☕" },
    ] as const
  ) {
    const { path, url, until } = links.link(FILE, owner);
    assertMatch(
      path,
      /^\/file\/abc_-1\/plan%20f%C3%BCr%20%EF%BF%BD%20M%C3%A4rz\.pdf\?for=[\w-]+(&by=[\da-f]+)?&until=\d+&key=[\w-]{43}$/,
    );
    assertEquals(url, `https://example.org${path}`);
    const minutes = (until - now.ms) / 60_000;
    assert(minutes > 54 && minutes <= 60, `${minutes} minutes`);
    assertEquals(follow(links, path), { id: FILE.id, ...owner });
    assertEquals(follow(linksAt(now), path), undefined, "another process has another secret");
    const later = { ms: until - 1 };
    const same = linksAt(later);
    assertEquals(follow(same, same.link(FILE, owner).path), { id: FILE.id, ...owner });
  }
  const { path, until } = links.link(FILE, ANN);
  now.ms = until - 1;
  assertEquals(follow(links, path), { id: FILE.id, ...ANN });
  now.ms = until;
  assertEquals(follow(links, path), undefined);
});

Deno.test("links that are made one soon after the other are the same, for the sake of caches", () => {
  const now = { ms: 1_764_372_000_000 };
  const links = linksAt(now);
  const first = links.link(FILE, ANN).path;
  now.ms += 60_000;
  assertEquals(links.link(FILE, ANN).path, first);
  now.ms += 300_000;
  assert(links.link(FILE, ANN).path !== first);
});

Deno.test("a link that was changed anywhere but in the name is none", () => {
  const now = { ms: 1_764_372_000_123 };
  const links = linksAt(now, "/chat");
  const { path } = links.link({ id: "abc", name: "a.txt" }, ANN);
  assert(path.startsWith("/chat/file/abc/a.txt?"));
  const below = path.slice("/chat".length);
  assertEquals(follow(links, below), { id: "abc", ...ANN });
  assertEquals(follow(links, below.replace("a.txt", "b.exe")), { id: "abc", ...ANN });
  const other = links.link({ id: "abd", name: "a.txt" }, { reader: "account 2", device: "02" }).path
    .slice("/chat".length);
  const query = (of: string, name: string): string => new URLSearchParams(of).get(name) ?? "";
  for (
    const wrong of [
      below.replace("abc", "abd"),
      below.replace(/until=\d/, "until=2"),
      below.replace(/by=01/, "by=02"),
      below.replace(/&by=01/, ""),
      below.replace(
        query(below.split("?")[1] ?? "", "for"),
        query(other.split("?")[1] ?? "", "for"),
      ),
      below.replace(/key=.*/, other.slice(other.indexOf("key="))),
      below.replace(/key=.*/, "key="),
      below.replace(/&key=.*/, ""),
      below.slice(0, -1),
      `${below}A`,
      below.replace("/file/abc/", "/file/abc/x/"),
      below.replace("/file/", "/file//"),
      below.replace("/file/abc/a.txt", "/file/abc"),
      "/file/abc/a.txt",
      "/file/",
      path,
    ]
  ) assertEquals(follow(links, wrong), undefined, wrong);
  // Each character of the key counts, but for bits of the last that carry nothing.
  const key = query(below.split("?")[1] ?? "", "key");
  for (let at = 0; at < key.length - 1; at++) {
    const changed = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1);
    assertEquals(follow(links, below.replace(key, changed)), undefined, changed);
  }
});

Deno.test("nothing that anybody makes up is a link", () => {
  const links = linksAt({ ms: 1_764_372_000_123 });
  const token = fc.oneof(fc.base64String(), fc.string(), fc.constant("YWNjb3VudCAx"));
  const until = fc.oneof(fc.nat().map(String), fc.constant("9999999999999"), fc.string());
  fc.assert(fc.property(fc.string(), token, until, token, (id, who, until, key) => {
    const query = new URLSearchParams({ for: who, until, key }).toString();
    assertEquals(links.follow(`/file/${id}/a.txt`, query), undefined);
    assertEquals(links.follow(id, who), undefined);
  }));
});

const LOOPBACK = { hostname: "127.0.0.1", port: 8_080 };
const EVERYWHERE = { hostname: "0.0.0.0", port: 8_080 };
const LAN: CameBy = { address: "192.0.2.1" };
const PAGE: CameBy = { origin: "https://chat.example.org" };

Deno.test("the host in a link is the operator's first name for it, or the one that the client called", () => {
  const rows: ReadonlyArray<
    [what: string, GateRules, typeof LOOPBACK, CameBy | undefined, string | undefined]
  > = [
    ["a browser", {}, LOOPBACK, PAGE, "https://chat.example.org"],
    ["a terminal on this machine", {}, LOOPBACK, { address: "127.0.0.1" }, "http://127.0.0.1:8080"],
    ["one in the network", {}, EVERYWHERE, LAN, "http://192.0.2.1:8080"],
    ["one in the network, of a door that is not there", {}, LOOPBACK, LAN, undefined],
    [
      "one behind IPv6",
      {},
      { ...EVERYWHERE, hostname: "::" },
      { address: "2001:db8::1" },
      "http://[2001:db8::1]:8080",
    ],
    [
      "IPv4 that was mapped",
      {},
      { ...EVERYWHERE, hostname: "::" },
      { address: "::ffff:192.0.2.1" },
      "http://192.0.2.1:8080",
    ],
    ["a door at one address", {}, { hostname: "192.0.2.9", port: 80 }, LAN, "http://192.0.2.9"],
    ["TLS", { isSecure: true }, EVERYWHERE, LAN, "https://192.0.2.1:8080"],
    ["TLS at its port", { isSecure: true }, { ...EVERYWHERE, port: 443 }, LAN, "https://192.0.2.1"],
    ["clients of all kinds", {}, LOOPBACK, undefined, "http://127.0.0.1:8080"],
    [
      "clients of all kinds, in the network",
      { ownAddresses: () => ["127.0.0.1", "fe80::1", "192.0.2.7"] },
      EVERYWHERE,
      undefined,
      "http://192.0.2.7:8080",
    ],
    ["clients of all kinds, of an unknown network", {}, EVERYWHERE, undefined, undefined],
    ["a name", { hosts: ["example.org", "other.org"] }, LOOPBACK, LAN, "http://example.org:8080"],
    [
      "a name goes before what was called",
      { hosts: ["example.org"] },
      LOOPBACK,
      PAGE,
      "http://example.org:8080",
    ],
    [
      "an address that forwards",
      { hosts: ["2001:db8::2"] },
      LOOPBACK,
      LAN,
      "http://[2001:db8::2]:8080",
    ],
    [
      "a name behind a proxy",
      { hosts: ["example.org"], trustedProxies: ["::1"] },
      LOOPBACK,
      LAN,
      "https://example.org",
    ],
    [
      "a name with an origin that says more",
      {
        hosts: ["example.org"],
        origins: ["https://other.org", "http://example.org:81"],
        trustedProxies: ["::1"],
      },
      LOOPBACK,
      LAN,
      "http://example.org:81",
    ],
  ];
  for (const [what, rules, addr, came, expected] of rows) {
    assertEquals(linkOrigin(rules, addr, came), expected, what);
  }
});

Deno.test("a link has no url where nobody knows the host", () => {
  const links = new SignedLinks({
    base: "",
    linkMs: () => 60_000,
    date: () => 0,
    origin: () => undefined,
  });
  const link = links.link(FILE, ANN);
  assertEquals("url" in link, false);
  assertStringIncludes(link.path, "/file/");
});
