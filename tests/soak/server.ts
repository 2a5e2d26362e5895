/**
 * The server that is soaked: this program's `serve`, with the arguments given, and a probe beside it.
 * Each line on stdin is answered with what the process holds; the end of stdin ends the process, so
 * that it can't outlive who started it.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { print } from "../../lib/cli/output.ts";
import { runCommandLine } from "../../lib/cli/subcommands.ts";

/** What a process holds: memory in bytes, after a collection, and open descriptors. */
export interface Holdings {
  readonly resident: number;
  /** The heap in use, and what lies outside of it. */
  readonly heap: number;
  readonly descriptors: number;
}

/** What an answer of the probe begins with. */
export const PROBE = "probe ";

function holdings(): Holdings {
  // Only there with --v8-flags=--expose-gc.
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  let descriptors = -1;
  try {
    descriptors = [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    // Not on this system.
  }
  return { resident: rss, heap: heapUsed + external, descriptors };
}

async function answerProbes(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const _ of lines) print(PROBE + JSON.stringify(holdings()));
  Deno.kill(Deno.pid, "SIGTERM");
}

if (import.meta.main) {
  answerProbes();
  Deno.exit(await runCommandLine(["serve", ...Deno.args]));
}
