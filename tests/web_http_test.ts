/** The web door, seen by whoever sends it HTTP: what is there, and every way to be refused. */

import { assertEquals, assertMatch } from "@std/assert";
import { bytes, RawPeer, until, within } from "./helpers.ts";
import { rawRequest, request, requestUpgrade, startWeb, WebSocketPeer } from "./web_peer.ts";

Deno.test("the page is there, with a type, a strict policy and an ETag", async () => {
  await using web = await startWeb();
  const front = await request(web.door, "GET /");
  assertEquals([front.status, front.headers.get("content-type")], [
    200,
    "text/html; charset=utf-8",
  ]);
  const page = await Deno.readTextFile(new URL("../lib/web/page/index.html", import.meta.url));
  assertEquals(front.body, page);
  const policy = front.headers.get("content-security-policy") ?? "";
  assertEquals(policy.split("; "), [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
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

Deno.test("a host that is not ours is refused, be it on the page or the WebSocket", async (t) => {
  await using web = await startWeb({
    hosts: ["chat.example.org"],
    origins: ["https://page.example.org"],
  });
  for (
    const [host, status] of [
      ["evil.example", 421],
      ["chat.example.org.evil.example", 421],
      ["localhost.evil.example", 421],
      ["127.0.0.1.evil.example", 421],
      ["", 400],
      ["a b", 400],
      ["localhost; script-src *", 400],
      ["user@localhost", 400],
      ["localhost:99999999", 400],
      ["localhost:99999", 400],
      ["[:::::]", 400],
      ["[1]", 400],
      ["xn--a.localhost", 400],
      ["localhost", 200],
      ["chatroom.localhost:8080", 200],
      ["192.0.2.7", 200],
      ["[::1]:80", 200],
      ["CHAT.example.org", 200],
      ["chat.example.org:443", 200],
      ["page.example.org", 200],
    ] as const
  ) {
    await t.step(JSON.stringify(host), async () => {
      assertEquals((await request(web.door, "GET /", { Host: host })).status, status);
      if (status === 200) return;
      for (const origin of [undefined, "http://localhost"]) {
        const headers = { Host: host, Origin: origin };
        assertEquals((await requestUpgrade(web.door, headers)).status, status);
      }
    });
  }
  assertEquals((await rawRequest(web.door, "GET / HTTP/1.0\r\n\r\n")).status, 400);
});

Deno.test("a page of another origin gets no WebSocket; what is no browser does", async (t) => {
  await using web = await startWeb({
    origins: ["https://page.example.org", "http://10.0.0.1:8080"],
  });
  const own = `127.0.0.1:${web.door.addr.port}`;
  for (
    const origin of [
      "null",
      "",
      "https://evil.example",
      `https://${own}`,
      "http://127.0.0.1",
      "http://page.example.org",
      "https://page.example.org.evil.example",
      "https://page.example.org:8443",
      "http://10.0.0.1",
      "file://",
      "chrome-extension://abcdef",
      "not an origin",
    ]
  ) {
    await t.step(`${JSON.stringify(origin)} is refused`, async () => {
      const { status } = await requestUpgrade(web.door, { Origin: origin });
      assertEquals(status, 403);
    });
  }
  for (
    const headers of [
      {},
      { Origin: `http://${own}` },
      { Origin: "https://page.example.org" },
      { Origin: "http://10.0.0.1:8080" },
      { Host: "localhost", Origin: "http://localhost" },
      { Host: "localhost:80", Origin: "http://localhost" },
    ]
  ) {
    await t.step(`${JSON.stringify(headers).replace(own, "ours")} passes`, async () => {
      using peer = await WebSocketPeer.open(web.door, headers);
      assertEquals((await peer.takeEvent()).type, "welcome");
    });
  }
});

Deno.test("what is no proper request for a WebSocket is refused", async (t) => {
  await using web = await startWeb();
  for (
    const [what, status, headers, path] of [
      ["another path", 404, {}, "/"],
      ["a path below", 404, {}, "/ws/"],
      ["no key", 400, { "Sec-WebSocket-Key": undefined }, "/ws"],
      ["a short key", 400, { "Sec-WebSocket-Key": "abc" }, "/ws"],
      ["an old version", 400, { "Sec-WebSocket-Version": "7" }, "/ws"],
      ["another protocol", 400, { Upgrade: "h2c" }, "/ws"],
    ] as const
  ) {
    await t.step(what, async () => {
      assertEquals((await requestUpgrade(web.door, headers, path)).status, status);
    });
  }
  await t.step("no request at all", async () => {
    const { status, headers } = await request(web.door, "GET /ws");
    assertEquals([status, headers.get("upgrade")], [426, "websocket"]);
  });
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

Deno.test("only a trusted proxy says what scheme the page came by", async (t) => {
  const headers = {
    Host: "chat.example.org",
    Origin: "https://chat.example.org",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.7",
  };
  await t.step("trusted", async () => {
    await using web = await startWeb({
      hosts: ["chat.example.org"],
      trustedProxies: ["127.0.0.1"],
    });
    using peer = await WebSocketPeer.open(web.door, headers);
    assertEquals((await peer.takeEvent()).type, "welcome");
    const { headers: answer } = await request(web.door, "GET /", headers);
    assertMatch(answer.get("content-security-policy") ?? "", /wss:\/\/chat\.example\.org;/);
  });
  await t.step("not trusted", async () => {
    await using web = await startWeb({ hosts: ["chat.example.org"], trustedProxies: ["10.0.0.1"] });
    assertEquals((await requestUpgrade(web.door, headers)).status, 403);
  });
});

Deno.test("slow headers and slow bodies are cut off in time", async (t) => {
  const limits = { webHeadersMs: 200, webRequestMs: 400 };
  await using web = await startWeb({ limits });
  const host = `Host: 127.0.0.1:${web.door.addr.port}\r\n`;
  for (
    const [what, begun, more] of [
      ["nothing", "", ""],
      ["a header without an end", `GET / HTTP/1.1\r\n${host}`, "X-A: b\r\n"],
      ["a line without an end", "GET /", "a"],
      [
        "a body that nobody asked for",
        `GET / HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\n`,
        "x",
      ],
      ["a body without an end", `POST / HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\n`, "x"],
      [
        "an upgrade without an end",
        `GET /ws HTTP/1.1\r\n${host}Upgrade: websocket\r\n`,
        "X-A: b\r\n",
      ],
    ] as const
  ) {
    await t.step(what, async () => {
      using peer = await RawPeer.connect(web.door);
      await peer.send(begun);
      let over = false;
      const ended = peer.takeRest().finally(() => over = true);
      while (!over) {
        // Byte after byte, so that it is no silence that ends it.
        if (more !== "") await peer.send(more).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await ended;
    });
  }
  await until("every connection's end", () => web.server.connections === 0);
  assertEquals(await within("the count", web.door.connections), 0);
});

Deno.test("who asks and asks and reads nothing is closed in time", async () => {
  await using web = await startWeb({ limits: { webHeadersMs: 300, webRequestMs: 300 } });
  using peer = await RawPeer.connect(web.door);
  const asked = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`;
  let open = true;
  const asking = (async () => {
    while (open) await peer.send(asked.repeat(1_000));
  })().catch(() => {});
  while (await web.door.connections === 0) await peer.send("");
  while (await web.door.connections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  open = false;
  peer[Symbol.dispose]();
  await asking;
});

Deno.test("a header that is too large is refused", async () => {
  await using web = await startWeb({ limits: { webHeaderBytes: 2_048 } });
  const large = await request(web.door, "GET /", { "X-Large": "x".repeat(4_000) });
  assertEquals(large.status, 431);
});

Deno.test("a connection is kept for the next request, and closed when none comes", async () => {
  await using web = await startWeb({ limits: { webIdleMs: 100, webRequestMs: 300 } });
  using peer = await RawPeer.connect(web.door);
  const page = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`;
  await peer.send(page, page);
  const rest = await peer.takeRest();
  assertEquals(rest.split("HTTP/1.1 200").length, 3);
});
