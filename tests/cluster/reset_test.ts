/** `chatroom cluster reset --data`: a log that begins with what a node has, also where the command is killed. */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { COMMON_LIMITS, newConfig } from "../../lib/cluster/config.ts";
import { firstConfig, makeStream } from "../../lib/cluster/nats_admin.ts";
import { withDefaults } from "../../lib/server/limits.ts";
import { openLostStore } from "../../lib/store/begin_cluster.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { openNode } from "../fixtures/nats_world.ts";
import { NodeProcess, runProgram } from "../fixtures/node_process.ts";
import { testUnless } from "../fixtures/tools.ts";
import { joinEvent, type Json, type RawPeer } from "../helpers.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** What was said in the lobby, as somebody reads it who comes in. */
async function saidIn(peer: RawPeer): Promise<string[]> {
  const { messages } = await peer.ask({ type: "history", room: "lobby" });
  return messages.map(({ text }: Json) => text);
}

/** Starts the command, and kills it when it has deleted the log. */
async function killedMidway(env: Record<string, string>, dir: string): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, "cluster", "reset", "--data", dir, "--yes"],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (!said.includes("to notice that the log is gone")) continue;
    child.kill("SIGKILL");
    break;
  }
  assertEquals((await child.status).signal, "SIGKILL", said);
}

testUnless(
  NO_NATS,
  "a log begins again with what a node has, however often that was killed",
  async () => {
    await using stack = new AsyncDisposableStack();
    const servers = stack.use(await NatsServers.start(1));
    const env = { CHATROOM_CLUSTER: servers.urls.join(), CHATROOM_CLUSTER_REPLICAS: "1" };
    assertEquals((await runProgram(env, "cluster", "init")).code, 0);
    const dir = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(dir, { recursive: true }));
    const node = stack.use(new NodeProcess({ name: "n1", dir, env }));
    const reset = () => runProgram(env, "cluster", "reset", "--data", dir, "--yes");

    await node.start();
    let epoch = "";
    {
      using ann = await joinEvent({ addr: node.addr }, "ann");
      epoch = ann.welcome.epoch;
      assertEquals((await ann.ask({ type: "say", room: "lobby", text: "kept" })).type, "ack");
      const inUse = await reset();
      assertEquals(inUse.code, 1);
      assertMatch(inUse.said, /another program is using/);
    }
    assertEquals(await node.end(), 0);

    // It has deleted the log.
    await killedMidway(env, dir);
    const none = await runProgram(env, "serve", "--data", dir, "--port", "0");
    assertEquals(none.code, 1);
    assert(none.said.includes(`chatroom cluster reset --data ${dir} makes another`), none.said);

    // It has made another, whose first node the data are not yet.
    const admin = await openNode(servers.urls, "main");
    stack.defer(() => admin.close());
    const all = withDefaults();
    const limits = Object.fromEntries(COMMON_LIMITS.map((name) => [name, all[name]]));
    let made;
    {
      using store = await openLostStore(dir, () => {});
      store.noteEpoch();
      const more = { epoch: store.epoch, salt: store.salt, fromStore: true } as const;
      const config = newConfig(limits as Parameters<typeof newConfig>[0], more);
      const keeping = { replicas: 1, maxAgeMs: 86_400_000, maxBytes: 1_048_576 };
      made = await makeStream(admin, "main", keeping, config);
    }
    const early = await runProgram(env, "serve", "--data", dir, "--port", "0");
    assertEquals(early.code, 1);
    assertMatch(early.said, /the stream ends at 1, .*chatroom cluster reset/);

    // And it has done all of it, which nobody was told: it is the same each time.
    for (let run = 0; run < 2; run++) {
      const done = await reset();
      assertEquals(done.code, 0, done.said);
      assertMatch(done.said, /An earlier run has made the log of main already.*nothing is deleted/);
      assertMatch(done.said, /holds the data of its first node now, with 1 message/);
      assertEquals((await firstConfig(admin))?.epoch, made.epoch);
    }
    await node.start();
    {
      using ann = await joinEvent({ addr: node.addr }, "ann");
      assertEquals(await saidIn(ann), ["kept"]);
      assertEquals(ann.welcome.epoch, made.epoch);
      assertNotEquals(made.epoch, epoch);
      assertEquals((await ann.ask({ type: "say", room: "lobby", text: "after" })).type, "ack");
    }
    assertEquals(await node.end(), 0);

    // What was said since is not taken for what an earlier run has begun.
    const again = await reset();
    assertEquals(again.code, 0, again.said);
    assertMatch(again.said, /with 2 messages/);
    assertEquals(again.said.includes("An earlier run"), false);
    assertNotEquals((await firstConfig(admin))?.epoch, made.epoch);
    await node.start();
    using bob = await joinEvent({ addr: node.addr }, "bob");
    assertEquals(await saidIn(bob), ["kept", "after"]);
  },
);
