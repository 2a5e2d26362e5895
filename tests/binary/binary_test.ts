/**
 * Proves the executable: the file that CHATROOM_BINARY names, or else dist/chatroom, made first.
 * It runs with no environment at all and through pipes, as a script would run it, but for one test.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import config from "../../deno.json" with { type: "json" };
import { DOCUMENTS } from "../../lib/cli/topics.ts";
import { SUBCOMMANDS } from "../../lib/cli/subcommands.ts";
import { NO_PTY, Pty } from "../pty.ts";

/** A program that is not done by then is stuck, and is ended. */
const DEADLINE_MS = 20_000;

const binary = Deno.env.get("CHATROOM_BINARY") ?? await compile();

Deno.test("The binary prints the version of deno.json", async () => {
  const began = performance.now();
  const { code, stdout, stderr } = await run(["--version"]);
  report(`chatroom --version took ${Math.round(performance.now() - began)} ms`);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(stdout, config.version);
});

Deno.test("Clients in pipes exchange messages through a server on a free port", async () => {
  await using server = await serve();
  await using ann = await connect(server.address, "ann");
  const bot = await run(["connect", server.address, "--name", "bot"], "one\n");
  assertEquals({ code: bot.code, stderr: bot.stderr }, { code: 0, stderr: "" });
  assert(!bot.stdout.includes("\x1b"), `no escapes belong in a pipe: ${bot.stdout}`);
  await using ben = await connect(server.address, "ben");

  await ben.write("two\n");
  assertEquals(await ann.message(), { from: "bot", text: "one" });
  assertEquals(await ann.message(), { from: "ben", text: "two" });
  await ann.write("three\n");
  assertEquals(await ben.message("ann"), { from: "ann", text: "three" });
  assertEquals([await ann.end(), await ben.end()], [0, 0]);
});

Deno.test("The binary has every subcommand in it, and an error is one line", async () => {
  for (const { name } of SUBCOMMANDS) {
    const { code, stdout, stderr } = await run([name, "--help"]);
    assertEquals([code, stdout.split(/[ :]/, 2), stderr], [0, ["chatroom", name], ""], stdout);
  }
  const nowhere = await run(["check", "--data", "/nowhere/at all"]);
  assertEquals([nowhere.code, nowhere.stderr.trimEnd().split("\n").length], [1, 1], nowhere.stderr);
});

Deno.test("The binary has the documents in it", async () => {
  for (const { word } of DOCUMENTS) {
    const { code, stdout, stderr } = await run(["help", word]);
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.length > 1_000, `${word}: ${stdout.length}`);
  }
});

Deno.test({
  name: "checklist 15: The binary shows its prompt though the server never answers" +
    (NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`),
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const address = `127.0.0.1:${listener.addr.port}`;
    const times: number[] = [];
    for (let n = 0; n < 5; n++) {
      const began = performance.now();
      await using pty = new Pty([binary, "connect", address, "--name", "me", "--no-settings"]);
      await pty.until(() => pty.screen.cursorRow.includes("lobby> "), "the prompt");
      times.push(performance.now() - began);
      pty.type("draft");
      await pty.until(() => pty.screen.cursorRow.includes("lobby> draft"), "the draft");
    }
    report(`chatroom connect showed its prompt after ${Math.round(Math.min(...times))} ms at best`);
  },
});

const runtime = /\(Deno (\S+)\)/.exec((await run(["--version"])).stdout)?.[1] ?? "";
const hasTls = runtime.localeCompare("2.9.5", "en", { numeric: true }) >= 0;

Deno.test("The binary has the web page and the metrics in it", async () => {
  if (!hasTls) {
    const { code, stderr } = await run(["serve", "--memory", "--port", "0", "--web", "0"]);
    assertEquals(code, 1);
    return assertStringIncludes(stderr, `This program runs on Deno ${runtime} and needs 2.9.5`);
  }
  await using server = spawn(["serve", "--memory", "--port", "0", "--web", "0"]);
  const page = await server.line((line) => /web page is at (http:\S+)/.exec(line)?.[1]);
  for (
    const [path, type] of [
      ["", "text/html; charset=utf-8"],
      ["app.js", "text/javascript; charset=utf-8"],
      ["metrics", "text/plain"],
    ]
  ) {
    const answer = await fetch(`${page}${path}`);
    assertEquals(answer.status, 200, path);
    assertStringIncludes(answer.headers.get("content-type") ?? "", type ?? "");
    await answer.text();
  }
});

Deno.test("The binary makes a certificate of its own, and says its fingerprint", async () => {
  if (!hasTls) {
    const { code, stderr } = await run(["serve", "--memory", "--port", "0", "--tls"]);
    assertEquals(code, 1);
    return assertStringIncludes(stderr, `Can't speak TLS: This program runs on Deno ${runtime}`);
  }
  const dir = await Deno.makeTempDir();
  try {
    await using server = await serve("--data", dir, "--tls");
    const said = await server.line((line) => /^ {2}SHA256:(\S+)$/.exec(line)?.[1]);
    const pem = await Deno.readTextFile(`${dir}/tls-cert.pem`);
    const der = Uint8Array.fromBase64(pem.replace(/-----.*-----/g, ""));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
    assertEquals(said.replaceAll(":", ""), hash.toHex().toUpperCase());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test({
  name: "The binary chats over TLS, and so does its page" +
    (hasTls ? "" : ` (skipped: it was made with Deno ${runtime}; TLS needs 2.9.5)`),
  ignore: !hasTls,
  async fn(): Promise<void> {
    const dir = await Deno.makeTempDir();
    try {
      await using server = await serve("--data", dir, "--tls", "--web", "0");
      const pin = await server.line((line) => /^ {2}(SHA256:\S+)$/.exec(line)?.[1]);
      const page = await server.line((line) => /web page is at (https:\S+)/.exec(line)?.[1]);
      const send = ["send", "--server", server.address, "--name", "ann"];
      assertEquals((await run([...send, "--tls-fingerprint", pin, "hello"])).code, 0);
      assertEquals((await run([...send, "--tls", "hello"])).code, 4);
      const caCerts = [await Deno.readTextFile(`${dir}/tls-cert.pem`)];
      using client = Deno.createHttpClient({ caCerts });
      const answer = await fetch(page, { client });
      assertEquals(answer.status, 200);
      await answer.text();
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test({
  name: "SIGTERM ends the server with exit code 0",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    await using server = await serve();
    server.child.kill("SIGTERM");
    assertEquals(await server.child.status, { success: true, code: 0, signal: null });
  },
});

Deno.test("What was acked is there after a kill, and can be exported and checked", async () => {
  const dir = await Deno.makeTempDir();
  try {
    {
      await using server = await serve("--data", dir);
      const sent = await run(["send", "--server", server.address, "--name", "ann", "kept"]);
      assertEquals(sent, { code: 0, stdout: "", stderr: "" });
      if (Deno.build.os !== "windows") server.child.kill("SIGKILL");
    }
    const exported = await run(["export", "--data", dir]);
    assertEquals(exported.stderr, "");
    const { seq, from, text } = JSON.parse(exported.stdout);
    assertEquals({ seq, from, text }, { seq: 1, from: "ann", text: "kept" });
    assertEquals((await run(["check", "--data", dir])).code, 0);
    await using server = await serve("--data", dir);
    await using tail = spawn(["tail", server.address, "--name", "eve"]);
    assertEquals(await tail.line((line) => line), "ann: kept");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

/** A program in pipes that runs until it is ended. */
interface Running extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  write(text: string): Promise<void>;
  /** The next line of its standard output that `wanted` makes something of. */
  line<T>(wanted: (line: string) => T | undefined): Promise<T>;
  /** Closes its standard input and resolves with its exit code. */
  end(): Promise<number>;
}

function spawn(args: readonly string[]): Running {
  const child = new Deno.Command(binary, {
    args: [...args],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const input = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  return {
    child,
    write: (text) => input.write(new TextEncoder().encode(text)),
    async line<T>(wanted: (line: string) => T | undefined): Promise<T> {
      const seen: string[] = [];
      for (let next; !(next = await lines.next()).done;) {
        const found = wanted(next.value);
        if (found !== undefined) return found;
        seen.push(next.value);
      }
      throw new Error(
        `"chatroom ${args.join(" ")}" ended too early, after ${JSON.stringify(seen)}`,
      );
    },
    async end(): Promise<number> {
      await input.close();
      return (await child.status).code;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await input.close().catch(() => {}); // closed by end(), or with the program
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
      clearTimeout(deadline);
      await lines.return?.();
    },
  };
}

/** Starts a server on a free port and waits until it says where it listens. */
async function serve(...flags: string[]): Promise<Running & { readonly address: string }> {
  const began = performance.now();
  const server = spawn([
    "serve",
    "--port",
    "0",
    ...flags.length === 0 ? ["--memory"] : flags,
  ]);
  const address = await server.line((line) => /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1]);
  report(`chatroom serve listened after ${Math.round(performance.now() - began)} ms`);
  return { ...server, address };
}

/** What a client says of a message. */
interface Said {
  readonly from: string;
  readonly text: string;
}

/** Starts a client that prints events as JSON and waits until it is in the room. */
async function connect(
  address: string,
  name: string,
): Promise<Running & { message(from?: string): Promise<Said> }> {
  const client = spawn(["connect", address, "--name", name, "--json"]);
  await client.line((line) => JSON.parse(line).type === "ready" || undefined);
  return {
    ...client,
    message: (wanted) =>
      client.line((line) => {
        const { type, from, text } = JSON.parse(line);
        const counts = type === "message" && from === (wanted ?? from);
        return counts ? { from, text } : undefined;
      }),
  };
}

/** Runs the binary to its end with `input` on its standard input. */
async function run(
  args: readonly string[],
  input = "",
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(binary, {
    args: [...args],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  // It may end without reading, which breaks the pipe.
  const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  clearTimeout(deadline);
  await fed;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Makes dist/chatroom and resolves with its path. */
async function compile(): Promise<string> {
  const root = `${import.meta.dirname}/../..`;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "compile"],
    cwd: root,
    stdin: "null",
  }).spawn().status;
  if (!success) {
    throw new Error("dist/chatroom can't be made; set CHATROOM_BINARY to an executable to prove");
  }
  return `${root}/dist/chatroom${Deno.build.os === "windows" ? ".exe" : ""}`;
}

/** Tells a measurement, which proves nothing and fails nothing. */
function report(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
