/** Faults that are planted, each found by what it shows, and told with what to do about it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { checkCertificate } from "../lib/doctor/certificate_check.ts";
import { checkData, type DataLook } from "../lib/doctor/data_checks.ts";
import { type Discovery, type FindingId, FINDINGS, Findings } from "../lib/doctor/findings.ts";
import { checkServer, type ServerLook } from "../lib/doctor/server_checks.ts";
import { checkWeb } from "../lib/doctor/web_checks.ts";
import { lockDirectory, openWriter } from "../lib/store/directory.ts";
import { Identity, type KeyPair } from "../lib/tls/identity.ts";
import { tableOf } from "./docs.ts";
import { makeAuthority, securely } from "./fixtures/certificates.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { startServe } from "./fixtures/serve_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { startServer } from "./helpers.ts";
import { chatroom as program } from "./program.ts";

/** What is found, where `plant` has made something of a place and has it looked at. */
type Plant = (to: Findings, dir: string) => Promise<void>;

const AUTHORITY = await makeAuthority();

/** A data directory with messages, and what a machine without fault says. */
async function data(dir: string, to: Findings, look: DataLook = {}): Promise<void> {
  (await openWriter(dir))[Symbol.dispose]();
  const room = (): Promise<{ free: number; all: number }> =>
    Promise.resolve({ free: 50, all: 100 });
  await checkData(dir, to, { room, mounts: () => "", ...look });
}

async function certificate(dir: string, to: Findings, pair: KeyPair): Promise<void> {
  const files = { cert: `${dir}/cert.pem`, key: `${dir}/key.pem` };
  await Deno.writeTextFile(files.cert, pair.cert);
  await Deno.writeTextFile(files.key, pair.key);
  checkCertificate(files, to);
}

function look(addr: Deno.NetAddr, more: Partial<ServerLook> = {}): ServerLook {
  const { hostname, port } = addr;
  const rest = { tls: undefined, password: undefined, version: "9.9.9", isOwn: false };
  return { hostname, port, ...rest, patienceMs: 20_000, ...more };
}

const NO_PINS = { pinned: undefined, known: undefined };

/** A program of HTTP, which answers as a test wants. */
async function withHttp(
  answer: (request: Request) => Response,
  work: (addr: Deno.NetAddr) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  await work(server.addr);
}

/** What a page looks like behind something that answers so. */
function page(answer: (request: Request) => Response): Plant {
  return (to) =>
    withHttp(answer, async ({ port }) => {
      await checkWeb({ page: new URL(`http://127.0.0.1:${port}/`), patienceMs: 20_000 }, to);
    });
}

/** Lets WebSockets through, and answers all else as a test wants. */
function upgrading(answer: (request: Request) => Response): (request: Request) => Response {
  return (request) =>
    request.headers.get("upgrade") === "websocket"
      ? Deno.upgradeWebSocket(request).response
      : answer(request);
}

async function secureServer(
  pair: KeyPair,
  work: (addr: Deno.NetAddr) => Promise<void>,
): Promise<void> {
  await using server = startServer({ ...securely(new Identity(pair)) });
  await work(server.addr as Deno.NetAddr);
}

/** Each with how it is planted. */
const PLANTS: Readonly<Partial<Record<FindingId, Plant>>> = {
  "data-place": async (to, dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    await checkData(`${dir}/file`, to);
  },
  "data-mode": async (to, dir) => {
    (await openWriter(dir))[Symbol.dispose]();
    await Deno.chmod(dir, 0o777);
    await checkData(dir, to, { room: () => Promise.resolve(undefined), mounts: () => "" });
  },
  "data-open": async (to, dir) => {
    await Deno.chmod(dir, 0o755);
    await data(dir, to);
  },
  "data-read-only": (to, dir) =>
    data(dir, to, { whyNot: () => Promise.resolve("Permission denied") }),
  "data-locked": async (to, dir) => {
    // A server that was killed has left this, and somebody else has the port.
    await Deno.writeTextFile(`${dir}/control`, `1 ${"ab".repeat(32)}\n`);
    (await openWriter(dir))[Symbol.dispose]();
    using _lock = lockDirectory(dir);
    await checkData(dir, to, { mounts: () => "", answers: () => Promise.resolve(false) });
  },
  "data-network": (to, dir) =>
    data(dir, to, { mounts: () => "/dev/a / ext4 rw 0 0\nhost:/x /tmp nfs4 rw 0 0\n" }),
  "disk-full": (to, dir) => data(dir, to, { room: () => Promise.resolve({ free: 4, all: 100 }) }),
  "store-newer": async (to, dir) => {
    (await openWriter(dir))[Symbol.dispose]();
    {
      using db = new DatabaseSync(`${dir}/chatroom.db`);
      db.exec("PRAGMA user_version = 99");
    }
    await checkData(dir, to, { mounts: () => "" });
  },
  "store-damaged": async (to, dir) => {
    await Deno.writeTextFile(`${dir}/chatroom.db`, "no database ".repeat(1_000));
    await checkData(dir, to, { mounts: () => "" });
  },
  "cert-expired": async (to, dir) =>
    await certificate(dir, to, await AUTHORITY.issue({ from: -20, days: 10 })),
  "cert-early": async (to, dir) => await certificate(dir, to, await AUTHORITY.issue({ from: 2 })),
  "cert-ends": async (to, dir) => await certificate(dir, to, await AUTHORITY.issue({ days: 5 })),
  "cert-key": async (to, dir) => {
    const [one, other] = [await AUTHORITY.issue(), await AUTHORITY.issue()];
    await certificate(dir, to, { cert: one.cert, key: other.key });
  },
  "cert-unreadable": (to, dir) => certificate(dir, to, { cert: "no PEM", key: "no PEM" }),
  "port-taken": (to) =>
    withHttp(() => new Response("hi"), (addr) => checkServer(look(addr, { isOwn: true }), to)),
  "server-away": async (to) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    listener.close();
    await checkServer(look(listener.addr), to);
  },
  "server-other": (to) => withHttp(() => new Response("hi"), (addr) => checkServer(look(addr), to)),
  "server-version": async (to) => {
    await using server = startServer({ version: "chatroom/0.0.1" });
    await checkServer(look(server.addr as Deno.NetAddr), to);
  },
  "tls-none": async (to) => {
    await using server = startServer({ version: "chatroom/9.9.9" });
    await checkServer(look(server.addr as Deno.NetAddr, { tls: NO_PINS }), to);
  },
  "tls-only": async (to) =>
    await secureServer(await AUTHORITY.issue(), (addr) => checkServer(look(addr), to)),
  "tls-changed": async (to) =>
    await secureServer(await AUTHORITY.issue({ names: ["127.0.0.1"] }), async (addr) => {
      const known = { fingerprint: `SHA256:${"AB".repeat(32)}`, line: 1 };
      await checkServer(look(addr, { tls: { ca: AUTHORITY.cert, pinned: undefined, known } }), to);
    }),
  "tls-untrusted": async (to) => {
    const pair = await AUTHORITY.issue({ names: ["somewhere.else"] });
    await secureServer(pair, async (addr) => {
      await checkServer(look(addr, { tls: { ca: AUTHORITY.cert, ...NO_PINS } }), to);
    });
  },
  "password-missing": async (to) => {
    await using server = startServer({ version: "chatroom/9.9.9", password: "secret", ...CHEAP });
    await checkServer(look(server.addr as Deno.NetAddr), to);
  },
  "password-wrong": async (to) => {
    await using server = startServer({ version: "chatroom/9.9.9", password: "secret", ...CHEAP });
    await checkServer(look(server.addr as Deno.NetAddr, { password: "another" }), to);
  },
  "web-refused": page(upgrading(() => new Response("", { status: 403 }))),
  "web-upgrade": page(() => new Response("hi")),
  "web-body": page(
    upgrading(({ method }) => new Response("", { status: method === "POST" ? 413 : 200 })),
  ),
  "clock-differs": page(
    upgrading(() => new Response("hi", { headers: { date: "Mon, 01 Jan 2024 00:00:00 GMT" } })),
  ),
};

for (const [id, plant] of Object.entries(PLANTS)) {
  Deno.test(`doctor finds it and nothing else: ${id}`, async () => {
    await using dir = await makeDir();
    const to = new Findings();
    await plant(to, dir.path);
    assertEquals(to.found.map((each) => each.id), [id as FindingId], JSON.stringify(to.found));
    const kind = FINDINGS.find((each) => each.id === id);
    assert(kind !== undefined);
    // Where there is a command to type, it has the path.
    const remedy =
      { "data-mode": `chmod go-w ${dir.path}`, "data-open": `chmod 700 ${dir.path}` }[id];
    assertEquals([to.isFaulty, to.found[0]?.remedy], [
      kind.level === "fault",
      remedy ?? kind.remedy,
    ]);
    assertStringIncludes(to.found[0]?.text ?? "", `${kind.finding}: `);
  });
}

Deno.test("no password goes to what listens at a server's own port, nor is it missed there", async () => {
  await using server = startServer({ version: "chatroom/9.9.9", password: "secret", ...CHEAP });
  const addr = server.addr as Deno.NetAddr;
  const to = new Findings();
  await checkServer(look(addr, { isOwn: true, password: "wrong" }), to);
  assertEquals(to.found, []);
  assert(to.facts.includes("The server needs a password, which was not shown to it"));
  await checkServer(look(addr, { isOwn: true, wantsTls: true }), to);
  assertEquals(to.found.map(({ id }) => id), ["tls-none"]);
});

Deno.test("where nothing is wrong nothing is found", async () => {
  await using dir = await makeDir();
  await using server = startServer({ version: "chatroom/9.9.9", password: "secret", ...CHEAP });
  const to = new Findings();
  await data(dir.path, to);
  await certificate(dir.path, to, await AUTHORITY.issue());
  await checkServer(look(server.addr as Deno.NetAddr, { password: "secret" }), to);
  await page(upgrading(() => new Response("hi")))(to, dir.path);
  assertEquals(to.found, []);
  assert(to.facts.includes("The server takes the password"));
});

Deno.test("doctor prints it with what to do, as lines or as JSON, and ends with 1 for a fault alone", async () => {
  await using dir = await makeDir();
  const config = `${dir.path}/chatroom.toml`;
  await Deno.writeTextFile(config, `port = 1\ndata = "${dir.path}/data"\n`);
  const run = ["doctor", "--config", config];
  const sound = await chatroom(run);
  assertEquals([sound.code, sound.stderr], [0, ""], sound.stdout);
  assertStringIncludes(sound.stdout, `ok       ${config} is sound\n`);
  assertStringIncludes(sound.stdout, "0 faults, ");
  await Deno.writeTextFile(config, "ports = 1\n");
  const wrong = await chatroom([...run, "--data", `${dir.path}/data`]);
  assertEquals([wrong.code, wrong.stderr], [1, ""]);
  assertStringIncludes(
    wrong.stdout,
    `fault    config-wrong: The configuration file is wrong, and serve would not start: ${config}:1: `,
  );
  assertStringIncludes(wrong.stdout, "         What to do: put that line right");
  const json = await chatroom([...run, "--data", `${dir.path}/data`, "--json"]);
  const { ok, found } = JSON.parse(json.stdout);
  assertEquals([json.code, ok, found[0].id, found[0].level], [1, false, "config-wrong", "fault"]);
  await using server = startServer();
  const { hostname, port } = server.addr as Deno.NetAddr;
  assertEquals((await chatroom(["doctor", `${hostname}:${port}`])).code, 0);
  assertEquals((await chatroom(["doctor", "http://"])).code, 2);
  assertEquals((await chatroom(["doctor", "a", "b"])).code, 2);
});

Deno.test("a server of this machine that speaks TLS has its port by right", async () => {
  await secureServer(await AUTHORITY.issue(), async (addr) => {
    const to = new Findings();
    await checkServer(look(addr, { isOwn: true }), to);
    assertEquals(to.found, []);
    assert(
      to.facts.some((fact) => fact.startsWith("The server speaks TLS; its fingerprint is SHA256:")),
    );
  });
});

Deno.test("a password that was given is not missing where it is withheld, and one that was not is", async () => {
  const identity = new Identity(await AUTHORITY.issue());
  await using server = startServer({ ...securely(identity), password: "secret", ...CHEAP });
  const tls = { ca: undefined, ...NO_PINS };
  const addr = server.addr as Deno.NetAddr;
  const given = new Findings();
  await checkServer(look(addr, { tls, password: "secret", version: "chatroom" }), given);
  assertEquals(given.found.map(({ id }) => id).filter((id) => id !== "server-version"), [
    "tls-unknown",
  ]);
  assert(given.facts.includes("The password was not shown to a server that is not trusted"));
  const none = new Findings();
  await checkServer(look(addr, { tls }), none);
  const missing = none.found.find(({ id }) => id === "password-missing");
  assertStringIncludes(missing?.text ?? "", `${addr.hostname}:${addr.port}`);
});

Deno.test("a page without TLS that is called by https is found where it is", async () => {
  await withHttp(() => new Response("hi"), async ({ port }) => {
    const to = new Findings();
    await checkWeb({ page: new URL(`https://127.0.0.1:${port}/chat`), patienceMs: 20_000 }, to);
    const [{ id = "", remedy = "" } = {}, ...others] = to.found;
    assertEquals([id, others], ["tls-none", []]);
    assertStringIncludes(remedy, `open http://127.0.0.1:${port}/chat/ instead`);
  });
});

Deno.test("others are said to reach this machine only where its server is there for them", async () => {
  await using dir = await makeDir();
  const config = `${dir.path}/chatroom.toml`;
  const reach = async (host: string): Promise<boolean> => {
    const text = `host = "${host}"\nport = 1\ndata = "${dir.path}/data"\n`;
    await Deno.writeTextFile(config, text);
    const { stdout } = await chatroom(["doctor", "--config", config]);
    const isAlone = stdout.includes(
      "Only this machine reaches the server; with serve --host 0.0.0.0",
    );
    assertEquals(stdout.includes("Others reach this machine as"), !isAlone, stdout);
    return !isAlone;
  };
  assertEquals([await reach("127.0.0.1"), await reach("0.0.0.0")], [false, true]);
});

Deno.test("of a page the certificate is looked at before all else, and http is told from https", async () => {
  const { cert, key } = await AUTHORITY.issue({ names: ["127.0.0.1"] });
  const options = { cert, key, port: 0, hostname: "127.0.0.1", onListen: () => {} };
  await using secure = Deno.serve(options, () => new Response("hi"));
  const { port } = secure.addr;
  for (const [scheme, id] of [["https", "tls-unknown"], ["http", "tls-only"]]) {
    const to = new Findings();
    await checkWeb({ page: new URL(`${scheme}://127.0.0.1:${port}/chat`), patienceMs: 20_000 }, to);
    assertEquals(to.found.map((each) => each.id), [id]);
  }
});

Deno.test("it needs no more than the executable may do, and leaves a data directory as it was", async () => {
  await using dir = await makeDir();
  (await openWriter(dir.path))[Symbol.dispose]();
  const names = async (): Promise<string[]> =>
    (await Array.fromAsync(Deno.readDir(dir.path))).map(({ name }) => name)
      .filter((name) => !/-(?:shm|wal)$/.test(name)).sort();
  const before = await names();
  await using server = startServer();
  const { hostname, port } = server.addr as Deno.NetAddr;
  const args = ["doctor", "--data", dir.path, "--config", "none", "--json"];
  const { stdout, stderr } = await program(args);
  assertEquals(stderr, "");
  const { facts, found } = JSON.parse(stdout);
  // What the machine of a test may have is none of its business.
  const others = ["port-taken", "disk-full", "data-network", "server-version", "password-missing"];
  assertEquals(found.filter(({ id }: Discovery) => !others.includes(id)), []);
  assertStringIncludes(facts.join("\n"), "The database is sound");
  assertEquals(await names(), before);
  assertEquals((await program(["doctor", `${hostname}:${port}`])).code, 0);
});

Deno.test("OPERATING.md's list of what doctor finds is the one table", () => {
  const rows = FINDINGS.map((
    { id, looksAt, level, finding, remedy },
  ) => [`\`${id}\``, looksAt, level, finding, remedy]);
  assertEquals(tableOf("What doctor finds"), rows);
});

Deno.test("doctor beside a server that runs knows it by its token, and leaves nothing in its log", async () => {
  await using dir = await makeDir();
  const server = await startServe("--data", `${dir.path}/data`);
  const { code, stdout } = await chatroom([
    "doctor",
    "--data",
    `${dir.path}/data`,
    "--config",
    "none",
  ]);
  const { stderr } = await server.end();
  assertStringIncludes(stdout, "and takes commands");
  assert(code === 0 || code === 1);
  assertEquals(stderr.includes("control port"), false, stderr);
});
