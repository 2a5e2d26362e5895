/** The stream over NATS: on one server, and on three that are killed, held up and restarted. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { natsPlace } from "../../lib/cluster/nats_place.ts";
import { type NatsStream, openNatsStream } from "../../lib/cluster/nats_stream.ts";
import { type NatsServer, NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { makeStream, natsWorld, openNode } from "../fixtures/nats_world.ts";
import {
  appendSurely,
  assertAgree,
  eventually,
  keepReading,
  type KeptReading,
  readUntil,
  streamContract,
} from "../fixtures/stream_contract.ts";
import { testUnless } from "../fixtures/tools.ts";

let one: NatsServers | undefined;
let three: NatsServers | undefined;
// Outside of the tests, which each of them use.
Deno.test.beforeAll(async () => {
  if (NO_NATS === undefined) {
    [one, three] = [await NatsServers.start(1), await NatsServers.start(3)];
  }
});
Deno.test.afterAll(async () => {
  for (const servers of [one, three]) await servers?.[Symbol.asyncDispose]();
});

for (const [count, servers] of [["one", () => one], ["three", () => three]] as const) {
  streamContract(`${count} of NATS`, async () => {
    const started = servers();
    assert(started !== undefined);
    return await natsWorld(started);
  }, { why: NO_NATS });
}

testUnless(
  NO_NATS,
  "what is larger than the server takes is told and not sent, also when that was lowered",
  async () => {
    await using servers = await NatsServers.start(1, { config: "max_payload: 1048576" });
    const [server] = servers.all as [NatsServer];
    const told: string[] = [];
    const node = await openNatsStream({
      place: natsPlace({ servers: server.url, name: "large" }),
      maxPayload: 65_536,
      label: "a test",
      onTrouble: (text) => told.push(text),
    });
    try {
      await makeStream(node, "large", 1);
      const reading = keepReading(node, 1);
      assertEquals(node.maxBytes, 1_048_576);
      for (const length of [1_048_577, 2_000_000]) node.send(new Uint8Array(length));
      assertEquals(told, [
        "1048577 bytes for chatroom.large.log were not sent: the NATS server s1 takes messages of " +
        "1048576 bytes (max_payload); raise that",
      ]);
      await server.configure("max_payload: 100000");
      // The server tells its clients nothing, but of the first message that is too large.
      await eventually("the way is lost", () => {
        node.send(new Uint8Array(300_000));
        return !node.isConnected;
      });
      // What it takes that it was connected to last, and not that of no server or of one that will not do.
      assertEquals(node.maxBytes, 1_048_576);
      await eventually(
        "the reason is told",
        () => /takes messages of 100000/.test(told.at(-1) ?? ""),
      );
      assertMatch(told.at(-1) ?? "", /it takes 397312 for this --max-payload; raise the one/);
      assertEquals(node.maxBytes, 1_048_576);
      await server.configure("max_payload: 1048576");
      await eventually("the way is back", () => node.isConnected);
      const { seq } = await appendSurely(node, "end");
      await readUntil([reading], seq);
    } finally {
      await node.close();
    }
  },
);

/** Three nodes that read all and append without a pause, while something is done to the servers. */
class Load implements AsyncDisposable {
  readonly servers: NatsServers;
  readonly nodes: readonly NatsStream[];
  readonly readings: readonly KeptReading[];
  /** Where each text was said to be. */
  readonly said = new Map<string, number>();
  readonly #tasks: Promise<void>[];
  #isOver = false;

  private constructor(servers: NatsServers, nodes: readonly NatsStream[]) {
    this.servers = servers;
    this.nodes = nodes;
    this.readings = nodes.map((node) => keepReading(node, 1));
    this.#tasks = nodes.flatMap((node, n) =>
      [0, 1, 2, 3].map((lane) => this.#append(node, n, lane))
    );
  }

  static async start(): Promise<Load> {
    const servers = await NatsServers.start(3);
    const nodes = await Promise.all([0, 1, 2].map(() => openNode(servers.urls, "load")));
    await makeStream(nodes[0] as NatsStream, "load", 3);
    return new Load(servers, nodes);
  }

  /** The server that leads the stream. */
  async leader(): Promise<string> {
    let name = "";
    await eventually("a leader", async () => {
      for (const node of this.nodes) {
        const info = await node.api.streamInfo(2_000).catch(() => undefined);
        name = info?.cluster?.leader ?? "";
        if (name !== "") return true;
      }
      return false;
    });
    return name;
  }

  /** Waits until so many more appends were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.said.size + count;
    await eventually(`${count} more appends`, () => this.said.size >= wanted);
  }

  /** Ends it and looks: nothing that was acknowledged is lost, and all nodes have read the same. */
  async check(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#tasks);
    const { seq } = await appendSurely(this.nodes[0] as NatsStream, "end");
    await readUntil(this.readings, seq);
    assertAgree(this.readings, this.said);
    assertEquals(this.readings.map(({ lost }) => lost), [undefined, undefined, undefined]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const node of this.nodes) await node.close();
    await Promise.all(this.#tasks);
    await this.servers[Symbol.asyncDispose]();
  }

  async #append(node: NatsStream, n: number, lane: number): Promise<void> {
    for (let count = 0; !this.#isOver; count++) {
      const text = `${n} ${lane} ${count}`;
      try {
        this.said.set(text, await node.append(new TextEncoder().encode(text)));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

testUnless(NO_NATS, "kill -9 of the leader loses nothing that was acknowledged", async () => {
  await using load = await Load.start();
  await load.more(50);
  for (let times = 0; times < 2; times++) {
    const leader = load.servers.named(await load.leader());
    await leader.kill();
    await load.more(100);
    await leader.start();
    await load.more(100);
  }
  await load.check();
});

testUnless(NO_NATS, "a leader that is held up and goes on loses nothing", async () => {
  await using load = await Load.start();
  await load.more(50);
  const leader = load.servers.named(await load.leader());
  leader.signal("SIGSTOP");
  try {
    await load.more(100);
    assert(await load.leader() !== leader.name);
  } finally {
    leader.signal("SIGCONT");
  }
  await load.more(100);
  await load.check();
});

testUnless(
  NO_NATS,
  "all servers killed at once and started again have all they acknowledged",
  async () => {
    await using load = await Load.start();
    await load.more(100);
    await Promise.all(load.servers.all.map((server) => server.kill()));
    await eventually("the loss is noticed", () => load.nodes.every((node) => !node.isConnected));
    await Promise.all(load.servers.all.map((server) => server.start()));
    await load.more(100);
    await load.check();
  },
);

testUnless(
  NO_NATS,
  "servers that are restarted one after the other interrupt nobody for long",
  async () => {
    await using load = await Load.start();
    for (const server of load.servers.all) {
      await load.more(50);
      await server.kill("SIGTERM");
      await load.more(20);
      await server.start();
    }
    await load.more(50);
    await load.check();
  },
);
