/** A server of a bench in a process of its own, which tells what it holds. It ends with the bench. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { type Holdings, PROBE } from "../soak/server.ts";

const SERVER = new URL("../soak/server.ts", import.meta.url).pathname;

/** A server that was started with {@linkcode startProbed}. */
export interface ProbedServer extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** From its start until it listened, in ms. */
  readonly listeningMs: number;
  /** The port of its web page, if it was started with one. Asked for once. */
  webPort(): Promise<number>;
  /** What it holds after a collection. */
  holdings(): Promise<Holdings>;
}

/** Starts `serve` with flags, by the program and arguments in `pin` if there are some. */
export async function startProbed(
  pin: readonly string[],
  flags: readonly string[],
): Promise<ProbedServer> {
  const began = performance.now();
  const [program = "", ...args] = [
    ...[...pin, Deno.execPath(), "run", "--quiet", "-A", "--v8-flags=--expose-gc", SERVER],
    ...flags,
  ];
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const stdin = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const find = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("The server has ended");
      const found = pattern.exec(value)?.[1];
      if (found !== undefined) return found;
    }
  };
  const stop = async (): Promise<void> => {
    // It ends by itself with its stdin, but takes its time for a farewell to everybody.
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    while (!(await lines.next()).done);
    await child.status;
    await stdin.abort().catch(() => {});
  };
  try {
    const port = Number(await find(/ is listening on \S+:(\d+)$/));
    return {
      ...{ pid: child.pid, port, listeningMs: performance.now() - began },
      webPort: async () => Number(await find(/^The web page is at \S+:(\d+)/)),
      async holdings(): Promise<Holdings> {
        await stdin.write(new TextEncoder().encode("\n"));
        return JSON.parse(await find(new RegExp(`^${PROBE}(.*)$`)));
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
