/** `chatroom serve --cluster`, as processes: nodes that stop, crash and come back, with people on each. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinClassic, type RawPeer } from "../helpers.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { type LastingNode, makeCluster, startNodes } from "../fixtures/lasting_nodes.ts";
import { runProgram } from "../fixtures/node_process.ts";
import { testUnless } from "../fixtures/tools.ts";

testUnless(NO_NATS, "people on two nodes hear each other, whichever stops or crashes", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await NatsServers.start(1));
  const env = await makeCluster(servers);
  const nodes = await startNodes(2, env, stack);
  const [one, two] = nodes as [LastingNode, LastingNode];
  using ann = await joinClassic(one, "ann");
  {
    using bob = await joinClassic(two, "bob");
    await hears(bob, ann, "hello");
    await hears(ann, bob, "hi");
  }
  // Who asks it to stop gets 0, and what it kept is only its cluster's.
  assertEquals(await two.end("SIGTERM"), 0);
  const { code, said } = await runProgram({}, "serve", "--port", "0", "--data", two.dir);
  assertEquals(code, 1);
  assertMatch(said, /its data are of a node of the cluster [\da-f]{32}: start that node/);
  const sound = await runProgram({}, "check", "--data", two.dir);
  assertEquals(sound.code, 0, sound.said);
  using eve = await joinClassic(one, "eve");
  await hears(eve, ann, "in between");
  await two.start();
  assertEquals(two.kept, "3 messages in 1 room");
  {
    using carl = await joinClassic(two, "carl");
    await hears(carl, ann, "back again");
    await two.end("SIGKILL");
  }
  await two.start();
  using dora = await joinClassic(two, "dora");
  await hears(dora, ann, "after a crash");
  await hears(ann, dora, "and before");
});

/** What one says comes to the other. */
async function hears(from: RawPeer, to: RawPeer, text: string): Promise<void> {
  await from.send(`${text.length}`.padEnd(10) + text);
  while (await to.takeFrame() !== text);
}
