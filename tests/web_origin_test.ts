/** Who gets a WebSocket at the web door: the names that it goes by, the pages that may call, the requests. */

import { assertEquals, assertMatch } from "@std/assert";
import { rawRequest, request, requestUpgrade, startWeb, WebSocketPeer } from "./web_peer.ts";

Deno.test("a host that is not ours is refused, be it on the page or the WebSocket", async (t) => {
  await using web = await startWeb({
    hosts: ["chat.example.org", "198.51.100.9"],
    origins: ["https://page.example.org"],
    ownAddresses: () => ["198.51.100.4", "2001:db8::8"],
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
      ["8.8.8.8", 421],
      ["192.0.2.7", 421],
      ["[2001:db8::7]", 421],
      ["127.0.0.1", 200],
      ["127.0.0.2", 200],
      ["[::1]:80", 200],
      ["198.51.100.4", 200],
      ["[2001:DB8:0::8]:80", 200],
      ["198.51.100.9", 200],
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

Deno.test("a request that names its host twice is refused, whichever comes first", async () => {
  await using web = await startWeb();
  for (const hosts of [["localhost", "evil.example"], ["localhost", "localhost"]]) {
    const lines = hosts.map((host) => `Host: ${host}\r\n`).join("");
    const text = `GET / HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;
    assertEquals((await rawRequest(web.door, text)).status, 400);
  }
});

Deno.test("behind a trusted proxy an address is the proxy's own", async () => {
  await using web = await startWeb({ trustedProxies: ["127.0.0.1"] });
  const statusFor = async (host: string): Promise<number> =>
    (await request(web.door, "GET /", { Host: host })).status;
  assertEquals([await statusFor("192.0.2.7"), await statusFor("evil.example")], [200, 421]);
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
      ["an old version", 426, { "Sec-WebSocket-Version": "7" }, "/ws"],
      ["the last draft", 426, { "Sec-WebSocket-Version": "8" }, "/ws"],
      ["no version", 400, { "Sec-WebSocket-Version": undefined }, "/ws"],
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
