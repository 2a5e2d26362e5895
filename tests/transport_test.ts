/** What carries a connection: one contract, which TCP, TLS and a WebSocket hold. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Socket as NodeSocket } from "node:net";
import { WebSocketServer } from "ws";
import { TcpTransport } from "../lib/server/tcp_transport.ts";
import type { Transport } from "../lib/server/transport.ts";
import { GuardedConn } from "../lib/tls/guarded.ts";
import { Identity } from "../lib/tls/identity.ts";
import { webDefaults } from "../lib/web/limits.ts";
import { createHttp, listen } from "../lib/web/listener.ts";
import { WebSocketTransport } from "../lib/web/web_socket_transport.ts";
import { makeAuthority } from "./fixtures/certificates.ts";
import { connectSecurely } from "./fixtures/tls_peer.ts";
import { bytes, RawPeer } from "./helpers.ts";
import { webFrame, WebSocketPeer } from "./web_peer.ts";

/** Both ends of a connection. */
interface Ends extends AsyncDisposable {
  readonly transport: Transport;
  readonly peer: RawPeer;
  /** What the peer sends to have the transport read a text. */
  readonly sends: (text: string) => Uint8Array;
  /** What it sends before it ends its side. */
  readonly goodbye: Uint8Array;
}

async function overTcp(): Promise<Ends> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peer = await RawPeer.connect(listener as { addr: Deno.NetAddr });
  return ends(new TcpTransport(await listener.accept()), peer);
}

async function overTls(): Promise<Ends> {
  const authority = await makeAuthority();
  const { context } = new Identity(await authority.issue());
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = connectSecurely(listener as { addr: Deno.NetAddr });
  const socket = new GuardedConn(await listener.accept(), { context });
  const [peer] = await Promise.all([connecting, socket.shakeHands()]);
  return ends(new TcpTransport(socket), peer);
}

async function overWebSocket(): Promise<Ends> {
  const made = Promise.withResolvers<Transport>();
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    handleProtocols: () => false,
    autoPong: false,
    maxPayload: 65_536,
    maxFragments: 256,
    maxBufferedChunks: 1_024,
  });
  const server = createHttp(webDefaults());
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const ends = { address: "127.0.0.1", origin: "http://127.0.0.1", isPrivate: true };
      const opened = { webSocket, socket: socket as NodeSocket, ...ends };
      made.resolve(new WebSocketTransport(opened));
    });
  });
  const listening = listen(server, { hostname: "127.0.0.1", port: 0 }, {
    onConnection: () => {},
    onInsecure: made.reject,
    onTrouble: made.reject,
  });
  const peer = await WebSocketPeer.open(listening);
  return {
    ...ends(await made.promise, peer),
    sends: (text) => webFrame(1, bytes(text)),
    goodbye: webFrame(8, new Uint8Array([0x03, 0xe8])),
    [Symbol.asyncDispose]: async () => {
      peer[Symbol.dispose]();
      await listening.close();
    },
  };
}

function ends(transport: Transport, peer: RawPeer): Ends {
  return {
    transport,
    peer,
    sends: (text) => bytes(text),
    goodbye: new Uint8Array(),
    [Symbol.asyncDispose]: () => Promise.resolve(peer[Symbol.dispose]()),
  };
}

/** Reads so much text, in however many chunks. */
async function take(transport: Transport, length: number): Promise<string> {
  let text = "";
  while (text.length < length) text += new TextDecoder().decode(await transport.read());
  return text;
}

async function leave({ peer, goodbye }: Ends): Promise<void> {
  await peer.send(goodbye);
  await peer.conn.closeWrite();
}

for (
  const [what, connect] of [
    ["TCP", overTcp],
    ["TLS", overTls],
    ["a WebSocket", overWebSocket],
  ] as const
) {
  Deno.test(`over ${what}: what the peer sends is read in order, and then its end`, async () => {
    await using both = await connect();
    const { transport, peer, sends } = both;
    await peer.send(sends("one, "), sends("two, "));
    await peer.send(sends("three"));
    assertEquals(await take(transport, 15), "one, two, three");
    assert(transport.receivedBytes >= 15);
    await leave(both);
    assertEquals(await transport.read(), undefined);
    assertEquals(await transport.read(), undefined);
    transport.destroy();
  });

  Deno.test(`over ${what}: writes arrive in order, in parts`, async () => {
    await using both = await connect();
    const { transport, peer } = both;
    const sent = new Uint8Array(300_000).map((_, at) => at % 251);
    const taken = peer.take(sent.length);
    for (let at = 0; at < sent.length;) {
      const count = await transport.write(sent.subarray(at));
      assert(count > 0);
      at += count;
    }
    assertEquals(await taken, sent);
    transport.destroy();
  });

  Deno.test(`over ${what}: finish tells the peer, which is read until it ends its side`, async () => {
    await using both = await connect();
    const { transport, peer } = both;
    const end = transport.read();
    await transport.finish("quit");
    if (peer instanceof WebSocketPeer) assertEquals(await peer.takeClose(), [1000, "quit"]);
    else assertEquals(await peer.takeRest(), "");
    await leave(both);
    assertEquals(await end, undefined);
    transport.destroy();
    transport.destroy();
  });

  Deno.test(`over ${what}: a peer that is not read is held back, and loses nothing`, async () => {
    await using both = await connect();
    const { transport, peer, sends } = both;
    const piece = "x".repeat(50_000);
    const count = 400;
    const sending = (async () => {
      for (let i = 0; i < count; i++) await peer.send(sends(piece));
    })();
    let got = (await transport.read())?.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert(transport.receivedBytes < 1_000_000, `${transport.receivedBytes} bytes were read`);
    while (got < piece.length * count) got += (await transport.read())?.length ?? NaN;
    await sending;
    transport.destroy();
  });

  Deno.test(`over ${what}: a read that waits when it is all cut off rejects`, async () => {
    await using both = await connect();
    const { transport, peer } = both;
    const cut = transport.read();
    transport.destroy();
    await assertRejects(async () => await cut, Error);
    assertEquals(await peer.takeRest(), "");
    transport.destroy();
  });
}

Deno.test("a WebSocket whose peer goes without a goodbye is broken, and not ended", async () => {
  await using both = await overWebSocket();
  const { transport, peer } = both;
  peer[Symbol.dispose]();
  await assertRejects(async () => await transport.read(), Error, "without a goodbye");
});

Deno.test("what came over a WebSocket in one piece is there without a wait", async () => {
  await using both = await overWebSocket();
  const { transport, peer, sends } = both;
  const first = transport.read();
  await peer.send(bytes(sends("one"), sends("two")));
  await first;
  const second = transport.read();
  assert(second instanceof Uint8Array);
  assertEquals(new TextDecoder().decode(second), "two");
  transport.destroy();
});

Deno.test("a WebSocket whose peer has said goodbye takes nothing more", async () => {
  await using both = await overWebSocket();
  const { transport } = both;
  await leave(both);
  await transport.read();
  assert(transport.isEnding);
  assertEquals(await transport.write(webFrame(1, bytes("late"))), 0);
  transport.destroy();
});
