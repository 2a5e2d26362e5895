/**
 * The battery's rows on faults of the network, the process and the clock; those of the disk are
 * with the tests of the store.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { besideBystanders } from "./fixtures/bystanders.ts";
import {
  classicFrame,
  eventFrame,
  joinClassic,
  joinEvent,
  type Json,
  RawPeer,
  startServer,
  until,
  within,
} from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

// The deadlines are 1/15 of what they are by default, so that 45 s are 3 s; that for those who come, who
// may have to wait for a busy machine, is longer.
const HASTY = {
  pingMs: 2_000,
  silenceMs: 3_000,
  writeMs: 1_000,
  frameMs: 2_000,
  handshakeMs: 3_000,
  nameMs: 0,
};

Deno.test("Faults: the link cut (no FIN): noticed within 45 s, of a silent event client", async () => {
  await besideBystanders({ limits: HASTY }, async ({ server }) => {
    await using proxy = new Proxy(server);
    using cut = await joinEvent(proxy, "cut");
    using witness = await joinEvent(server, "witness");
    proxy.hold();
    const began = performance.now();
    const left = await leaves(witness, "cut");
    assertEquals([left.name, left.reason], ["cut", "idle"]);
    assert(performance.now() - began >= 2_000, "it was dropped before its time");
    await cut.send(eventFrame({ type: "ping" }));
  });
});

Deno.test("Faults: the link cut (no FIN): noticed within 45 s, while much is on its way", async () => {
  await besideBystanders(
    { limits: { ...HASTY, pingMs: 9e6, silenceMs: 9e6 } },
    async ({ server }) => {
      await using proxy = new Proxy(server);
      // A classic client is not asked for signs of life: its writes are what stands still.
      using _cut = await joinClassic(proxy, "cut");
      using witness = await joinEvent(server, "witness");
      proxy.hold();
      let over = false;
      const left = leaves(witness, "cut").finally(() => over = true);
      using flood = await joinClassic(server, "flood");
      const drained = flood.takeRest().catch(() => "");
      for (let i = 0; !over && i < 2_000; i++) {
        await flood.send(classicFrame("x".repeat(20_000)));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assertEquals((await left).reason, "slow");
      await flood.conn.closeWrite();
      await drained;
    },
  );
});

Deno.test("Faults: the link cut (no FIN) in the middle of a frame and of the opening", async () => {
  const overheard = await besideBystanders({ limits: HASTY }, async ({ server }) => {
    await using proxy = new Proxy(server);
    using early = await RawPeer.connect(proxy);
    await early.send("         5ear");
    using late = await joinClassic(proxy, "late");
    await late.send(classicFrame("/who"), "100       half");
    // The answer shows that what was sent with the question is there too.
    await late.takePair();
    proxy.hold();
    await until("both are dropped", () => server.connections === 2);
  });
  assertEquals(overheard, []);
});

const IS_LINUX = Deno.build.os === "linux";

Deno.test({
  name: "Faults: the link cut (no FIN), of a silent classic client: the system looks after it" +
    (IS_LINUX ? "" : " (skipped: only Linux shows a socket's timers)"),
  ignore: !IS_LINUX,
  async fn(): Promise<void> {
    await using server = startServer();
    using _silent = await joinClassic(server, "silent");
    const { port } = server.addr;
    let timers: string[] = [];
    // While bytes are on their way it is another timer.
    await until("a keepalive", () => {
      timers = timersOf(port);
      return timers.length > 0 && timers.every((timer) => timer === "02");
    });
    assertEquals(timers.length, 1);
  },
});

/** The kinds of timers that this machine's connections to a port have, on the side of the port. */
function timersOf(port: number): string[] {
  const local = port.toString(16).toUpperCase().padStart(4, "0");
  // To read it itself takes all permissions that there are.
  const { stdout } = new Deno.Command("cat", { args: ["/proc/net/tcp"] }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n").slice(1).map((row) =>
    row.trim().split(/\s+/)
  )
    .filter(([, address, , state]) => address?.endsWith(`:${local}`) && state === "01")
    .map((fields) => fields[5]?.slice(0, 2) ?? "");
}

/** The news that `name` has left, answering what the server asks meanwhile. */
async function leaves(witness: RawPeer, name: string): Promise<Json> {
  for (;;) {
    const event = await witness.takeEvent();
    if (event.type === "ping") await witness.send(eventFrame({ type: "pong" }));
    if (event.type === "left" && event.name === name) return event;
  }
}

Deno.test({
  name: "Faults: SIGTERM under load: everyone told, all acked stored, exit 0 within 10 s",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const dir = await Deno.makeTempDir();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        MAIN,
        "serve",
        "--port",
        "0",
        "--data",
        dir,
        "--log-level",
        "error",
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    const port = Number(/:(\d+)$/.exec((await lines.next()).value ?? "")?.[1]);
    const server = { addr: { transport: "tcp", hostname: "127.0.0.1", port } as const };
    const talkers = await Promise.all([1, 2, 3, 4].map((n) => Talker.begin(server, `talker ${n}`)));
    using classic = await joinClassic(server, "classic");
    const classicRest = classic.takeRest();
    await until("some acks", () => talkers.every(({ acked }) => acked.size > 100));
    const began = performance.now();
    child.kill("SIGTERM");
    await Promise.all(talkers.map((talker) => within("the end", talker.ended)));
    assertStringIncludes(await classicRest, "The server is shutting down.");
    while (!(await lines.next()).done);
    const { code } = await child.status;
    assertEquals([code, await stderr], [0, ""]);
    assert(performance.now() - began < 10_000);
    for (const { bye } of talkers) assertEquals(bye, "shutdown");
    {
      await using history = await LocalLog.open({ dir });
      const stored = new Map<number, string>();
      for (let after = 0; after < history.index.last(roomLog("lobby")); after += 200) {
        const { entries } = await history.index.page(roomLog("lobby"), { after, limit: 200 });
        for (const { message } of entries) stored.set(message.seq, message.text);
      }
      assertEquals([...stored.keys()], Array.from({ length: stored.size }, (_, i) => i + 1));
      for (const { acked } of talkers) {
        for (const [seq, text] of acked) assertEquals(stored.get(seq), text);
      }
    }
    await Deno.remove(dir, { recursive: true });
  },
});

/** Says something all the time and keeps what was acked. */
class Talker {
  /** The text by the seq that its ack had. */
  readonly acked = new Map<number, string>();
  bye: string | undefined;
  readonly ended: Promise<void>;
  readonly #peer: RawPeer;
  readonly #name: string;
  #said = 0;

  private constructor(peer: RawPeer, name: string) {
    this.#peer = peer;
    this.#name = name;
    this.ended = this.#talk().finally(() => peer[Symbol.dispose]());
  }

  static async begin(server: Pick<Proxy, "addr">, name: string): Promise<Talker> {
    return new Talker(await joinEvent(server, name), name);
  }

  async #talk(): Promise<void> {
    for (let i = 0; i < 32; i++) await this.#say();
    while (this.bye === undefined) {
      const event = await this.#peer.takeEvent();
      if (event.type === "bye") this.bye = event.reason;
      if (event.type !== "ack") continue;
      this.acked.set(event.seq, `${this.#name} says ${event.id}`);
      await this.#say();
    }
  }

  async #say(): Promise<void> {
    const id = `${++this.#said}`;
    const text = `${this.#name} says ${id}`;
    // The server takes nothing more once it stops.
    await this.#peer.send(eventFrame({ type: "say", id, room: "lobby", text })).catch(() => {});
  }
}

/** The clock of this process, moved. */
class MovedClock implements Disposable {
  static readonly DAY_MS = 86_400_000;
  readonly #now = Date.now;

  move(ms: number): void {
    Date.now = () => this.#now() + ms;
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
  }
}

for (const [way, days] of [["forward", 1], ["back", -1]] as const) {
  Deno.test(`Faults: clock moved by a day either way: order and time-outs unchanged, ${way}`, async () => {
    const limits = { ...HASTY, pingMs: 100, silenceMs: 3_000, nameMs: 1_000, sessionMs: 60_000 };
    using clock = new MovedClock();
    const factLog = new MemoryLog({
      now: () => Date.now(),
      epoch: "an epoch",
      messagesPerRoom: 100,
      maxBytes: 1_048_576,
    });
    await using server = startServer({ limits, factLog });
    using ann = await joinEvent(server, "ann");
    using bob = await joinEvent(server, "bob");
    using silent = await joinEvent(server, "silent");
    const times: number[] = [];
    for (let i = 1; i <= 10; i++) {
      if (i === 6) clock.move(days * MovedClock.DAY_MS);
      const { seq } = await ann.ask({ type: "say", id: `${i}`, room: "lobby", text: `t${i}` });
      assertEquals(seq, i);
      const message = await bob.takeType("message");
      assertEquals([message.seq, message.text], [i, `t${i}`]);
      // Only one of them is silent, however long this takes.
      await bob.send(eventFrame({ type: "pong" }));
      times.push(Date.parse(message.at));
    }
    const jump = (times[5] ?? 0) - (times[4] ?? 0);
    assert(Math.abs(jump) > MovedClock.DAY_MS / 2, "the clock was not moved");
    // Nobody was dropped at once, and who is silent is dropped at its time.
    assertEquals(server.connections, 3);
    const pongs = [ann, bob].map(async (peer) => {
      const left = await leaves(peer, "silent");
      assertEquals(left.reason, "idle");
    });
    await Promise.all([
      ...pongs,
      silent.takeType("bye").then(({ reason }) => assertEquals(reason, "idle")),
    ]);
    // Its session is still there, with all that was said before and after.
    const { epoch } = silent.welcome;
    using again = await joinEvent(server, "silent", {
      session: silent.ready.session,
      resume: { epoch, seq: { lobby: 3 } },
    });
    assertEquals([again.ready.type, again.ready.name], ["ready", "silent"]);
    for (let seq = 4; seq <= 10; seq++) assertEquals((await again.takeType("message")).seq, seq);
  });
}
