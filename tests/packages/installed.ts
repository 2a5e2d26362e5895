/** chatroom as a package has installed it: how it is started, and a talk that shows that it works. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { type Build, build } from "../tools/packages/build.ts";
import { within } from "../helpers.ts";

/** How long anything may take here, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 120_000;

/** How an installed chatroom is started. */
export interface Installed {
  /** The program, and what stands before chatroom's own arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

let building: Promise<Build> | undefined;

/** What packages are made of, made once for all tests of a file. */
export function built(): Promise<Build> {
  return building ??= build();
}

/** What a program came to. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with `input` on its standard input. */
export async function runProgram(
  { command: [program, ...before], env = {}, cwd }: Installed,
  args: readonly string[],
  input = "",
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args: [...before, ...args],
    env: { NO_COLOR: "1", ...env },
    ...cwd === undefined ? {} : { cwd },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // It may end without reading, which breaks the pipe.
  const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await within(
    `the end of ${args.join(" ")}`,
    child.output(),
    PATIENCE_MS,
  );
  await fed;
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A program in pipes that runs until it is ended. */
export interface Going extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  write(text: string): Promise<void>;
  /** The next line of its standard output that `wanted` makes something of. */
  line<T>(wanted: (line: string) => T | undefined): Promise<T>;
  /** Closes its standard input and resolves with its exit code. */
  end(): Promise<number>;
}

export function startProgram(
  { command: [program, ...before], env = {}, cwd }: Installed,
  args: readonly string[],
): Going {
  const child = new Deno.Command(program, {
    args: [...before, ...args],
    env: { NO_COLOR: "1", ...env },
    ...cwd === undefined ? {} : { cwd },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const line = async <T>(wanted: (line: string) => T | undefined): Promise<T> => {
    const seen: string[] = [];
    for (let next; !(next = await lines.next()).done;) {
      const found = wanted(next.value);
      if (found !== undefined) return found;
      seen.push(next.value);
    }
    throw new Error(`"${args.join(" ")}" ended too early, after ${JSON.stringify(seen)}`);
  };
  return {
    child,
    write: (text) => input.write(new TextEncoder().encode(text)),
    line: (wanted) => within(`a line of ${args.join(" ")}`, line(wanted), PATIENCE_MS),
    async end(): Promise<number> {
      await input.close();
      return (await within("its end", child.status, PATIENCE_MS)).code;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await input.close().catch(() => {}); // closed by end(), or with the program
      try {
        child.kill("SIGTERM"); // a launcher passes it on, and could not pass on SIGKILL
      } catch {
        // It has ended.
      }
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await child.status;
      clearTimeout(timer);
      await lines.return?.();
    },
  };
}

/** Starts a server on a free port, over TLS and with the page; its data are in `data`. */
export async function serveTls(
  installed: Installed,
  data: string,
): Promise<Going & Readonly<Record<"join" | "address" | "pin" | "page", string>>> {
  const args = ["serve", "--config", "none", "--data", data, "--port", "0", "--tls", "--web", "0"];
  const server = startProgram(installed, args);
  const address = await server.line((line) => / is listening on (127\S+)$/.exec(line)?.[1]);
  const join = await server.line((line) => /^ {2}(.*) connect --tls /.exec(line)?.[1]);
  const pin = await server.line((line) => /^ {2}(SHA256:\S+)$/.exec(line)?.[1]);
  const page = await server.line((line) => /web page is at (https:\S+)/.exec(line)?.[1]);
  return { ...server, join, address, pin, page };
}

/** Two people talk over TLS; then the server is told to end. Resolves with what it says to type to join. */
export async function talk(
  installed: Installed,
  data: string,
  server: Installed = installed,
): Promise<string> {
  await using serving = await serveTls(server, data);
  const { address, pin, page, join } = serving;
  const connect = async (name: string): Promise<Going> => {
    const args = ["connect", address, "--tls-fingerprint", pin, "--name", name, "--json"];
    const client = startProgram(installed, args);
    await client.line((line) => JSON.parse(line).type === "ready" || undefined);
    return client;
  };
  const hears = (client: Going, from: string): Promise<string> =>
    client.line((line) => {
      const event = JSON.parse(line);
      return event.type === "message" && event.from === from ? event.text : undefined;
    });
  {
    await using ann = await connect("ann");
    await using bob = await connect("bob");
    await ann.write("hello Bob\n");
    assertEquals(await hears(bob, "ann"), "hello Bob");
    await bob.write("hello Ann\n");
    assertEquals(await hears(ann, "bob"), "hello Ann");
    assertEquals(await bob.end(), 0);
  }
  await looksAtPage(page, `${data}/tls-cert.pem`);
  serving.child.kill("SIGTERM");
  assertEquals(await within("the server's end", serving.child.status, PATIENCE_MS), {
    ...{ success: true, code: 0, signal: null },
  });
  await keepsAndTells(installed, data);
  return join;
}

/** The page and its modules are where the program looks for them. */
async function looksAtPage(page: string, certificate: string): Promise<void> {
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(certificate)] });
  const answer = await fetch(page, { client });
  assertEquals(answer.status, 200);
  const [, module = ""] = /src="([^"]*app\.js[^"]*)"/.exec(await answer.text()) ?? [];
  const app = await fetch(new URL(module, page), { client });
  assertEquals([app.status, app.headers.get("content-type")?.split(";")[0]], [
    ...[200, "text/javascript"],
  ]);
  await app.body?.cancel();
}

/** What was said is in the data, and the documents are where the program looks for them. */
async function keepsAndTells(installed: Installed, data: string): Promise<void> {
  const exported = await runProgram(installed, ["export", "--data", data]);
  assertEquals([exported.code, exported.stderr], [0, ""]);
  const texts = exported.stdout.trim().split("\n").map((line) => JSON.parse(line).text);
  assertEquals(texts, ["hello Bob", "hello Ann"]);
  const help = await runProgram(installed, ["help", "tls"]);
  assertEquals(help.code, 0);
  assertStringIncludes(help.stdout, "TLS\n");
  assert(help.stdout.includes("fingerprint"));
}

/** A test that is left out for a reason, which its name says then, whatever is required elsewhere. */
export function optionalTest(
  why: string | undefined,
  name: string,
  fn: () => Promise<void>,
): void {
  const skipped = why === undefined ? "" : ` (skipped: ${why})`;
  Deno.test({ name: name + skipped, ignore: why !== undefined, fn });
}

/** A folder for one test, which other users may look into. */
export async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "chatroom-package-" });
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
