/** `chatroom cluster`, as a person runs it, on servers of its own. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Beat, BEAT_TOPIC, encodeBeat } from "../../lib/cluster/beats.ts";
import { firstConfig } from "../../lib/cluster/nats_admin.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { openNode } from "../fixtures/nats_world.ts";
import { testUnless } from "../fixtures/tools.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Runs `chatroom cluster` with arguments, and says what came of it. */
async function cluster(
  servers: NatsServers,
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, "cluster", ...args],
    env: { CHATROOM_CLUSTER: servers.urls.join(), NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

testUnless(
  NO_NATS,
  "chatroom cluster makes a log once, shows it, and begins anew when asked twice",
  async () => {
    await using servers = await NatsServers.start(1);
    const none = await cluster(servers, "status");
    assertEquals(none.code, 1);
    assertMatch(none.out, /there is none; chatroom cluster init makes it/);
    const three = await cluster(servers, "init");
    assertEquals([three.code, three.out], [1, ""]);
    assertMatch(three.err, /no cluster.*--cluster-replicas 1/);

    const one = ["--cluster-replicas", "1"];
    const made = await cluster(servers, "init", ...one, "--max-rooms", "77", "--keep", "30d");
    assertEquals([made.code, made.err], [0, ""]);
    const node = await openNode(servers.urls, "main");
    const config = await firstConfig(node);
    assert(config !== undefined && made.out.includes(config.cluster));
    assertEquals([config.limits.rooms, config.limits.roomsPerAddress], [77, 39]);
    assertEquals([config.keepMs, config.keepMessages], [30 * 86_400_000, undefined]);

    const again = await cluster(servers, "init", ...one);
    assertEquals(again.code, 1);
    assertMatch(
      again.err,
      new RegExp(`of the cluster ${config.cluster} under the name main already`),
    );
    const unsure = await cluster(servers, "reset", ...one);
    assertEquals(unsure.code, 2);
    assertMatch(unsure.err, /has 1 message up to 1; say --yes/);
    assertEquals((await firstConfig(node))?.cluster, config.cluster);
    assertEquals((await cluster(servers, "reset", ...one, "--yes")).code, 0);
    const other = await firstConfig(node);
    assert(other !== undefined && other.cluster !== config.cluster && other.epoch !== config.epoch);
    await node.close();
  },
);

testUnless(
  NO_NATS,
  "chatroom cluster status shows the nodes that say that they are there",
  async () => {
    await using servers = await NatsServers.start(1);
    assertEquals((await cluster(servers, "init", "--cluster-replicas", "1")).code, 0);
    const node = await openNode(servers.urls, "main");
    const beat: Beat = {
      ...{
        node: "n\u001b1",
        inc: "abc",
        applied: 1,
        lag: 2_000,
        level: 1,
        agreed: 1,
        isOnDuty: false,
      },
    };
    const other: Beat = {
      ...beat,
      node: "n2",
      inc: "def",
      applied: 3,
      lag: 0,
      level: 2,
      isOnDuty: true,
    };
    const timer = setInterval(() => {
      for (const each of [beat, other]) node.tell(BEAT_TOPIC, encodeBeat(each));
      node.tell(BEAT_TOPIC, new TextEncoder().encode("{}"));
    }, 200);
    try {
      const { code, out } = await cluster(servers, "status");
      assertEquals(code, 0);
      assertMatch(out, /s1, version 2\./);
      assertMatch(out, /main: [\da-f]{32}, epoch [\da-f-]{36}\n/);
      assertMatch(out, /1 message, 1 to 1, .*kept for 7d, up to 4GiB/);
      assertMatch(out, /1: applied 1 of 3, behind for 2s, incarnation abc\n/);
      assertMatch(out, /n2: on duty, applied 3 of 3, incarnation def\n/);
      assertMatch(out, /level +1; 2 needs an upgrade of n.*1 \(1\)\n/);
      assert(!out.includes("\u001b"), "a name came to the terminal as it was");
    } finally {
      clearInterval(timer);
      await node.close();
    }
  },
);

testUnless(NO_NATS, "a message that clients may send has to fit into one of NATS", async () => {
  await using servers = await NatsServers.start(1);
  const { code, err } = await cluster(servers, "init", "--max-payload", "1M");
  assertEquals(code, 1);
  assertMatch(err, /1048576 bytes \(max_payload\), and it takes 6295552 for this --max-payload/);
});
