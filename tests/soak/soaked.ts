/** Starts the server that is soaked, asks it what it holds, and ends it. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { parseAddress } from "../../lib/cli/values.ts";
import { type Holdings, PROBE } from "./server.ts";

const SERVER = new URL("server.ts", import.meta.url).pathname;

/** How long it may take to start, to answer and to end, in ms. */
const PATIENCE_MS = 20_000;

/**
 * Deadlines that come within a soak of seconds, and as little kept as will do: so all that grows at
 * first stands still soon.
 */
const FLAGS = [
  ["--port", "0"],
  ["--durability", "normal"],
  ["--keep-messages", "2000"],
  ["--history", "200"],
  ["--history-bytes", "8MiB"],
  ["--handshake-timeout", "2s"],
  ["--frame-timeout", "2s"],
  ["--ping-interval", "2s"],
  ["--silence-timeout", "4s"],
  ["--write-timeout", "3s"],
  ["--session-timeout", "5s"],
  ["--name-timeout", "2s"],
  ["--max-waiting", "200"],
  // All the mischief comes from one address, which must not end it at the door.
  ["--max-connections-per-address", "10000"],
  ["--max-connects-per-minute", "1000000"],
  ["--log-level", "error"],
].flat();

/** A server in a process of its own, whose data goes with it. */
export class SoakedServer implements AsyncDisposable {
  readonly addr: Deno.NetAddr;
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stderr: Promise<string>;
  readonly #dir: string;
  /** Its exit code and what it complained of; there once it has ended. */
  ended: { readonly code: number; readonly complaints: string } | undefined;

  private constructor(
    child: Deno.ChildProcess,
    lines: AsyncIterator<string>,
    addr: Deno.NetAddr,
    stderr: Promise<string>,
    dir: string,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#stdin = child.stdin.getWriter();
    this.#stderr = stderr;
    this.#dir = dir;
    this.addr = addr;
  }

  /** Starts it; what it keeps is on disk, or in memory only. */
  static async start(inMemory: boolean): Promise<SoakedServer> {
    const dir = await Deno.makeTempDir({ prefix: "soak" });
    const store = inMemory ? ["--memory"] : ["--data", dir];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--v8-flags=--expose-gc", SERVER, ...store, ...FLAGS],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    const address = await find(lines, /is listening on (\S+)$/);
    if (address === undefined) {
      kill(child, "SIGKILL");
      await child.stdin.abort().catch(() => {});
      await Deno.remove(dir, { recursive: true });
      throw new Error(`The server did not start: ${await stderr}`);
    }
    const { hostname, port } = parseAddress(address);
    return new SoakedServer(child, lines, { transport: "tcp", hostname, port }, stderr, dir);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What it holds after a collection. */
  async holdings(): Promise<Holdings> {
    await this.#stdin.write(new TextEncoder().encode("\n"));
    const found = await find(this.#lines, new RegExp(`^${PROBE}(.*)$`));
    if (found === undefined) throw new Error(`The server has ended: ${await this.#stderr}`);
    return JSON.parse(found);
  }

  /** Ends it as an operator does, and by force if it takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#child, "SIGTERM");
    const timer = setTimeout(() => kill(this.#child, "SIGKILL"), PATIENCE_MS);
    while (!(await this.#lines.next()).done);
    const { code } = await this.#child.status;
    clearTimeout(timer);
    await this.#stdin.close().catch(() => {});
    this.ended = { code, complaints: await this.#stderr };
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** What the pattern catches in the first line that it fits. */
async function find(lines: AsyncIterator<string>, pattern: RegExp): Promise<string | undefined> {
  for (;;) {
    const line = await lines.next();
    if (line.done) return undefined;
    const found = pattern.exec(line.value)?.[1];
    if (found !== undefined) return found;
  }
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended.
  }
}
