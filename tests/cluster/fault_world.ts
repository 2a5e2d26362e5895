/**
 * A cluster of real NATS servers and real nodes under load, to which a test does something; what its clients
 * were promised, and what the nodes have made of it, is compared then.
 */

import { assert, assertEquals } from "@std/assert";
import { COMMON_LIMITS, type CommonLimits, newConfig } from "../../lib/cluster/config.ts";
import { makeStream } from "../../lib/cluster/nats_admin.ts";
import type { NatsStream } from "../../lib/cluster/nats_stream.ts";
import { withDefaults } from "../../lib/server/limits.ts";
import { Journal } from "../crash/journal.ts";
import { verify } from "../crash/verify.ts";
import { joinEvent } from "../helpers.ts";
import type { NatsServer, NatsServers } from "../fixtures/nats_servers.ts";
import { openNode } from "../fixtures/nats_world.ts";
import { eventually } from "./eventually.ts";
import { Load, type LoadPlace } from "./fault_load.ts";
import { FaultNode } from "./fault_node.ts";
import { NameRaces } from "./name_races.ts";
import { QuorumWatch } from "./quorum_watch.ts";
import { differing, digestOf, type StoreDigest } from "./store_digest.ts";

/** Clients of each node. */
const CLIENTS = 2;

/** How much the log of a cluster holds, unless a test says that. */
const LOG_BYTES = 1_000_000_000;

let clusters = 0;

/** Options of {@linkcode FaultWorld.start}. */
export interface FaultWorldOptions {
  /** The names of the nodes that it begins with; three unless told. */
  readonly nodes?: readonly string[];
  /** How large the log becomes before its beginning goes, in bytes. */
  readonly logBytes?: number;
}

/** A cluster on servers that others may use, too. */
export class FaultWorld implements AsyncDisposable {
  readonly servers: NatsServers;
  readonly cluster: string;
  readonly nodes: FaultNode[] = [];
  readonly journal = new Journal();
  readonly races: NameRaces;
  readonly quorum: QuorumWatch;
  readonly #admin: NatsStream;
  #loads = 0;
  #load: Load | undefined;

  private constructor(servers: NatsServers, cluster: string, admin: NatsStream) {
    this.servers = servers;
    this.cluster = cluster;
    this.#admin = admin;
    this.races = new NameRaces(this.nodes);
    this.quorum = new QuorumWatch(servers, (among) => this.#hasLeader(among));
  }

  /** Makes a cluster on these servers, and starts its nodes. */
  static async start(
    servers: NatsServers,
    { nodes = ["n1", "n2", "n3"], logBytes = LOG_BYTES }: FaultWorldOptions = {},
  ): Promise<FaultWorld> {
    const cluster = `c${Deno.pid}-${++clusters}`;
    const world = new FaultWorld(servers, cluster, await openNode(servers.urls, cluster));
    try {
      // Clients of all faults come from one address, each with notes of its own.
      const all = withDefaults({ newChatsPerHour: 1_000_000 });
      const limits = Object.fromEntries(COMMON_LIMITS.map((name) => [name, all[name]]));
      const keeping = { replicas: servers.all.length, maxAgeMs: 86_400_000, maxBytes: logBytes };
      await makeStream(world.#admin, cluster, keeping, newConfig(limits as CommonLimits));
      for (const name of nodes) await world.add(name);
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  node(name: string): FaultNode {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`There is no node ${name}`);
    return node;
  }

  /** Makes a node without any data, in a directory of its own unless one is named, and starts it. */
  async add(name: string, dir?: string): Promise<FaultNode> {
    const node = new FaultNode(
      name,
      dir ?? await Deno.makeTempDir({ prefix: "chatroom_node_" }),
      this.servers,
      this.cluster,
    );
    this.nodes.push(node);
    await this.start(node);
    return node;
  }

  /**
   * Starts a node that was ended: again where it could not reach the cluster, or the log has gone on without
   * it meanwhile, as whatever runs it would.
   */
  async start(node: FaultNode): Promise<void> {
    await eventually(`${node.name} starts`, async () => {
      const ended = await node.start();
      if (ended === undefined) return true;
      const { said } = ended;
      assert(
        /can't be reached|can't be read|needs a copy/.test(said),
        `${node.name} did not start: ${said}`,
      );
      return false;
    });
  }

  /** Ends a node for good, and forgets it. */
  async remove(node: FaultNode): Promise<void> {
    await node[Symbol.asyncDispose]();
    this.nodes.splice(this.nodes.indexOf(node), 1);
    await Deno.remove(node.dir, { recursive: true }).catch(() => {});
  }

  /** The NATS server that leads the log. */
  async leader(): Promise<NatsServer> {
    let name = "";
    await eventually("a leader of the log", async () => (name = await this.#leader()) !== "");
    return this.servers.named(name);
  }

  /** Its name; empty where there is none now. */
  async #leader(asked = this.#admin): Promise<string> {
    const info = await asked.api.streamInfo(2_000).catch(() => undefined);
    return info?.cluster?.leader ?? "";
  }

  /** Whether these servers have one; the one that is cut off knows of none, and is not asked. */
  async #hasLeader(among: readonly NatsServer[]): Promise<boolean> {
    if (among.length === this.servers.all.length) return await this.#leader() !== "";
    const asked = await openNode(among.map(({ url }) => url), this.cluster).catch(() => undefined);
    if (asked === undefined) return false;
    try {
      return await this.#leader(asked) !== "";
    } finally {
      await asked.close();
    }
  }

  /** The first message that the log still has. */
  async first(): Promise<number> {
    const info = await this.#admin.api.streamInfo(5_000);
    return info.state.first_seq;
  }

  /** The last message of the log, as soon as it can be asked. */
  async #last(): Promise<number> {
    let last = NaN;
    await eventually("the log can be asked", async () => {
      last = (await this.#admin.api.ledStream(5_000).catch(() => undefined))?.state.last_seq ?? NaN;
      return !Number.isNaN(last);
    });
    return last;
  }

  /** What the clients do that are there now. */
  get load(): Load {
    assert(this.#load !== undefined, "nobody is there");
    return this.#load;
  }

  /** Has clients talk at each node, or at these places, while something is done; compares all then. */
  async underLoad(work: () => Promise<void>, places: readonly LoadPlace[] = []): Promise<void> {
    const all = places.length > 0 ? places : [...this.nodes];
    const load = this.#load = new Load(`l${++this.#loads}`, this.journal, all, CLIENTS);
    const over = new AbortController();
    const racing = Promise.all([this.races.run(over.signal), this.quorum.run(over.signal)]);
    const { won } = this.races;
    try {
      await load.more(100);
      await work();
      await load.more(50);
      await eventually("somebody wins a name", () => this.races.won > won);
      over.abort();
      await racing;
      await load.settle();
      await this.check();
    } catch (error) {
      const told = [this.told, await this.servers.told()].join("\n");
      throw new Error(`${(error as Error).message}\n${told}`, { cause: error });
    } finally {
      over.abort();
      await racing;
      await load.end();
      this.#load = undefined;
    }
  }

  /**
   * Compares what nodes that run have stored, with each other and with what clients were promised: all that is in
   * the log by now. A node commits what it has applied a moment after it has acked it.
   */
  async check(): Promise<void> {
    const nodes = this.nodes.filter(({ isUp }) => isUp);
    const last = await this.#last();
    const hashes = new Map<number, string>();
    let digests: StoreDigest[] = [];
    let apart: string[] = [];
    await eventually("all nodes have stored the same", () => {
      digests = nodes.map(({ dir }) => digestOf(dir));
      for (const { place: { seq, hash } } of digests) {
        assertEquals(hashes.get(seq) ?? hash, hash, `nodes have come apart at ${seq}`);
        hashes.set(seq, hash);
      }
      apart = differing(digests);
      return apart.length === 0 && digests.every(({ place }) => place.seq >= last);
    }).catch((error) => {
      const places = digests.map(({ place }) => place.seq).join(", ");
      throw new Error(
        `${error.message}: they stand at ${places} of ${last}, and differ in ${apart.join(", ")}`,
      );
    });
    for (const { dir } of nodes) verify(this.journal, dir);
    assertEquals(this.journal.faults, []);
    assertEquals(this.races.faults, []);
    await eventually("all nodes show the same people", async () => {
      const shown = await Promise.all(nodes.map((node) => namesAt(node)));
      return new Set(shown.map((names) => names.join())).size === 1;
    });
  }

  /** What the nodes have said, for whoever looks at a failure. */
  get told(): string {
    return this.nodes.map(({ name, said, isUp }) =>
      `== ${name}, ${isUp ? "running" : "ended"}:\n${said.slice(-3_000)}`
    ).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load?.end();
    for (const node of [...this.nodes]) await this.remove(node);
    await this.#admin.api.deleteStream(5_000).catch(() => {});
    await this.#admin.close();
  }
}

/** Who is in the first room as one node shows it, without whoever looks, who is a visitor. */
async function namesAt({ addr }: FaultNode): Promise<string[]> {
  if (addr === undefined) return [];
  const name = `look-${crypto.randomUUID().slice(0, 8)}`;
  using peer = await joinEvent({ addr }, name, { visitor: true });
  const { members = [] } = await peer.ask({ type: "who", room: "lobby" });
  return members.map(String).sort();
}
