/** What many, stalled, slow and rude peers take of the server, and that they give it back. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect, type Socket } from "node:net";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { formatAddress } from "../../lib/cli/values.ts";
import { LIMITS, withDefaults } from "../../lib/server/limits.ts";
import { canCount, type OwnProcess, startProcess } from "../fixtures/own_process.ts";
import { hasTool, testUnless } from "../fixtures/tools.ts";
import {
  classicFrame,
  joinClassic,
  joinEvent,
  RawPeer,
  startServer,
  until,
  within,
} from "../helpers.ts";

const LINUX_ONLY = canCount ? "" : " (skipped: only on Linux can a process's files be counted)";

/** A test that counts what a server's process holds. */
function countingTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + LINUX_ONLY, ignore: !canCount, fn });
}

/** Waits until the process has as few descriptors as it had. */
async function untilFreed(server: OwnProcess, before: number): Promise<void> {
  await until(`as few as ${before} descriptors`, async () => await server.descriptors() <= before);
}

/** A classic client that connects from another address of this machine; what it was told first. */
async function joinFrom(localAddress: string, port: number, name: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  const told = Promise.withResolvers<string>();
  socket.on("error", told.reject);
  socket.once("data", (data) => told.resolve(String(data)));
  socket.write(classicFrame(name));
  socket.write(classicFrame("/who"));
  assertStringIncludes(await within(`an answer to ${localAddress}`, told.promise), "in lobby: ");
  return socket;
}

const hasManyLoopbacks = Deno.build.os === "linux";

Deno.test({
  name: "500 connections from one address: the per-address limit holds, others come in" +
    (hasManyLoopbacks ? "" : " (skipped: only on Linux is 127.0.0.2 an address of this machine)"),
  ignore: !hasManyLoopbacks,
  async fn(): Promise<void> {
    const { connections, connectionsPerAddress: most, connectionsPerMinute } = withDefaults();
    await using server = startServer({
      limits: { connections, connectionsPerAddress: most, connectionsPerMinute },
    });
    assertEquals(most, 256);
    const peers: RawPeer[] = [];
    for (let i = 0; i < 500; i++) peers.push(await RawPeer.connect(server));
    await until("the limit", () => server.connections === most);
    for (const [i, peer] of peers.entries()) {
      // Those that were closed without a word may refuse this.
      await peer.send(classicFrame(`peer ${i}`)).catch(() => {});
    }
    const refused = await Promise.all(peers.slice(most).map((peer) => peer.takeRest()));
    const told = refused.filter((rest) => rest.includes("Your address has 256 connections"));
    assert(told.length >= 1, "nobody was told why");
    assertEquals(refused.filter((rest) => rest !== "" && !told.includes(rest)), []);
    assertEquals(server.connections, most);
    for (const n of [2, 3]) {
      const other = await joinFrom(`127.0.0.${n}`, server.addr.port, `other ${n}`);
      assertEquals(server.connections, most + 1);
      other.destroy();
      await until("its end", () => server.connections === most);
    }
    for (const peer of peers) peer[Symbol.dispose]();
    await until("every end", () => server.connections === 0);
    using _ann = await joinClassic(server, "ann");
  },
});

for (
  const [what, flags] of [
    ["with the limit that follows from it", []],
    ["with none", openFlags()],
  ] as Array<[string, string[]]>
) {
  countingTest(
    `200 connections at ulimit -n 128, ${what}: survives and accepts again later`,
    async () => {
      await using server = await startProcess(flags, { files: 128 });
      const before = await server.descriptors();
      const peers: RawPeer[] = [];
      for (let i = 0; i < 200; i++) peers.push(await RawPeer.connect(server));
      await Promise.all(peers.map((peer, i) => peer.send(classicFrame(`c${i}`)).catch(() => {})));
      {
        // It serves those that it has.
        const [ann] = peers;
        await ann?.send(classicFrame("/who"));
        assertStringIncludes((await ann?.takePair() ?? []).join(" "), "in lobby: ");
      }
      for (const peer of peers) peer[Symbol.dispose]();
      await untilFreed(server, before + 1);
      using _ann = await joinClassic(server, "ann");
      const log = await server.stop();
      assertStringIncludes(log, flags.length === 0 ? "reason=address-full" : "Too many open files");
      assert(log.split("\n").length < 40, log);
    },
  );
}

/** Connects and resets so many times: with no time to linger, closing is resetting. */
const RESETS = `
import socket, struct, sys
for i in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if i % 4 == 1: s.sendall(b"3         ann")
    if i % 4 == 2: s.sendall(b"         3ann       16" + b'{"type":"hello"}')
    if i % 4 == 3: s.sendall(b"9         half")
    s.close()
`;

const whyNot = canCount && hasTool("python3") ? undefined : "it takes Linux and python3";

testUnless(whyNot, "connect and reset, 10,000 times: no descriptor lost", async () => {
  await using server = await startProcess(openFlags());
  (await joinClassic(server, "first"))[Symbol.dispose]();
  const before = await server.descriptors();
  const { success, stderr } = await new Deno.Command("python3", {
    args: ["-c", RESETS, String(server.addr.port), "10000"],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  await untilFreed(server, before);
  using ann = await joinClassic(server, "ann");
  await ann.send(classicFrame("/who"));
  assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
});

Deno.test("a client that never reads is gone within 15 s", { permissions: "none" }, () => {
  const lookingMs = 1_000;
  const lingeringMs = 1_000;
  assert(LIMITS.writeMs.default + 2 * lookingMs + lingeringMs < 15_000);
});

for (const [door, join] of [["classic", joinClassic], ["event", joinEventAt]] as const) {
  countingTest(
    `a client that never reads, on the ${door} door: descriptor freed`,
    async () => {
      const flags = ["--write-timeout", "1s", "--max-outbox", "512MiB", "--history-bytes", "1MiB"];
      // Who is caught up with gets no more than it takes.
      flags.push("--scrollback", "0");
      await using server = await startProcess([...openFlags(), ...flags]);
      using talker = await joinClassic(server, "talker");
      const text = classicFrame("x".repeat(60_000));
      const before = await server.descriptors();
      using _stalled = await join(server, "stalled");
      for (let i = 0; i < 400; i++) await talker.send(text);
      await untilFreed(server, before);
    },
  );

  Deno.test(`a client that never reads, on the ${door} door: memory back`, async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "--v8-flags=--expose-gc"],
        ...[new URL("../fixtures/stalled_memory.ts", import.meta.url).pathname, door],
      ],
      stderr: "inherit",
    }).output();
    const { held, kept } = JSON.parse(new TextDecoder().decode(stdout));
    assert(held > 5_000_000, `only ${held} bytes were held, so this shows nothing`);
    assert(kept < 2_000_000, `${kept} of ${held} bytes are still held`);
  });
}

/** An event client, as far as a server in another process knows. */
function joinEventAt(server: Pick<OwnProcess, "addr">, name: string): Promise<RawPeer> {
  return joinEvent(server as Parameters<typeof joinEvent>[0], name);
}

Deno.test("a flood from one client slows that client only", async () => {
  const { requestsPerSecond, requestBurst, roomMessagesPerSecond } = withDefaults();
  await using server = startServer({
    limits: { requestsPerSecond, requestBurst, roomMessagesPerSecond },
  });
  using flooder = await joinClassic(server, "flooder");
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  const flooding = flooder.send(
    ...Array.from({ length: 5_000 }, (_, n) => classicFrame(`${n}`)),
  ).catch(() => {});
  let heard = -1;
  const listen = async (until: string): Promise<void> => {
    for (;;) {
      const { from, text } = await bob.takeType("message");
      if (text === until) return;
      assertEquals([from, text], ["flooder", `${++heard}`]);
    }
  };
  await listenFor(listen, ann, 20);
  assert(heard >= 0, "the flood had not begun");
  assert(heard < 1_000, `${heard} messages of the flood came before 20 of a calm client`);
  flooder[Symbol.dispose]();
  await flooding;
});

/** Says something so many times, and waits each time until the other has heard it. */
async function listenFor(
  listen: (text: string) => Promise<void>,
  ann: RawPeer,
  times: number,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    const heard = listen(`calm ${i}`);
    assertEquals((await ann.ask({ type: "say", room: "lobby", text: `calm ${i}` })).type, "ack");
    await heard;
  }
}

Deno.test("300 lines from a pipe are throttled, not cut, and none is lost", async () => {
  await using server = startServer({ limits: withDefaults() });
  using eve = await joinEvent(server, "eve");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A", new URL("../../main.ts", import.meta.url).pathname, "connect"],
      ...[formatAddress(server.addr), "--name", "cat"],
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`);
  const fed = new Blob([lines.join("\n")]).stream().pipeTo(child.stdin);
  const took = performance.now();
  for (const line of lines) assertEquals((await eve.takeType("message")).text, line);
  assert(performance.now() - took > 500, "nothing was throttled");
  await fed;
  assertEquals(await new Response(child.stderr).text(), "");
  assertEquals((await child.status).code, 0);
});
