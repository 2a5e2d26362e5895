/**
 * The server is killed at random points under load, over and over, and nothing that it had promised
 * is lost. `CRASHES` says how often (50 unless told), `CRASH_SEED` repeats a run's points.
 */

import { assert, assertEquals } from "@std/assert";
import { type CrashReport, runCrashes } from "./run.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CARELESS = new URL("careless_server.ts", import.meta.url).pathname;

/** Crashes of a server that is expected to fail. */
const FEW = 4;
/** A server that takes longer than this to start again, in ms, is broken and not just slow. */
const MAX_START_MS = 10_000;

const crashes = Number(Deno.env.get("CRASHES") ?? "50");
const seed = Number(Deno.env.get("CRASH_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);

/** Runs in a directory of its own. `server` is a program of Deno and the arguments before --data. */
async function run(name: string, server: string[], count: number): Promise<CrashReport> {
  const directory = await Deno.makeTempDir();
  try {
    const began = performance.now();
    const report = await runCrashes({
      server: [...server, "--port", "0", "--data", directory],
      directory,
      crashes: count,
      seed,
      check,
    });
    const { acked, stored, worstListeningMs, worstReadyMs } = report;
    const seconds = Math.round((performance.now() - began) / 1_000);
    say(
      `${name}: ${count} crashes in ${seconds} s, CRASH_SEED=${seed}; ` +
        `${acked} messages acked, ${stored} stored; started again within ` +
        `${Math.round(worstListeningMs)} ms, let somebody in within ${Math.round(worstReadyMs)} ms`,
    );
    return report;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What `chatroom check` says, unless all is well. */
async function check(directory: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, "check", "--data", directory],
  }).output();
  const text = new TextDecoder();
  return code === 0 ? undefined : `${text.decode(stdout)}${text.decode(stderr)}`.trim();
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

Deno.test(`Faults: kill -9 under load, ${crashes} times: every acked message is there once, in order`, async () => {
  const report = await run("chatroom serve", [MAIN, "serve"], crashes);
  assertEquals(report.faults, []);
  assert(report.acked > crashes, `only ${report.acked} messages were acked`);
  assert(report.worstReadyMs < MAX_START_MS, `it took ${report.worstReadyMs} ms to start again`);
});

Deno.test("Faults: kill -9 under load loses nothing either where a power cut may", async () => {
  const count = Math.ceil(crashes / 5);
  const { faults, acked } = await run(
    "chatroom serve --durability normal",
    [MAIN, "serve", "--durability", "normal"],
    count,
  );
  assertEquals(faults, []);
  assert(acked > count, `only ${acked} messages were acked`);
});

Deno.test("a server that acks before it stores is found out", async () => {
  const { faults } = await run("a careless server", [CARELESS], FEW);
  const lost = faults.filter(({ kind }) => kind === "lost");
  assert(lost.length > 0, `nothing was lost, only ${JSON.stringify(faults)}`);
});
