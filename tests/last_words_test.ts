/** What a client is told whom the server refuses, or leaves, before it has come in. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { Told } from "./fixtures/told.ts";
import { bytes, joinClassic, joinEvent, RawPeer, startServer, until } from "./helpers.ts";

for (
  const [what, sent, reason] of [
    ["an empty name", "         0", "bad-name"],
    ["a name that is not UTF-8", bytes("         2", new Uint8Array([0xff, 0xfe])), "bad-utf8"],
    ["a name over the limit", "     70000", "too-large"],
    ["half a header", "     ", "handshake"],
    ["half a name", "        10abc", "handshake"],
    ["a blank header", "          ", "bad-frame"],
  ] as const
) {
  Deno.test(`whoever asked for events is refused in events: ${what}`, async () => {
    await using server = startServer({ limits: { handshakeMs: 100 } });
    using peer = await RawPeer.connect(server);
    await peer.send(sent);
    const bye = await peer.takeEvent();
    assertEquals([bye.type, bye.reason], ["bye", reason]);
    assertEquals(await peer.takeRest(), "");
  });
}

Deno.test("a server that stops tells whoever has begun to come in, in the right protocol", async () => {
  await using server = startServer();
  for (const [begun, told] of [["   ", '"reason":"shutdown"'], ["3  ", "6         server"]]) {
    using peer = await RawPeer.connect(server);
    await peer.send(begun as string);
    const begins = [...server.host.live].at(-1);
    await until("the first bytes", () => (begins?.figures.receivedBytes ?? 0) > 0);
    begins?.close({ type: "bye", reason: "shutdown", text: "The server is shutting down." });
    assertStringIncludes(await peer.takeRest(), told as string);
  }
});

Deno.test("what is sent to a server that stops in the opening is not called delivered", async () => {
  const server = startServer();
  const { hostname, port } = server.addr;
  let stopped: Promise<void> | undefined;
  await using ann = new Told(server, {
    connect: async () => {
      const conn = await Deno.connect({ hostname, port });
      await until("the connection", () => server.connections === 1);
      stopped = server.shutdown();
      return conn;
    },
  });
  const own = ann.link.send({ type: "say", room: "lobby", text: "precious" });
  await assertRejects(() => own, RequestError, "The server closed the connection");
  assertEquals((await ann.ending()).cause, "unreachable");
  await stopped;
});

Deno.test("send with a name that is far too long is refused, and nobody hears it", async () => {
  await using server = startServer();
  using bob = await joinClassic(server, "bob");
  const address = `127.0.0.1:${server.addr.port}`;
  const result = await chatroom(["send", "--name", "x".repeat(100_000), address, "hi"]);
  assertEquals(result, {
    code: 4,
    stdout: "",
    stderr: "A frame of 100000 bytes is over the limit of 65536 bytes.\n",
  });
  using cat = await joinEvent(server, "cat");
  await cat.ask({ type: "say", room: "lobby", text: "first" });
  assertEquals(await bob.takePair(), ["cat", "first"]);
});
