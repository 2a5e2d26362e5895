/** SIGHUP at a real server: what it takes over, what waits for a restart, and that nobody notices. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { parseAddress } from "../lib/cli/values.ts";
import { Identity } from "../lib/tls/identity.ts";
import { makeAuthority } from "./fixtures/certificates.ts";
import { makePipe } from "./fixtures/files.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { meet } from "./fixtures/tls_peer.ts";
import { eventFrame, joinEvent, RawPeer, until } from "./helpers.ts";
import { command } from "./program.ts";
import { rawRequest } from "./web_peer.ts";

const ignore = Deno.build.os === "windows";
const UNIX_ONLY = ignore ? " (skipped: there is no SIGHUP on Windows)" : "";

/** A server that runs with a configuration file. */
interface Running extends AsyncDisposable {
  readonly addr: Deno.NetAddr;
  /** Where its page is. */
  readonly page: { readonly addr: { readonly hostname: string; readonly port: number } };
  readonly dir: string;
  readonly path: string;
  /** Writes the file, sends SIGHUP, and returns what the log says of that, to the line that sums it up. */
  reload(config: string): Promise<string[]>;
}

async function start(config: string, ...flags: string[]): Promise<Running> {
  const dir = await makeDir();
  const path = `${dir.path}/chatroom.toml`;
  await Deno.writeTextFile(path, config);
  const child = command(["serve", "--config", path, "--port", "0", ...flags]).spawn();
  const [out, log] = [linesOf(child.stdout), linesOf(child.stderr)];
  let printed = "";
  while (!printed.includes("Messages are kept")) {
    const { done, value } = await out.next();
    assert(!done, printed);
    printed += `${value}\n`;
  }
  const port = Number(/ page is at https?:\/\/127\.0\.0\.1:(\d+)\/$/m.exec(printed)?.[1]);
  const reload = async (text: string): Promise<string[]> => {
    await Deno.writeTextFile(path, text);
    child.kill("SIGHUP");
    const lines: string[] = [];
    const wrong = text.split("# wrong").length - 1;
    for (;;) {
      const { done, value = "" } = await log.next();
      assert(!done, "the server ended");
      if (/SIGHUP|waits|any more|not read again/.test(value)) {
        lines.push(value.replace(/^\S+ /, "").replaceAll(path, "FILE"));
      }
      if (/SIGHUP: all/.test(value) || wrong > 0 && lines.length === wrong) return lines;
    }
  };
  return {
    ...{ dir: dir.path, path, reload, page: { addr: { hostname: "127.0.0.1", port } } },
    addr: parseAddress(/ is listening on (\S+)$/m.exec(printed)?.[1] ?? "") as Deno.NetAddr,
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      while (!(await out.next()).done);
      while (!(await log.next()).done);
      await child.stdin.close();
      assertEquals((await child.status).code, 0);
      await dir[Symbol.asyncDispose]();
    },
  };
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterator<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    [Symbol.asyncIterator]();
}

/** What comes of a hello: `ready`, or the code of a refusal; and the title that `welcome` told. */
async function hello(
  server: Running,
  name: string,
  more: Record<string, unknown> = {},
): Promise<{ came: string; title: string | undefined; payload: number }> {
  using peer = await RawPeer.connect(server);
  await peer.send(eventFrame(name));
  const { title, limits: { payload } } = await peer.takeEvent();
  const { type, code } = await peer.ask({ type: "hello", ...more });
  return { came: code ?? type, title, payload };
}

function reloadTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + UNIX_ONLY, ignore, fn });
}

reloadTest(
  "a client that is busy notices no reload: what it says is acked once, in order",
  async () => {
    const text = (n: number): string => `title = "title ${n}"\nmax-name = ${20 + n}\n`;
    await using server = await start(text(0), "--memory");
    using ann = await joinEvent(server, "ann");
    using bob = await joinEvent(server, "bob");
    let [said, isOver] = [0, false];
    const talking = (async (): Promise<void> => {
      for (; !isOver; said++) {
        const { type, seq } = await ann.ask({ type: "say", room: "lobby", text: `line ${said}` });
        assertEquals([type, seq], ["ack", said + 1]);
      }
    })();
    // If something else fails first, that is what is told.
    talking.catch(() => {});
    for (let n = 1; n <= 5; n++) {
      const before = said;
      assertEquals(await server.reload(text(n)), [
        "info    SIGHUP: all was read again, and what has changed is in force " +
        'changed="--title --max-name"',
      ]);
      assertEquals((await hello(server, `guest${n}`)).title, `title ${n}`);
      await until("more is said", () => said > before);
    }
    isOver = true;
    await talking;
    for (let n = 0; n < said; n++) {
      assertEquals((await bob.takeType("message")).text, `line ${n}`);
    }
  },
);

reloadTest("limits, hosts, password and title hold from the next request on", async () => {
  await using server = await start(
    'web = "127.0.0.1:0"\nmax-name = 20\nmax-rooms-per-session = 1\n',
    "--memory",
  );
  using ann = await joinEvent(server, "ann");
  const asHost = (name: string): Promise<number> =>
    rawRequest(
      server.page as Parameters<typeof rawRequest>[0],
      `GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
    )
      .then(({ status }) => status);
  assertEquals((await ann.ask({ type: "join", room: "a" })).code, "too-many-rooms");
  assertEquals([await asHost("chat.example.org"), await asHost("localhost")], [421, 200]);
  await Deno.writeTextFile(`${server.dir}/password`, "a secret\n");
  const [line = ""] = await server.reload(
    'web = "127.0.0.1:0"\nmax-name = 5\nmax-rooms-per-session = 3\nmax-payload = "2KiB"\n' +
      'web-host = ["chat.example.org"]\npassword-file = "password"\ntitle = "Ours"\n',
  );
  assertStringIncludes(
    line,
    'changed="--title --password-file --web-host --max-payload --max-name --max-rooms-per-session"',
  );
  assertEquals((await ann.ask({ type: "join", room: "a" })).type, "joined");
  assertEquals([await asHost("chat.example.org"), await asHost("localhost")], [200, 200]);
  assertEquals(await hello(server, "bob"), {
    came: "password-needed",
    title: "Ours",
    payload: 2_048,
  });
  assertEquals((await hello(server, "bob", { password: "a secret" })).came, "ready");
  assertEquals((await hello(server, "somebody", { password: "a secret" })).came, "bad-name");
  // Ann came by the old limit, which her connection was made with.
  const long = "x".repeat(10_000);
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: long })).type, "ack");
  const [warning = ""] = await server.reload('web = "127.0.0.1:0"\n');
  assertStringIncludes(warning, "Nobody needs a password any more");
  assertEquals(await asHost("chat.example.org"), 421);
  assertEquals(await hello(server, "somebody"), {
    came: "ready",
    title: undefined,
    payload: 65_536,
  });
});

reloadTest("a file with mistakes leaves all as it is, and each is told with its line", async () => {
  await using server = await start('title = "old"\nmax-name = 20\n', "--memory");
  const lines = await server.reload(
    'title = "new"\nmax-romms = 3 # wrong\nmax-name = 99 # wrong\nkeep = 30d # wrong\n',
  );
  const text = "error   SIGHUP: nothing was taken over, since something is wrong error=";
  assertEquals(lines.map((line) => line.startsWith(text)), [true, true, true], lines.join("\n"));
  const told = lines.map((line) => JSON.parse(line.slice(text.length)) as string);
  assertEquals(told.map((each) => each.slice(0, 7)), ["FILE:2:", "FILE:3:", "FILE:4:"]);
  assertStringIncludes(told[0] ?? "", "did you mean max-rooms?");
  assertEquals((await hello(server, "ann")).title, "old");
  const cert = 'title = "new"\ntls-cert = "no.pem"\ntls-key = "no.key" # wrong\n';
  assertStringIncludes((await server.reload(cert)).join(), "no.pem can't be read");
  assertEquals((await hello(server, "ann")).title, "old");
  const good = await server.reload('title = "new"\nmax-name = 20\n');
  assertStringIncludes(good.join(), "changed=--title");
  assertEquals((await hello(server, "ann")).title, "new");
});

reloadTest(
  "a password file or certificate that is a pipe or a device now is not said to be read",
  async () => {
    await using dir = await makeDir();
    const [password, cert, key] = ["password", "cert.pem", "key.pem"].map((name) =>
      `${dir.path}/${name}`
    ) as [string, string, string];
    await Deno.writeTextFile(password, "correct horse\n");
    const pair = await (await makeAuthority()).issue();
    await Deno.writeTextFile(cert, pair.cert);
    await Deno.writeTextFile(key, pair.key);
    const config = `password-file = "${password}"\ntls-cert = "${cert}"\ntls-key = "${key}"\n`;
    await using server = await start(config, "--memory");
    await Deno.remove(password);
    await makePipe(password);
    const held = (flag: string, file: string): string =>
      "warning This is no plain file and was not read again; what it said before holds " +
      `flag=--${flag} file=${file}`;
    const unchanged = "info    SIGHUP: all else was read again, and nothing has changed";
    assertEquals(await server.reload(config), [held("password-file", password), unchanged]);
    await Deno.remove(key);
    await Deno.symlink("/dev/zero", key);
    const titled = `title = "new"\n${config}`;
    assertEquals(await server.reload(titled), [
      held("password-file", password),
      held("tls-key", key),
      "info    SIGHUP: all else was read again, and what has changed is in force changed=--title",
    ]);
    await Deno.remove(password);
    await Deno.writeTextFile(password, "another horse\n");
    await Deno.remove(key);
    await Deno.writeTextFile(key, pair.key);
    assertEquals(await server.reload(titled), [
      "info    SIGHUP: all was read again, and what has changed is in force changed=--password-file",
    ]);
  },
);

reloadTest("what needs a restart is said in a line each, and flags and variables win", async () => {
  await using server = await start("max-page = 100\n", "--memory", "--title", "by flag");
  const config = 'port = 4000\nhost = "0.0.0.0"\ntitle = "by file"\nhistory = 7\nweb = 0\n' +
    'web-host = ["a.test"]\nmax-page = 50\n';
  const lines = await server.reload(config);
  assertEquals(lines, [
    "warning This waits for a restart flag=--host now=127.0.0.1 asked=0.0.0.0 at=FILE:2",
    "warning This waits for a restart flag=--web now=nothing asked=0 at=FILE:5",
    "warning This waits for a restart flag=--web-host now=nothing asked=a.test at=FILE:6",
    "warning This waits for a restart flag=--history now=1000 asked=7 at=FILE:4",
    "info    SIGHUP: all was read again, and what has changed is in force changed=--max-page",
  ]);
  assertEquals((await hello(server, "ann")).title, "by flag");
  // It waits still, and is told again.
  const again = await server.reload(config);
  assertEquals(again.slice(0, -1), lines.slice(0, -1));
  assertStringIncludes(again.at(-1) ?? "", "nothing has changed");
});

reloadTest(
  "less is kept from then on, more is not brought back, and the log says what goes",
  async () => {
    await using data = await makeDir();
    await using server = await start("keep-messages = 100\n", "--data", data.path);
    using ann = await joinEvent(server, "ann");
    for (let n = 0; n < 5; n++) await ann.ask({ type: "say", room: "lobby", text: `line ${n}` });
    const first = async (): Promise<string> => {
      const { messages } = await ann.ask({ type: "history", room: "lobby", limit: 100 });
      return messages[0]?.text;
    };
    assertEquals(await first(), "line 0");
    assertStringIncludes(
      (await server.reload("keep-messages = 2\n")).join(),
      'changed=--keep-messages removed="all but the last 2 messages of each room"',
    );
    await until("what is too much has gone", async () => await first() === "line 3");
    await server.reload("# all\n");
    for (let n = 5; n < 9; n++) await ann.ask({ type: "say", room: "lobby", text: `line ${n}` });
    assertEquals(await first(), "line 3");
  },
);

reloadTest("other files of a certificate are taken from the next handshake on", async () => {
  const authority = await makeAuthority();
  const [one, two] = [await authority.issue(), await authority.issue()];
  await using files = await makeDir();
  for (const [name, { cert, key }] of [["one", one], ["two", two]] as const) {
    await Deno.writeTextFile(`${files.path}/${name}.pem`, cert);
    await Deno.writeTextFile(`${files.path}/${name}.key`, key);
  }
  const config = (name: string, key = name): string =>
    `tls-cert = "${files.path}/${name}.pem"\ntls-key = "${files.path}/${key}.key"\n`;
  await using server = await start(config("one"), "--memory");
  const shown = async (): Promise<string> => {
    const { fingerprint, stream } = await meet(server);
    stream.close();
    return fingerprint;
  };
  assertEquals(await shown(), new Identity(one).fingerprint);
  const wrong = await server.reload(`${config("two", "one")}# wrong`);
  assertStringIncludes(wrong.join(), "FILE:2: The key is not that of the certificate");
  assertEquals(await shown(), new Identity(one).fingerprint);
  assertStringIncludes(
    (await server.reload(config("two"))).join(),
    'changed="--tls-cert --tls-key"',
  );
  assertEquals(await shown(), new Identity(two).fingerprint);
  const off = await server.reload("# without TLS\n");
  assertEquals(off.filter((line) => line.includes("waits")).length, 2, off.join("\n"));
  assertEquals(await shown(), new Identity(two).fingerprint);
});
