/** Whom the program trusts as it is used: by `send`, and on a terminal. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { connectTo } from "../lib/cli/peer_link.ts";
import { systemRoots } from "../lib/cli/tls_peer.ts";
import { secured, UnknownServer } from "../lib/cli/tls_trust.ts";
import type { Server } from "../lib/server/serve.ts";
import { Identity, type KeyPair } from "../lib/tls/identity.ts";
import { makeKeyPair } from "../lib/tls/self_signed.ts";
import { type Authority, makeAuthority, securely } from "./fixtures/certificates.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { slowTest } from "./fixtures/thorough.ts";
import { toolTest } from "./fixtures/tools.ts";
import { startServer, until } from "./helpers.ts";
import type { Result } from "./program.ts";
import { NO_PTY, Pty } from "./pty.ts";

const A = `SHA256:${"AA".repeat(32)}`;

/** A place for settings and files, and the program in it. */
async function withPlace(
  act: (
    dir: string,
    send: (server: Pick<Server, "addr">, ...args: string[]) => Promise<Result>,
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const send = ({ addr }: Pick<Server, "addr">, ...args: string[]): Promise<Result> =>
    chatroom(["send", "--name", "ann", "--server", `localhost:${addr.port}`, ...args, "hi"], {
      env: { XDG_CONFIG_HOME: dir, HOME: dir },
    });
  try {
    await act(dir, send);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function secureServer(pair: KeyPair): Server & { identity: Identity } {
  const identity = new Identity(pair);
  // A client without --tls is told that it needs it, and the log of that is no problem.
  return Object.assign(startServer({ hostname: "localhost", ...securely(identity) }), { identity });
}

Deno.test("send trusts whom it is told to, and tells what is wrong with the others", async () => {
  const authority: Authority = await makeAuthority();
  await withPlace(async (dir, send) => {
    const ca = `${dir}/ca.pem`;
    await Deno.writeTextFile(ca, authority.cert);
    for (
      const [pair, args, code, text] of [
        [await authority.issue(), ["--tls-ca", ca], 0, ""],
        [await authority.issue(), ["--tls"], 4, "signed by nobody known here"],
        [await authority.issue({ names: ["other"] }), ["--tls-ca", ca], 4, "DNS:other"],
        [
          await authority.issue({ names: [], commonName: "localhost" }),
          ["--tls-ca", ca],
          4,
          "the names in it: none at all",
        ],
        [await authority.issue({ from: 5 }), ["--tls-ca", ca], 4, "is the clock here right?"],
        [await makeKeyPair(["localhost"]), ["--tls-ca", ca], 4, "nobody in the file of --tls-ca"],
        [await makeKeyPair(["localhost"]), ["--tls-fingerprint", A], 4, `not ${A}`],
        [await makeKeyPair(["localhost"]), [], 4, "speaks TLS; connect with --tls"],
      ] as Array<[KeyPair, string[], number, string]>
    ) {
      await using server = secureServer(pair);
      const { code: came, stderr } = await send(server, ...args);
      assertEquals(came, code, `${args}: ${stderr}`);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
      assertStringIncludes(stderr, text);
      if (code === 0) assertEquals(stderr, "");
    }
    await using server = secureServer(await makeKeyPair(["localhost"]));
    const pin = server.identity.fingerprint;
    assertEquals((await send(server, "--tls-fingerprint", pin)).code, 0);
    const unknown = await send(server, "--tls");
    assertStringIncludes(unknown.stderr, `Its fingerprint is ${pin}; if that is`);
    const env = { CHATROOM_TLS_FINGERPRINT: pin, CHATROOM_SERVER: `localhost:${server.addr.port}` };
    assertEquals((await chatroom(["send", "--name", "bob", "hi"], { env })).code, 0);
    const bad = await send(server, "--tls-fingerprint", "12:34");
    assertEquals(bad.code, 2);
    assertStringIncludes(bad.stderr, "64 hexadecimal digits");
  });
});

Deno.test("of several servers each has to show who it is, and one that can't is sent nothing", async () => {
  await using good = secureServer(await makeKeyPair(["localhost"]));
  await using other = secureServer(await makeKeyPair(["localhost"]));
  await using plain = startServer({ hostname: "localhost" });
  const [a, b, c] = [good, other, plain].map(({ addr }) => `localhost:${addr.port}`);
  const pins = [good, other].map(({ identity }) => identity.fingerprint) as [string, string];
  await withPlace(async (dir) => {
    const send = (servers: string, ...args: string[]): Promise<Result> =>
      chatroom(["send", "--name", "ann", "--server", servers, ...args, "hi"], {
        env: { XDG_CONFIG_HOME: dir, HOME: dir },
      });
    assertEquals(await send(`${b},${a}`, "--tls-fingerprint", pins[0]), done(0));
    assertEquals(await send(`${c},${a}`, "--tls-fingerprint", pins[0]), done(0));
    assertEquals(await send(`${b},${a}`, "--tls-fingerprint", pins.join()), done(0));
    const none = await send(`${b},tls://${a}`);
    assertEquals(none.code, 4);
    assertStringIncludes(none.stderr, "signed by nobody known here");
    const wrong = await send(`${a},${b}`, "--tls-fingerprint", `${A},${A.replaceAll("AA", "BB")}`);
    assertEquals(wrong.code, 4);
    assertStringIncludes(wrong.stderr, `not ${A} or ${A.replaceAll("AA", "BB")}`);
    assertEquals((await send(`${a},${b}`, "--tls-fingerprint", `${A},12:34`)).code, 2);
  });
  await until("nobody is left", () => plain.connections === 0);
});

function done(code: number): Result {
  return { code, stdout: "", stderr: "" };
}

Deno.test("an authority that the system trusts vouches for a server, and others are asked about", async () => {
  const authority = await makeAuthority();
  await withPlace(async (dir) => {
    const file = (name: string, text: string): Promise<void> =>
      Deno.writeTextFile(`${dir}/${name}`, text);
    await file("empty.crt", "# none\n");
    await file("roots.crt", (await makeAuthority()).cert + authority.cert);
    const roots = systemRoots(["none.crt", "empty.crt", "roots.crt"].map((it) => `${dir}/${it}`));
    assertStringIncludes(roots ?? "", authority.cert);
    assertEquals(systemRoots([`${dir}/none.crt`, `${dir}/empty.crt`]), undefined);
    const wish = { roots, path: undefined, accepted: new Map() };
    const { signal } = new AbortController();
    const meet = async (pair: KeyPair): Promise<void> => {
      await using server = secureServer(pair);
      const address = { hostname: "localhost", port: server.addr.port };
      (await secured(await Deno.connect(address), address, wish, signal)).close();
    };
    await meet(await authority.issue());
    await assertRejects(async () => await meet(await makeKeyPair(["localhost"])), UnknownServer);
  });
});

Deno.test("a client that asks for TLS never speaks without", async () => {
  await withPlace(async (_, send) => {
    await using server = startServer({ hostname: "localhost" });
    const { code, stderr } = await send(server, "--tls");
    assertEquals(code, 4);
    assertStringIncludes(stderr, "the server does not speak TLS there");
  });
});

// With the ten seconds of the program it is in tests/slow/.
Deno.test("a server that says nothing to a client that asks for TLS is not waited for", async () => {
  // One like the Python script's: it takes what comes, and says nothing to it.
  using mute = Deno.listen({ hostname: "localhost", port: 0 });
  const accepting = mute.accept();
  const address = { hostname: "localhost", port: mute.addr.port };
  const wish = { path: undefined, accepted: new Map() };
  const { signal } = new AbortController();
  await assertRejects(
    () => connectTo(address, wish, signal, 300),
    Error,
    "it may not speak TLS there: no answer within 0.3 s",
  );
  (await accepting).close();
});

Deno.test("a server with tls:// before it is no word of a message to another one", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const env = { CHATROOM_SERVER: `127.0.0.1:${other.addr.port}` };
  const args = ["send", "--name", "ann", "tls://nowhere.invalid", "the secret"];
  const { code, stderr } = await chatroom(args, { env });
  assertEquals(code, 3);
  assertStringIncludes(stderr, "nowhere.invalid:1234");
  const { code: bad } = await chatroom(["send", "--name", "ann", "tls://a b", "hi"], { env });
  assertEquals(bad, 2);
});

/** A TLS server that keeps what it is sent. */
async function listeningServer(
  { cert, key }: KeyPair,
): Promise<{ addr: Deno.NetAddr; heard: string[]; met: () => number; close(): void }> {
  const heard: string[] = [];
  let met = 0;
  const server = createServer({ cert, key }, (socket: TLSSocket) => {
    met++;
    socket.on("data", (data) => heard.push(String(data)));
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    addr: { transport: "tcp", hostname: "localhost", port },
    heard,
    met: () => met,
    close: () => void server.close(),
  };
}

Deno.test("nothing is said to a server before its certificate is found to be good", async () => {
  const authority = await makeAuthority();
  await withPlace(async (dir, send) => {
    const ca = `${dir}/ca.pem`;
    await Deno.writeTextFile(ca, authority.cert);
    const server = await listeningServer(await authority.issue({ from: -9, days: 2 }));
    const { code, stderr } = await send(server, "--tls-ca", ca);
    assertEquals(code, 4, stderr);
    assertStringIncludes(stderr, "has expired on");
    await until("the handshake", () => server.met() === 1);
    assertEquals(server.heard, []);
    server.close();
  });
});

toolTest("a server with TLS 1.1 only is refused", ["openssl"], async () => {
  await withPlace(async (dir, send) => {
    const { cert, key } = await makeKeyPair(["localhost"]);
    await Deno.writeTextFile(`${dir}/cert.pem`, cert + key);
    const child = new Deno.Command("openssl", {
      args: [
        ...["s_server", "-accept", "localhost:0", "-cert", `${dir}/cert.pem`],
        ...["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let said = "";
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    while (!/ACCEPT .*:\d+\n/.test(said)) said += (await reader.read()).value ?? "";
    const port = Number(/ACCEPT .*:(\d+)\n/.exec(said)?.[1]);
    const addr: Deno.NetAddr = { transport: "tcp", hostname: "localhost", port };
    const { code, stderr } = await send({ addr }, "--tls");
    child.kill();
    await child.stdin.close().catch(() => {});
    while (!(await reader.read()).done);
    await child.status;
    assertEquals(code, 4, stderr);
    assertStringIncludes(stderr, "the server has no TLS 1.2 or later");
  });
});

slowTest({
  name: "on a terminal the first meeting is a question, the second none, and a change is refused" +
    (NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`),
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    await using server = secureServer(await makeKeyPair(["localhost"]));
    const main = new URL("../main.ts", import.meta.url).pathname;
    const address = `localhost:${server.addr.port}`;
    const connect = (...args: string[]): Pty => connectOn(80, ...args);
    const connectOn = (columns: number, ...args: string[]): Pty =>
      new Pty([Deno.execPath(), "run", "--quiet", "-A", main, "connect", ...args, "-n", "ann"], {
        env: { XDG_CONFIG_HOME: dir, CHATROOM_SERVER: "" },
        columns,
      });
    const { fingerprint } = server.identity;
    {
      using mute = Deno.listen({ hostname: "localhost", port: 0 });
      await using pty = connect("--tls", `localhost:${mute.addr.port}`);
      await pty.expect(`Waiting for localhost:${mute.addr.port} to answer with TLS`);
    }
    {
      await using pty = connectOn(40, "--tls", address);
      await pty.expect("start. If they differ, somebody listens\nin.\n");
    }
    {
      await using pty = connect("--tls", address);
      await pty.expect("(yes, no, or paste the other):");
      assertStringIncludes(pty.screen.text, fingerprint);
      assertStringIncludes(pty.screen.text, "If they differ, somebody listens in.\n");
      pty.type("y\r");
      await pty.expect("Type yes or no in full");
      pty.type("no\r");
      assertEquals(await pty.exitCode(), 4);
      assertEquals(server.connections, 0);
    }
    {
      await using pty = connect("--tls", address);
      await pty.expect("(yes, no, or paste the other):");
      // Who thinks about it is not told that the server is slow.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      pty.type("yes\r");
      await pty.expect("lobby>");
      assert(!pty.written.includes("Waiting for"));
      pty.type("\x04");
      assertEquals(await pty.exitCode(), 0);
    }
    const file = `${dir}/chatroom/known_servers`;
    assertEquals(await Deno.readTextFile(file), `${address} ${fingerprint}\n`);
    // As versions before wrote it.
    const colons = fingerprint.slice(7).match(/../g)?.join(":");
    await Deno.writeTextFile(file, `${address} SHA256:${colons}\n`);
    {
      // The settings remember the server, and that it was TLS.
      await using pty = connect();
      await pty.expect("lobby>");
      assert(!pty.screen.text.includes("fingerprint"));
      server.identity.change(await makeKeyPair(["localhost"]));
      pty.type("\x04");
      assertEquals(await pty.exitCode(), 0);
    }
    {
      await using pty = connect();
      await pty.expect("HAS CHANGED");
      assertEquals(await pty.exitCode(), 4);
      const text = pty.screen.text.replaceAll("\n", "");
      for (const part of [fingerprint, server.identity.fingerprint, `line 1 of ${file}`]) {
        assertStringIncludes(text, part);
      }
    }
    await Deno.remove(dir, { recursive: true });
  },
});

slowTest({
  name: "of several servers that nobody vouches for a person is asked at once, and once" +
    (NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`),
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    const main = new URL("../main.ts", import.meta.url).pathname;
    await using one = secureServer(await makeKeyPair(["localhost"]));
    await using two = secureServer(await makeKeyPair(["localhost"]));
    const all = [one, two].map(({ addr }) => `localhost:${addr.port}`);
    const servers = `tls://${all.join()}`;
    const connect = (): Pty =>
      new Pty([Deno.execPath(), "run", "--quiet", "-A", main, "connect", servers, "-n", "ann"], {
        env: { XDG_CONFIG_HOME: dir, CHATROOM_SERVER: "" },
        columns: 100,
      });
    {
      await using pty = connect();
      for (const { identity } of [one, two]) {
        // What is asked about the other server is on the screen still.
        await pty.until(() => {
          const [, asked] = pty.screen.text.split(identity.fingerprint, 2);
          return asked?.includes("(yes, no, or paste the other):") === true;
        }, `the question about ${identity.fingerprint}`);
        pty.type("yes\r");
      }
      await pty.expect(`on ${all[0]}`);
      pty.type("\x04");
      assertEquals(await pty.exitCode(), 0);
    }
    const lines = [one, two].map(({ identity }, n) => `${all[n]} ${identity.fingerprint}\n`);
    assertEquals(await Deno.readTextFile(`${dir}/chatroom/known_servers`), lines.join(""));
    await one.shutdown();
    {
      await using pty = connect();
      await pty.expect(`on ${all[1]}`);
      assert(!pty.screen.text.includes("fingerprint"));
      pty.type("\x04");
      assertEquals(await pty.exitCode(), 0);
    }
    const settings = await Deno.readTextFile(`${dir}/chatroom/settings.toml`);
    assertStringIncludes(settings, `server = "${servers}"`);
    await Deno.remove(dir, { recursive: true });
  },
});
