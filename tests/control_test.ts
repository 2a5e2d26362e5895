/** The control port: who knows the token is answered, whoever does not is cut off, and costs nobody anything. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Fact, Ticket } from "../lib/chat/log/fact.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import { callControl, NoServerError } from "../lib/cli/call_control.ts";
import { openControl } from "../lib/cli/open_control.ts";
import { ControlListener } from "../lib/server/control.ts";
import type { LogEntry } from "../lib/server/log.ts";
import { type ControlPlace, readControl, writeControl } from "../lib/store/control_file.ts";
import { StoreError } from "../lib/store/faults.ts";
import { ControlLines, proofOf, randomSecret, writeLine } from "../lib/wire/control.ts";
import { askWith, call } from "./fixtures/control.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";
import { STILL_LOG, stillLog } from "./fixtures/still.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, startServer, until } from "./helpers.ts";

const ADD = { type: "user", action: "add", name: "bob", proof: "p" } as const;

/** A server without a store that takes commands, and what its log says of them. */
interface Controlled extends AsyncDisposable {
  readonly place: ControlPlace;
  readonly entries: readonly LogEntry[];
  /** How many callers were cut off. */
  strangers(): number;
  /** Who has reserved a name. */
  owner(name: string): Promise<unknown>;
}

function start(
  { factLog = stillLog(), ...options }: {
    readonly callerMs?: number;
    readonly factLog?: MemoryLog;
  } = {},
): Controlled {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry): void => void entries.push(entry);
  const server = startServer({ log, factLog, passwords: CHEAP, onProblem: () => {} });
  const { shared } = server.host;
  const token = randomSecret();
  const listener = new ControlListener({ shared, token, ...options });
  return {
    place: { port: listener.port, token },
    entries,
    strangers: () => shared.metrics.refusals.get("no-token") ?? 0,
    owner: async (name) => (await shared.house.console({ type: "account", name })).account,
    async [Symbol.asyncDispose](): Promise<void> {
      await listener[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

/** Ways to say something without knowing the token; each ends with the port hanging up. */
const STRANGERS: Readonly<Record<string, (place: ControlPlace) => Promise<Json | undefined>>> = {
  "another token": (place) => askWith({ ...place, token: randomSecret() }, ADD),
  "the token in another case": (place) =>
    askWith({ ...place, token: place.token.toUpperCase() }, ADD),
  "the server's own proof": async (place) => {
    using caller = await call(place);
    await caller.says({ control: 1, nonce: randomSecret() });
    await caller.says({ proof: (await caller.hears())?.proof, request: ADD });
    return await caller.hears();
  },
  "a proof of another conversation": async (place) => {
    using earlier = await call(place);
    const proof = await proofOf(place.token, "command", await earlier.greet());
    using caller = await call(place);
    await caller.greet();
    await caller.says({ proof, request: ADD });
    return await caller.hears();
  },
  "no proof": async (place) => {
    using caller = await call(place);
    await caller.greet();
    await caller.says({ request: ADD });
    return await caller.hears();
  },
  "a proof that is no text": async (place) => {
    using caller = await call(place);
    await caller.greet();
    await caller.says({ proof: { length: 44 }, request: ADD });
    return await caller.hears();
  },
  "a request at once": async (place) => {
    using caller = await call(place);
    await caller.says({ token: place.token, request: ADD });
    return await caller.hears();
  },
  "a nonce of its own taste": async (place) => {
    using caller = await call(place);
    await caller.says({ control: 1, nonce: "x" });
    return await caller.hears();
  },
  "a line of another protocol": async (place) => {
    using caller = await call(place);
    await caller.conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    return await caller.hears();
  },
  "a line without an end": async (place) => {
    using caller = await call(place);
    await caller.conn.write(new Uint8Array(70_000).fill(0x61)).catch(() => {});
    return await caller.hears();
  },
};

for (const [what, talk] of Object.entries(STRANGERS)) {
  Deno.test(`whoever shows ${what} is cut off, counted and logged, and has changed nothing`, async () => {
    await using server = start();
    assertEquals(await talk(server.place), undefined);
    assertEquals(await server.owner("bob"), undefined);
    assertEquals(await callControl(server.place, ADD), {}, "the port goes on");
    assertEquals(await server.owner("bob"), { name: "bob", role: "member" });
    assert(server.strangers() >= 1);
    const logged = server.entries.filter(({ kind }) => kind === "control");
    assertEquals(logged.length, server.strangers());
    assertEquals(logged[0]?.level, "warning");
    assert(!JSON.stringify(server.entries).includes(server.place.token), "no log has the token");
  });
}

Deno.test("whoever says nothing is cut off", async () => {
  await using server = start({ callerMs: 50 });
  using silent = await call(server.place);
  assertEquals(await silent.hears(), undefined);
  using half = await call(server.place);
  await half.greet();
  assertEquals(await half.hears(), undefined);
  await until("both are counted", () => server.strangers() === 2);
});

Deno.test("a flood of callers keeps no command from being answered, and few of them are held", async () => {
  await using server = start({ callerMs: 600_000 });
  const silent: Deno.TcpConn[] = [];
  for (let i = 0; i < 300; i++) {
    silent.push(await Deno.connect({ hostname: "127.0.0.1", port: server.place.port }));
  }
  for (let i = 0; i < 3; i++) {
    await callControl(server.place, { ...ADD, name: `bob${i}` });
    assertEquals(await server.owner(`bob${i}`), { name: `bob${i}`, role: "member" });
  }
  const ended = silent.slice(0, 292).map((conn) => conn.read(new Uint8Array(1)).catch(() => null));
  assertEquals(new Set(await Promise.all(ended)), new Set([null]));
  assert(server.strangers() >= 292);
  for (const conn of silent) conn.close();
});

Deno.test("a request that can't be is refused with a sentence", async () => {
  await using server = start();
  for (
    const [request, text] of [
      [undefined, "can't be asked that"],
      [[], "can't be asked that"],
      [{ type: "toString" }, "can't be asked that"],
      [{ type: "user", action: "add" }, "The field name is missing"],
      [{ ...ADD, action: "crown" }, "The field action must be one of add, reset, remove"],
      [{ ...ADD, role: "king" }, "The field role must be one of"],
      [
        { ...ADD, proof: 7 },
        "The field proof must be a string (of whole characters), not what it is",
      ],
      [{ ...ADD, name: "\u001b[2J" }, "name"],
      [{ type: "lift", who: "bob", kind: "kick" }, "The field kind must be one of ban, mute"],
    ] as const
  ) {
    const { refused } = await askWith(server.place, request) ?? {};
    assertStringIncludes(refused.text, text);
  }
  assertEquals(await server.owner("bob"), undefined);
});

/** A log on a disk that does not answer before it is told to. */
class HangingLog extends MemoryLog {
  readonly asked = Promise.withResolvers<void>();
  readonly answers = Promise.withResolvers<void>();

  override put(fact: Fact, ticket?: Ticket): undefined {
    if (fact.kind !== "people") return super.put(fact, ticket);
    this.asked.resolve();
    this.answers.promise.then(() => super.put(fact, ticket));
  }
}

Deno.test("a command that the server fails at is told so, and the log has the trace", async () => {
  const factLog = stillLog();
  const put = factLog.put.bind(factLog);
  factLog.put = (fact, ticket) => {
    if (fact.kind !== "people") return put(fact, ticket);
    throw new TypeError("a mistake of ours");
  };
  await using server = start({ factLog });
  await assertRejects(() => callControl(server.place, ADD), StoreError, "its log says how");
  const [entry] = server.entries.filter(({ kind }) => kind === "problem");
  assertEquals(entry?.text, "A command could not be answered");
  assertStringIncludes(String(entry?.fields?.["trace"]), "a mistake of ours");
  assertEquals(await server.owner("bob"), undefined);
});

Deno.test("what was asked for is answered though the server ends meanwhile", async () => {
  const factLog = new HangingLog(STILL_LOG);
  await using server = start({ factLog });
  using idle = await call(server.place);
  const asked = callControl(server.place, ADD);
  await factLog.asked.promise;
  const ended = server[Symbol.asyncDispose]();
  assertEquals(await idle.hears(), undefined);
  await assertRejects(() => callControl(server.place, ADD), NoServerError);
  factLog.answers.resolve();
  assertEquals(await asked, {});
  await ended;
});

Deno.test("a disk that hangs holds up no end, and the command says that nobody knows", async () => {
  const factLog = new HangingLog(STILL_LOG);
  await using server = start({ factLog });
  const asked = assertRejects(() => callControl(server.place, ADD), StoreError, "look before");
  await factLog.asked.promise;
  await server[Symbol.asyncDispose]();
  await asked;
});

Deno.test("a stranger at the port of a server that has ended is told no secret, and believed nothing", async () => {
  const token = randomSecret();
  for (
    const answers of ["", "garbage\n", '{"answer":{}}\n', `{"control":1,"nonce":"${token}"}\n`]
  ) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const heard = (async (): Promise<string> => {
      using conn = await listener.accept();
      if (answers !== "") await conn.write(new TextEncoder().encode(answers));
      const buffer = new Uint8Array(10_000);
      let text = "";
      for (let count; (count = answers === "" && text !== "" ? null : await conn.read(buffer));) {
        text += new TextDecoder().decode(buffer.subarray(0, count));
      }
      return text;
    })();
    const place = { port: listener.addr.port, token };
    await assertRejects(() => callControl(place, { ...ADD, proof: "scrypt$" }), NoServerError);
    const text = await heard;
    assertStringIncludes(text, '"nonce"');
    assert(!text.includes(token) && !text.includes("scrypt"), text);
  }
});

Deno.test("a server that speaks another version is asked nothing, and told of", async () => {
  const token = randomSecret();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard = (async (): Promise<unknown> => {
    using conn = await listener.accept();
    const lines = new ControlLines(conn, 1_000);
    const nonces = { command: (await lines.next())?.["nonce"] as string, server: randomSecret() };
    const proof = await proofOf(token, "server", nonces);
    await writeLine(conn, { control: 2, nonce: nonces.server, proof });
    return await lines.next();
  })();
  const place = { port: listener.addr.port, token };
  await assertRejects(() => callControl(place, ADD), StoreError, "another version of chatroom");
  assertEquals(await heard, undefined);
});

Deno.test("the file is made anew and private, whatever was there, and goes with its server", async () => {
  await using dir = await makeDir();
  const path = `${dir.path}/control`;
  await Deno.writeTextFile(path, "1 x", { mode: 0o644 });
  await Deno.writeTextFile(`${path}.new`, "x".repeat(1_000), { mode: 0o666 });
  assertEquals(readControl(dir.path), undefined);
  const umask = Deno.build.os === "windows" ? undefined : Deno.umask(0);
  try {
    await using server = await startStored(dir.path);
    const { mode } = await Deno.stat(path);
    if (umask !== undefined) assertEquals((mode ?? 0) & 0o777, 0o600);
    const place = readControl(dir.path) as ControlPlace;
    assertEquals(place.token.length, 64);
    assertEquals(await callControl(place, { type: "account", name: "bob" }), {});
    assert(server.connections === 0);
  } finally {
    if (umask !== undefined) Deno.umask(umask);
  }
  assertEquals(readControl(dir.path), undefined);
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("a server whose file can't be written runs without it, and says so", async (t) => {
  await onSmallDisk(t, async (disk) => {
    const entries: LogEntry[] = [];
    await using server = startServer({ log: (entry) => void entries.push(entry) });
    disk.fill();
    await using _commands = await openControl(disk.path, server.host.shared);
    const [told] = entries.filter(({ kind }) => kind === "control");
    assertEquals([told?.level, told?.text], [
      "warning",
      "chatroom user and ban can't reach this server",
    ]);
    disk.clear();
    assertEquals(readControl(disk.path), undefined);
    using ann = await joinEvent(server, "ann");
    assertEquals(ann.ready.type, "ready");
  });
  await using dir = await makeDir();
  await Deno.mkdir(`${dir.path}/control`);
  const entries: LogEntry[] = [];
  await using _server = await startStored(dir.path, { log: (entry) => void entries.push(entry) });
  assertEquals(entries.filter(({ kind }) => kind === "control").length, 1);
});

Deno.test("what is no file of ours names no place", async () => {
  await using dir = await makeDir();
  writeControl(dir.path, { port: 7, token: randomSecret() });
  assertEquals(readControl(dir.path)?.port, 7);
  for (const text of ["", "7", "7 short\n", `x ${randomSecret()}\n`, `7 ${randomSecret()}`]) {
    await Deno.writeTextFile(`${dir.path}/control`, text);
    assertEquals(readControl(dir.path), undefined, JSON.stringify(text));
  }
  await Deno.remove(`${dir.path}/control`);
  await Deno.mkdir(`${dir.path}/control`);
  assertEquals(readControl(dir.path), undefined);
});
