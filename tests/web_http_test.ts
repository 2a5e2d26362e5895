/** What the web door serves over HTTP: the page and its files, and nothing else. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bytes, RawPeer } from "./helpers.ts";
import { request, requestUpgrade, startWeb, WebSocketPeer } from "./web_peer.ts";

Deno.test("the page is there, with a type, a strict policy and an ETag", async () => {
  await using web = await startWeb();
  const front = await request(web.door, "GET /");
  assertEquals([front.status, front.headers.get("content-type")], [
    200,
    "text/html; charset=utf-8",
  ]);
  const written = await Deno.readTextFile(new URL("../lib/web/page/index.html", import.meta.url));
  const page = front.body;
  assertEquals(
    page.replace(/"_\/[0-9a-f]{16}\/web\/page\//g, '"')
      .replace(/<link rel="modulepreload" href="[\w./]+">\n/g, ""),
    written,
  );
  const policy = front.headers.get("content-security-policy") ?? "";
  assertEquals(policy.split("; "), [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${web.door.addr.port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  for (
    const [name, value] of [
      ["x-content-type-options", "nosniff"],
      ["referrer-policy", "no-referrer"],
      ["cross-origin-opener-policy", "same-origin"],
      ["cross-origin-resource-policy", "same-origin"],
      ["cache-control", "no-cache"],
    ] as const
  ) assertEquals(front.headers.get(name), value, name);
  const etag = front.headers.get("etag") ?? "";
  assertMatch(etag, /^"[0-9a-f]{16}"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await request(web.door, "GET /index.html", { "If-None-Match": known });
    assertEquals([again.status, again.body, again.headers.get("etag")], [304, "", etag]);
  }
  const other = await request(web.door, "GET /", { "If-None-Match": '"other"' });
  assertEquals([other.status, other.body], [200, page]);
  const head = await request(web.door, "HEAD /");
  assertEquals([head.status, head.body], [200, ""]);
  assertEquals(head.headers.get("content-length"), String(new TextEncoder().encode(page).length));
});

Deno.test("every file of the page is served as what it is", async () => {
  await using web = await startWeb();
  const types: Record<string, RegExp> = {
    html: /^text\/html; charset=utf-8$/,
    css: /^text\/css; charset=utf-8$/,
    js: /^text\/javascript; charset=utf-8$/,
    svg: /^image\/svg\+xml$/,
    webmanifest: /^application\/manifest\+json$/,
  };
  for await (const { name } of Deno.readDir(new URL("../lib/web/page/", import.meta.url))) {
    const type = types[name.split(".").at(-1) ?? ""];
    const { status, headers } = await request(web.door, `GET /${name}`);
    assertEquals(status, type === undefined ? 404 : 200, name);
    if (type !== undefined) assertMatch(headers.get("content-type") ?? "", type, name);
  }
});

Deno.test("a file comes compressed to whoever takes that, and is another one to a cache", async (t) => {
  await using web = await startWeb();
  const plain = await request(web.door, "GET /app.js");
  const etag = plain.headers.get("etag") ?? "";
  assertEquals(plain.headers.get("content-encoding"), undefined);
  assertEquals(plain.headers.get("vary"), "Accept-Encoding");
  assertEquals(plain.headers.get("content-length"), String(bytes(plain.body).length));
  for (
    const [accepted, isZipped] of [
      ["gzip", true],
      ["gzip, deflate, br, zstd", true],
      ["br;q=1.0, GZIP;q=0.1", true],
      ["*", true],
      ["gzip;q=0", false],
      ["gzip; q=0, *", false],
      ["*;q=0", false],
      ["identity", false],
      ["br", false],
      ["gzip;q=nonsense", false],
    ] as const
  ) {
    await t.step(accepted, async () => {
      const asked = { "Accept-Encoding": accepted };
      const head = await request(web.door, "HEAD /app.js", asked);
      assertEquals(head.headers.get("content-encoding"), isZipped ? "gzip" : undefined);
      assertEquals(head.headers.get("vary"), "Accept-Encoding");
      const own = head.headers.get("etag") ?? "";
      assertEquals(own === etag, !isZipped);
      const url = `http://127.0.0.1:${web.door.addr.port}/app.js`;
      const whole = await fetch(url, { headers: asked });
      assertEquals(await whole.text(), plain.body);
      for (const [known, status] of [[own, 304], [isZipped ? etag : `"x"`, 200]] as const) {
        const again = await request(web.door, "HEAD /app.js", { ...asked, "If-None-Match": known });
        assertEquals([again.status, again.headers.get("etag")], [status, own]);
        assertEquals(again.headers.get("vary"), "Accept-Encoding");
      }
    });
  }
});

Deno.test("what a browser can show by itself has the whole policy, what it can't has what matters", async () => {
  await using web = await startWeb();
  for (
    const [path, isDocument] of [["/", true], ["/icon.svg", true], ["/app.js", false]] as const
  ) {
    const { headers } = await request(web.door, `GET ${path}`);
    assertEquals(headers.get("x-content-type-options"), "nosniff", path);
    assertEquals(headers.has("content-security-policy"), isDocument, path);
  }
  assertEquals((await request(web.door, "POST /app.js")).headers.has("allow"), true);
});

Deno.test("what is not there is not found, however it is written", async () => {
  await using web = await startWeb();
  for (
    const path of [
      "/nothing",
      "/../page.ts",
      "/..%2fpage.ts",
      "/%2e%2e/page.ts",
      "/page.ts",
      "/index.html%00.js",
      "//index.html",
      "/./index.html",
      "/index.html/",
      "/__proto__",
      `http://127.0.0.1:${web.door.addr.port}/`,
    ]
  ) assertEquals((await request(web.door, `GET ${path}`)).status, 404, path);
  // A byte that can be in no request.
  assertEquals((await request(web.door, "GET /index.html\0")).status, 400);
  assertEquals((await request(web.door, "GET /?a=b")).status, 200);
});

Deno.test("only GET and HEAD are answered", async () => {
  await using web = await startWeb();
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"]) {
    const { status, headers } = await request(web.door, `${method} /`, { "Content-Length": 0 });
    assertEquals([status, headers.get("allow")], [405, "GET, HEAD"], method);
  }
});

Deno.test("below a base path the page is there, and only there", async () => {
  await using web = await startWeb({ base: "/chat" });
  const bare = await request(web.door, "GET /chat");
  assertEquals([bare.status, bare.headers.get("location")], [308, "/chat/"]);
  for (
    const [path, status] of [
      ["/chat/", 200],
      ["/chat/index.html", 200],
      ["/", 404],
      [
        "/chatter",
        404,
      ],
      ["/index.html", 404],
      ["/ws", 404],
    ] as const
  ) assertEquals((await request(web.door, `GET ${path}`)).status, status, path);
  assertEquals((await requestUpgrade(web.door, {}, "/ws")).status, 404);
  using peer = await WebSocketPeer.open(web.door, {}, "/chat/ws");
  assertEquals((await peer.takeEvent()).type, "welcome");
});

Deno.test("a TLS hello is no request", async () => {
  await using web = await startWeb();
  using peer = await RawPeer.connect(web.door);
  await peer.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
  assertStringIncludes(await peer.takeRest(), "400");
});

Deno.test("at a second visit only the front page is asked for: all else is at an address of its version", async () => {
  await using web = await startWeb();
  const front = (await request(web.door, "GET /")).body;
  const named = [...front.matchAll(/\b(?:href|src)="([^"#]+)"/g)].map(([, path]) => path ?? "");
  const kept = named.filter((path) => path.startsWith("_/"));
  assert(kept.length > 40, `${kept.length} of ${named.length} files are named by their version`);
  // A manifest is read on its own, and what it names is beside it.
  assertEquals(named.filter((path) => !path.startsWith("_/") && !path.endsWith("manifest")), []);
  assertEquals(new Set(kept.map((path) => path.split("/")[1])).size, 1);
  for (const path of kept) {
    const { status, headers } = await request(web.door, `HEAD /${path}`);
    const found = [status, headers.get("cache-control")];
    assertEquals(found, [200, "public, max-age=31536000, immutable"], path);
  }
  const [plain, versioned] = await Promise.all(
    ["/app.js", `/${kept.find((path) => path.endsWith("/app.js"))}`].map((path) =>
      request(web.door, `GET ${path}`)
    ),
  );
  assertEquals(plain?.body, versioned?.body);
  assertEquals(plain?.headers.get("cache-control"), "no-cache");
  assertEquals((await request(web.door, "GET /_/0000000000000000/app.js")).status, 404);
});
