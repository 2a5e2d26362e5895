/** What `serve --cluster` does not start with, and says what to do. */

import { assertEquals, assertMatch } from "@std/assert";
import { natsNames } from "../../lib/cluster/nats_place.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { openNode } from "../fixtures/nats_world.ts";
import { runProgram } from "../fixtures/node_process.ts";
import { testUnless } from "../fixtures/tools.ts";

testUnless(NO_NATS, "a node does not start on a stream that would lose something", async (t) => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await NatsServers.start(1));
  const env = { CHATROOM_CLUSTER: servers.urls.join() };
  const dir = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(dir, { recursive: true }));
  const serve = async (...flags: string[]): Promise<string> => {
    const args = ["serve", "--port", "0", "--data", dir, ...flags];
    const { code, said } = await runProgram(env, ...args);
    assertEquals(code, 1, said);
    return said;
  };
  await t.step("that is not there", async () => {
    assertMatch(
      await serve(),
      /There is no log of a cluster main in NATS; .* cluster init makes it/,
    );
  });
  await t.step("that has too few replicas", async () => {
    const made = await runProgram(env, "cluster", "init", "--cluster-replicas", "1");
    assertEquals(made.code, 0, made.said);
    assertMatch(await serve(), /has 1 replica, and it takes 3 .*--cluster-replicas 1 goes on/);
  });
  await t.step("that somebody has made otherwise", async () => {
    const node = await openNode(servers.urls, "main");
    stack.defer(() => node.close());
    await node.api.deleteStream(5_000);
    const { stream, log } = natsNames("main");
    await node.api.createStream({
      ...{ name: stream, subjects: [log], num_replicas: 1, max_age: 0, max_bytes: 1_000_000 },
      ...{ storage: "file", discard: "new", deny_delete: true, deny_purge: true },
    }, 5_000);
    assertMatch(
      await serve("--cluster-replicas", "1"),
      /discard new and not old: nothing could be said once it is full; .*nats stream edit/,
    );
    const status = await runProgram(env, "cluster", "status");
    assertEquals(status.code, 1);
    assertMatch(status.said, /wrong +The stream CHATROOM_main has discard new/);
  });
});
