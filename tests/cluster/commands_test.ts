/** What whoever runs a cluster does beside its nodes: commands hold on all, and data are looked at. */

import { assertEquals, assertMatch } from "@std/assert";
import { eventFrame, joinEvent, RawPeer, until } from "../helpers.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { NodeProcess, type ProgramEnd, runProgram } from "../fixtures/node_process.ts";
import { testUnless } from "../fixtures/tools.ts";

const PASSWORD = "a password of nine words";

/** A cluster of nodes on one NATS server, with these flags. */
async function startNodes(
  stack: AsyncDisposableStack,
  names: readonly string[],
  flags: readonly string[] = [],
): Promise<NodeProcess[]> {
  const servers = stack.use(await NatsServers.start(1));
  const env = { CHATROOM_CLUSTER: servers.urls.join(), CHATROOM_CLUSTER_REPLICAS: "1" };
  const made = await runProgram(env, "cluster", "init", "--max-rooms", "77");
  assertEquals(made.code, 0, made.said);
  const directory = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const nodes = names.map((name) =>
    stack.use(new NodeProcess({ name, dir: `${directory}/${name}`, env, flags }))
  );
  for (const node of nodes) await node.start();
  return nodes;
}

/** Runs a command on the data of a node. */
async function on(node: NodeProcess, ...args: string[]): Promise<ProgramEnd> {
  return await runProgram({}, ...args, "--data", node.dir);
}

testUnless(NO_NATS, "a command beside any node holds on all of them", async () => {
  await using stack = new AsyncDisposableStack();
  const [one, two] = await startNodes(stack, ["n1", "n2"]) as [NodeProcess, NodeProcess];
  const file = `${one.dir}-password`;
  await Deno.writeTextFile(file, PASSWORD);
  const added = await on(one, "user", "add", "olga", "--role", "owner", "--password-file", file);
  assertEquals(added.code, 0, added.said);
  using olga = await joinEvent(two, "olga", { login: PASSWORD });
  assertEquals(olga.ready["name"], "olga");
  await olga.ask({ type: "join", room: "dev" });
  await olga.ask({ type: "say", room: "dev", text: "hello" });
  using _eve = await joinEvent(one, "eve");
  assertEquals((await olga.ask({ type: "mod", action: "ban", target: "eve" })).type, "mod");
  {
    using out = await RawPeer.connect(one);
    await out.send(eventFrame("eve"), eventFrame({ type: "hello", id: "1" }));
    assertEquals((await out.takeType("bye"))["reason"], "banned");
  }
  const listed = await on(two, "ban", "list");
  assertMatch(listed.said, /eve/);
  // Beside the other one than where it was imposed.
  const lifted = await on(one, "ban", "lift", "eve");
  assertEquals(lifted.code, 0, lifted.said);
  using again = await joinEvent(two, "eve");
  assertEquals(again.ready["name"], "eve");
  const titled = await on(two, "room", "title", "dev", "The", "workshop");
  assertEquals(titled.code, 0, titled.said);
  await until("the other node has it", async () => {
    return (await on(one, "room", "list")).said.includes("title: The workshop");
  });
  const invited = await on(one, "invite", "--room", "dev");
  assertEquals(invited.code, 0, invited.said);
  const removed = await on(two, "room", "remove", "dev", "--yes");
  assertEquals(removed.code, 0, removed.said);
  await until("it is gone on the other node", async () => {
    return !(await on(one, "room", "list")).said.includes("dev");
  });
  // A server keeps one owner at least.
  const other = await on(one, "user", "add", "otto", "--role", "owner", "--password-file", file);
  assertEquals(other.code, 0, other.said);
  const gone = await on(two, "user", "remove", "olga");
  assertEquals(gone.code, 0, gone.said);
  assertEquals((await olga.takeType("bye"))["type"], "bye");
});

testUnless(
  NO_NATS,
  "the data of a node can be looked at and not be changed beside it",
  async () => {
    await using stack = new AsyncDisposableStack();
    const [one, two] = await startNodes(stack, ["n1", "n2"]) as [NodeProcess, NodeProcess];
    using ann = await joinEvent(one, "ann");
    await ann.ask({ type: "say", room: "lobby", text: "to be looked at" });
    await until("the other node has it", async () => {
      return (await on(two, "export")).said.includes("to be looked at");
    });
    for (const node of [one, two]) {
      const { code, said } = await on(node, "check");
      assertEquals(code, 0, said);
    }
    // A copy of it, taken while it runs, as DATA.md says.
    const copy = `${two.dir}-copy.db`;
    const backup = await new Deno.Command("sqlite3", {
      args: [`${two.dir}/chatroom.db`, `.backup ${copy}`],
    }).output().catch(() => undefined);
    assertEquals(await two.end(), 0);
    for (
      const args of [
        ["user", "add", "olga", "--password-file", "/dev/null"],
        ["ban", "lift", "eve"],
        ["room", "access", "lobby", "invite"],
        ["room", "remove", "dev", "--yes"],
        ["invite", "--room", "lobby"],
        ["import"],
      ]
    ) {
      const { code, said } = await on(two, ...args);
      assertEquals(code === 0, false, `${args.join(" ")}: ${said}`);
      if (args[0] === "user") continue;
      assertMatch(said, /its data are of a node of the cluster [\da-f]{32}: start that node/);
    }
    await ann.ask({ type: "say", room: "lobby", text: "said meanwhile" });
    if (backup?.success) {
      // One that is put back goes on from where it was taken.
      for (const suffix of ["-wal", "-shm"]) {
        await Deno.remove(`${two.dir}/chatroom.db${suffix}`).catch(() => {});
      }
      await Deno.rename(copy, `${two.dir}/chatroom.db`);
    }
    await two.start();
    await until("it has caught up", async () => {
      return (await on(two, "export")).said.includes("said meanwhile");
    });
    const { code, said } = await on(two, "check");
    assertEquals(code, 0, said);
  },
);

testUnless(NO_NATS, "a limit that is said and that the cluster has otherwise is told", async () => {
  await using stack = new AsyncDisposableStack();
  const flags = ["--max-rooms", "5", "--max-directs", "3", "--log-format", "json"];
  const [one] = await startNodes(stack, ["n1"], flags.slice(0, 2).concat(flags.slice(4)));
  const told = (one?.log ?? "").split("\n").filter((line) => line.includes("another limit"));
  assertEquals(told.length, 1, one?.log);
  const { limit, here, cluster } = JSON.parse(told[0] ?? "{}");
  assertEquals([limit, here, cluster], ["max-rooms", 5, 77]);
});
