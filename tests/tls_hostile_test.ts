/** What peers that are rude with TLS can do: nothing to others, and nothing to memory. */

import { assert, assertEquals } from "@std/assert";
import { GuardedConn } from "../lib/tls/guarded.ts";
import { shakeHands } from "../lib/tls/connect.ts";
import { Identity } from "../lib/tls/identity.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { openFlags } from "../lib/cli/limit_flags.ts";
import { startProcess } from "./fixtures/own_process.ts";
import { webSecurely } from "./fixtures/certificates.ts";
import { tries } from "./fixtures/thorough.ts";
import { connectSecurely, dialSecurely } from "./fixtures/tls_peer.ts";
import { classicFrame, until } from "./helpers.ts";
import { joinWeb, startWeb } from "./web_peer.ts";

/** The bytes with which a client of ours begins. */
async function hello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const meeting = shakeHands(await Deno.connect({ hostname, port }), { hostname, signal })
    .catch(() => {});
  using conn = await listener.accept();
  const space = new Uint8Array(4_096);
  const count = await conn.read(space) ?? 0;
  giveUp.abort();
  await meeting;
  return space.slice(0, count);
}

/** How many hellos are wrong. */
const WRONG = tries(60, 600);

/** Sends hellos that are wrong in as many ways, and waits for what is said to them. */
async function spoil({ hostname, port }: { hostname: string; port: number }): Promise<void> {
  const good = await hello();
  assert(good.length > 100);
  const one = async (i: number): Promise<void> => {
    using conn = await Deno.connect({ hostname, port });
    const bad = good.slice();
    // A byte that is wrong, an end too soon, something on top, or noise.
    if (i % 4 === 0) bad[1 + i % (bad.length - 1)] = i & 255;
    if (i % 4 === 3) crypto.getRandomValues(bad.subarray(1 + i % 9));
    await conn.write(i % 4 === 1 ? bad.subarray(0, 1 + i % bad.length) : bad).catch(() => {});
    if (i % 4 === 2) await conn.write(bad).catch(() => {});
    if (i % 5 === 0) return;
    // Most wait for what the server has to say to that, which is the end. It need not wait for more.
    await conn.closeWrite().catch(() => {});
    const bin = new Uint8Array(1_024);
    while (await conn.read(bin).catch(() => null) !== null);
  };
  for (let round = 0; round < WRONG / 100; round++) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(round * 100 + i)));
  }
}

Deno.test(`${WRONG} handshakes that are wrong in as many ways end nobody but themselves`, async () => {
  await using server = await startProcess([...openFlags(), "--tls"]);
  using ann = await connectSecurely(server);
  await ann.send(classicFrame("ann"), classicFrame("/who"));
  await ann.takePair();
  await spoil(server.addr);
  await ann.send(classicFrame("/who"));
  assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
});

Deno.test("nor do they at the web door", async () => {
  const identity = new Identity(await makeKeyPair(["localhost"]));
  await using web = await startWeb(webSecurely(identity));
  using ann = await joinWeb(web.door, "ann", {}, dialSecurely);
  await spoil(web.door.addr);
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "still here" })).type, "ack");
  await until("the others' end", () => web.door.connections <= 1);
});

Deno.test("nothing is read from a peer over TLS unless it is asked for", async () => {
  const identity = new Identity(await makeKeyPair(["localhost"]));
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const accepting = listener.accept();
  const { signal } = new AbortController();
  const meeting = shakeHands(await Deno.connect({ hostname, port }), { hostname, signal });
  const guarded = new GuardedConn(await accepting, { context: identity.context });
  const space = new Uint8Array(1_000);
  const first = guarded.read(space);
  const { stream } = await meeting;
  await stream.write(Uint8Array.of(7));
  assertEquals([await first, space[0]], [1, 7]);
  let sent = 0;
  const flood = (async (): Promise<void> => {
    const piece = new Uint8Array(65_536);
    for (let i = 0; i < 1_600; i++) sent += await stream.write(piece);
    await stream.closeWrite();
  })();
  // Until what the kernel keeps for both is full: when half a second has brought nothing more.
  for (let before = -1; sent > before;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert(sent < 30_000_000, `${sent} bytes were taken, and nobody had asked for them`);
  let read = 0;
  for (let count; (count = await guarded.read(space)) !== null;) read += count;
  await flood;
  assertEquals(read, 1_600 * 65_536);
  guarded.close();
  stream.close();
});
