/**
 * Clients of the first version at today's server: what they sent then is sent again, and the server
 * must answer as its first version did. More fields may be there; nothing else.
 */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { Server } from "../lib/server/serve.ts";
import { CHEAP, LOGIN, logWith } from "./fixtures/guests.ts";
import {
  type Line,
  payloadOf,
  recording,
  RECORDINGS,
  STORE,
  UPGRADE,
} from "./fixtures/recorded.ts";
import { type Cast, Replay } from "./fixtures/replay.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, type RawPeer, startServer } from "./helpers.ts";

const ACCOUNTS = { olga: "owner", zoe: "member", keeper: "member" } as const;

/** A room that nobody of those who were recorded may know of, and what is said in it. */
const SECRET_ROOM = "vault";
const SECRET_TEXT = "hello to those whom we asked";

async function start(): Promise<Server & { readonly log: MemoryLog }> {
  const log = await logWith(ACCOUNTS);
  return Object.assign(startServer({ factLog: log, passwords: CHEAP }), { log });
}

for (const name of RECORDINGS) {
  Deno.test(`${name} of the first version is answered as it was`, async () => {
    await using server = await start();
    const lines = await recording(name);
    await new Replay(server, lines).run();
  });
}

/** One person of today on two devices, who takes turns with them. */
class TwoDevices implements Cast, Disposable {
  readonly #server: Server;
  readonly #name: string;
  readonly #devices: RawPeer[] = [];
  readonly #heard: Json[][] = [[], []];
  #asked = 0;

  constructor(server: Server, name: string) {
    this.#server = server;
    this.#name = name;
  }

  async come(hello: Json): Promise<void> {
    for (const device of ["one", "two"]) {
      const features = ["people"];
      const more = { login: hello.login, room: "lobby", features, label: device };
      this.#devices.push(await joinEvent(this.#server, this.#name, more));
    }
  }

  async ask(request: Json): Promise<void> {
    const answer = await this.#answer(this.#asked++ % this.#devices.length, request);
    if (answer.type === "error") throw new Error(`${this.#name} was refused: ${answer.text}`);
  }

  /** What the devices have heard so far, each for itself, without answers. */
  async heard(): Promise<Json[][]> {
    for (const n of this.#devices.keys()) await this.#answer(n, { type: "ping", id: "fence" });
    return this.#heard;
  }

  [Symbol.dispose](): void {
    for (const device of this.#devices) device[Symbol.dispose]();
  }

  async #answer(n: number, request: Json): Promise<Json> {
    const device = this.#devices[n] as RawPeer;
    await device.tell(request);
    for (;;) {
      const event = await device.takeEvent();
      if (event.id === request.id) return event;
      this.#heard[n]?.push(event);
    }
  }
}

/** Makes a room in which only those are who were asked, with somebody in it who talks. */
async function makeSecretRoom(server: Server): Promise<RawPeer> {
  const keeper = await joinEvent(server, "keeper", { login: LOGIN, features: ["people"] });
  const room = SECRET_ROOM;
  assertEquals((await keeper.ask({ type: "join", room, access: "invite" })).type, "joined");
  for (
    const request of [
      { type: "topic", room, text: SECRET_TEXT },
      { type: "say", room, text: SECRET_TEXT },
      { type: "invite", room, name: "zoe" },
      { type: "leave", room: "lobby" },
    ]
  ) assert((await keeper.ask(request)).type !== "error", `${request.type} is refused`);
  return keeper;
}

/** What was recorded of one's events. */
function recorded(lines: readonly Line[], who: string): Json[] {
  return lines.flatMap(([by, step, frame = ""]) =>
    by === who && step === "got" ? [JSON.parse(payloadOf(frame))] : []
  );
}

/**
 * The texts of what others said, without what was said in a room before: that comes to the device
 * alone that enters the room.
 */
function textsOf(events: readonly Json[], before: readonly Json[], type: string): string[] {
  const isOld = ({ room, seq }: Json): boolean =>
    before.some((joined) => joined.room === room && seq <= joined.last);
  return events.filter((event) => event.type === type && !event.own && !isOld(event))
    .map(({ text }) => text);
}

for (const name of RECORDINGS) {
  Deno.test(`${name} of the first version is answered as it was, beside a person with two devices`, async () => {
    await using server = await start();
    using keeper = await makeSecretRoom(server);
    const lines = await recording(name);
    using zoe = new TwoDevices(server, "zoe");
    const replay = new Replay(server, lines, { zoe });
    await replay.run();
    for (const payload of replay.received) {
      assert(!payload.includes(SECRET_ROOM) && !payload.includes(SECRET_TEXT), payload);
    }
    const then = recorded(lines, "zoe");
    const joined = then.filter(({ type, last }) => type === "joined" && last !== undefined);
    for (const events of await zoe.heard()) {
      for (const type of ["direct", "message"]) {
        assertEquals(textsOf(events, joined, type), textsOf(then, joined, type));
      }
    }
    assertEquals((await keeper.ask({ type: "who", room: SECRET_ROOM })).members, ["keeper"]);
  });
}

/** The data of the first version's server as it left them in the middle of a conversation. */
async function restoreStore(dir: string): Promise<void> {
  const path = `${dir}/chatroom.db`;
  const { body } = await fetch(STORE.database);
  const gunzip = new DecompressionStream("gzip");
  await Deno.writeFile(path, await new Response(body?.pipeThrough(gunzip)).bytes());
  await Deno.copyFile(STORE.boot, `${dir}/boot`);
  // What was recorded gets older than sessions are kept.
  using db = new DatabaseSync(path);
  db.prepare("UPDATE session SET used = ?").run(Date.now());
}

Deno.test("clients of the first version go on with today's server where they were cut off", async () => {
  await using dir = await makeDir();
  await restoreStore(dir.path);
  await using server = await startStored(dir.path);
  const lines = await recording(UPGRADE);
  const after = lines.slice(lines.findIndex(([, step]) => step === "restart") + 1);
  const replay = new Replay(server, after);
  await replay.run();
  const epochs = replay.received.flatMap((payload) => JSON.parse(payload).epoch ?? []);
  assert(payloadOf(lines[2]?.[2] ?? "").includes(epochs[0]), "the epoch is what it was");
  assertEquals(new Set(epochs).size, 1);
});
