/** Whoever stalls over TLS is let go by a server in a process of its own, and so are its descriptors. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openFlags } from "../lib/cli/limit_flags.ts";
import { canCount, type OwnProcess, startProcess } from "./fixtures/own_process.ts";
import { slowTest } from "./fixtures/thorough.ts";
import { connectSecurely, meet } from "./fixtures/tls_peer.ts";
import { classicFrame, RawPeer } from "./helpers.ts";

const LINUX_ONLY = canCount ? "" : " (skipped: only on Linux can a process's files be counted)";

/** Waits until the process has as few descriptors as it had. */
async function untilFreed(server: OwnProcess, before: number, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  let now: number;
  while ((now = await server.descriptors()) > before) {
    assert(performance.now() < deadline, `${now} descriptors are open, where there were ${before}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

slowTest({
  name: `100 handshakes that stall are freed at the deadline${LINUX_ONLY}`,
  ignore: !canCount,
  async fn(): Promise<void> {
    await using server = await startProcess([
      ...openFlags(),
      ...["--tls", "--handshake-timeout", "3s"],
    ]);
    // What the first handshake opens for good is open before we count.
    const { stream } = await meet(server);
    const withOne = await server.descriptors();
    stream.close();
    await untilFreed(server, withOne - 1, 6_000);
    const before = await server.descriptors();
    const peers: Deno.TcpConn[] = [];
    const { hostname, port } = server.addr;
    for (let i = 0; i < 100; i++) {
      const conn = await Deno.connect({ hostname, port });
      // Nothing, or the beginning of a record that never ends.
      if (i % 2 === 1) await conn.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3));
      peers.push(conn);
    }
    // Those that the server has not come to yet are too few to matter.
    let most = 0;
    for (let look = 0; look < 20 && most < before + 90; look++) {
      most = Math.max(most, await server.descriptors());
    }
    assert(most >= before + 90, `${most} descriptors were open at most, ${before} before`);
    // The deadline, two looks at it, and a second for those who are told goodbye in plain.
    await untilFreed(server, before, 10_000);
    for (const peer of peers) peer.close();
    (await meet(server)).stream.close();
  },
});

slowTest({
  name:
    `handshakes that stall at the web door, and browsers that go silent, are freed${LINUX_ONLY}`,
  ignore: !canCount,
  async fn(): Promise<void> {
    const timeouts = ["--web-headers-timeout", "1s", "--web-request-timeout", "1s"];
    const flags = ["--tls", "--web", "0", ...timeouts];
    await using server = await startProcess([...openFlags(), ...flags]);
    const door = { addr: { hostname: "127.0.0.1", port: await server.webPort() } };
    (await meet(door)).stream.close();
    const before = await server.descriptors();
    const peers: Disposable[] = [];
    for (let i = 0; i < 30; i++) {
      const stalled = await RawPeer.connect(door);
      if (i % 2 === 1) await stalled.send("\x16\x03\x01\x02\x00\x01\x00\x01");
      const silent = await connectSecurely(door);
      if (i % 2 === 1) await silent.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
      peers.push(stalled, silent);
    }
    assert(await server.descriptors() > before, "they have no descriptors");
    await untilFreed(server, before, 10_000);
    for (const peer of peers) peer[Symbol.dispose]();
    (await meet(door)).stream.close();
  },
});

slowTest({
  name: `a client that never reads TLS is gone, and its descriptor with it${LINUX_ONLY}`,
  ignore: !canCount,
  async fn(): Promise<void> {
    const flags = ["--tls", "--write-timeout", "1s", "--max-outbox", "512MiB"];
    await using server = await startProcess([...openFlags(), ...flags, "--scrollback", "0"]);
    using talker = await connectSecurely(server);
    await talker.send(classicFrame("talker"), classicFrame("/who"));
    await talker.takePair();
    const before = await server.descriptors();
    const { stream } = await meet(server);
    await stream.write(classicFrame("stalled"));
    await talker.send(classicFrame("/who"));
    await talker.takePair();
    // Asked before it is written to more than it takes: on a busy machine its time is soon over.
    assert(await server.descriptors() > before, "it has no descriptor");
    const text = classicFrame("x".repeat(60_000));
    for (let i = 0; i < 400; i++) await talker.send(text);
    await talker.send(classicFrame("/who"));
    await talker.takePair();
    await untilFreed(server, before, 10_000);
    await talker.send(classicFrame("/who"));
    assertEquals(await talker.takePair(), ["server", "1 person in lobby: talker"]);
    stream.close();
  },
});

Deno.test({
  name: `200 connections at ulimit -n 128 with TLS: survives and accepts again later${LINUX_ONLY}`,
  ignore: !canCount,
  async fn(): Promise<void> {
    await using server = await startProcess([...openFlags(), "--tls"], { files: 128 });
    const { hostname, port } = server.addr;
    const conns: Deno.TcpConn[] = [];
    for (let i = 0; i < 200; i++) conns.push(await Deno.connect({ hostname, port }));
    for (const conn of conns) conn.close();
    using ann = await connectSecurely(server);
    await ann.send(classicFrame("ann"), classicFrame("/who"));
    assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
  },
});

Deno.test({
  name: `a server that may open 32 files does not start, and says what to do${LINUX_ONLY}`,
  ignore: !canCount,
  async fn(): Promise<void> {
    const main = new URL("../main.ts", import.meta.url).pathname;
    const command = [Deno.execPath(), "run", "-q", "-A", main, "serve", "--memory", "--port", "0"];
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 32; exec "$@"', "sh", ...command],
      stdin: "null",
    }).output();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), "have 32 files open at once");
    assertStringIncludes(new TextDecoder().decode(stderr), "Try ulimit -n 4096");
  },
});
