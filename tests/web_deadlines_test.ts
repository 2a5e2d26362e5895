/** The deadlines of HTTP at the web door: who is slow, large, or silent there, and for how long. */

import { assertEquals } from "@std/assert";
import { RawPeer, until } from "./helpers.ts";
import { request, startWeb } from "./web_peer.ts";

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
  await until("every connection's end", () => web.door.connections === 0);
});

Deno.test("who asks and asks and reads nothing is closed in time", async () => {
  await using web = await startWeb({ limits: { webHeadersMs: 300, webRequestMs: 300 } });
  using peer = await RawPeer.connect(web.door);
  const asked = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`;
  let open = true;
  const asking = (async () => {
    while (open) await peer.send(asked.repeat(1_000));
  })().catch(() => {});
  while (web.door.connections === 0) await peer.send("");
  await until("its end", () => web.door.connections === 0);
  open = false;
  peer[Symbol.dispose]();
  await asking;
});

Deno.test("a header that is too large is refused", async () => {
  await using web = await startWeb({ limits: { webHeaderBytes: 2_048 } });
  const large = await request(web.door, "GET /", { "X-Large": "x".repeat(4_000) });
  assertEquals(large.status, 431);
  assertEquals((await request(web.door, `GET /${"x".repeat(2_100)}`)).status, 431);
  assertEquals((await request(web.door, `GET /${"x".repeat(1_000)}`)).status, 404);
});

Deno.test("a connection is kept for the next request, and closed when none comes", async () => {
  await using web = await startWeb({ limits: { webIdleMs: 100, webRequestMs: 300 } });
  using peer = await RawPeer.connect(web.door);
  const page = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${web.door.addr.port}\r\n\r\n`;
  await peer.send(page, page);
  const rest = await peer.takeRest();
  assertEquals(rest.split("HTTP/1.1 200").length, 3);
});
