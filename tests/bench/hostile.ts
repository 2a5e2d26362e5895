/**
 * `deno task bench:hostile`: how the healthy half of a server's clients fares while the other half
 * stalls, one floods, and a scanner connects 50 times a second; beside runs without them, and with
 * each of them alone. On Linux the server is on one core, and load and mischief are on the other.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import type { Part } from "./hostile_load.ts";
import type { Peers } from "./hostile_peers.ts";
import { findPins, machine, median, print } from "./matrix.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const LOAD = new URL("tests/bench/hostile_load.ts", ROOT).pathname;
const PEERS = new URL("tests/bench/hostile_peers.ts", ROOT).pathname;

const USAGE = `Usage: deno task bench:hostile [--seconds N] [--clients N] [--runs N]

Puts the same steady load on servers of its own: 500 members that read, 40 messages a second. Beside
them is nobody, or as many others who read, or who never read, or one who floods, or a scanner that
makes 50 connections a second, or those three together. Prints what those who read get, and ratios.

  --seconds N    length of the second part of each run (default 6, at most 60); the first takes 10 s
  --clients N    members that read, and as many that do not (default 500)
  --runs N       runs of each kind, in turns (default 3, which takes 7 minutes)
  -h, --help     show this
`;

/** Messages a second, over all speakers. */
const RATE = 40;
const SCANS_PER_SECOND = 50;
/** It takes the server some 8 s to know who does not read. */
const FIRST_SECONDS = 10;

/**
 * The load is many clients of one address that come at once; what protects from floods is left as
 * it is by default.
 */
const SERVE = [
  ...["serve", "--memory", "--port", "0", "--scrollback", "0", "--log-level", "error"],
  ...["--max-connections", "10000", "--max-connections-per-address", "5000"],
  ...["--max-connects-per-minute", "100000"],
];

const NOBODY: Peers = { reading: 0, stalled: 0, flooding: 0, scans: 0 };

/** Who is beside those that are measured, by what it is called. */
function kindsOf(others: number): Record<string, Peers> {
  const [stalled, flooding, scans] = [others, 1, SCANS_PER_SECOND];
  return {
    "nobody else": NOBODY,
    [`${others} who read`]: { ...NOBODY, reading: others },
    [`${others} who stall`]: { ...NOBODY, stalled },
    "one who floods": { ...NOBODY, flooding },
    "a scanner": { ...NOBODY, scans },
    "the last three": { ...NOBODY, stalled, flooding, scans },
  };
}

/** What one kind came to, run by run: the first seconds, and those after them. */
type Runs = Array<readonly Part[]>;

interface Settings {
  readonly clients: number;
  readonly seconds: number;
  readonly pins: readonly string[][];
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 messages were lost, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseArgs(args, {
    string: ["seconds", "clients", "runs"],
    boolean: ["help"],
    alias: { help: "h" },
  });
  const seconds = Number(flags["seconds"] ?? 6);
  const clients = Number(flags["clients"] ?? 500);
  const runs = Number(flags["runs"] ?? 3);
  const isUsable = seconds > 0 && seconds <= 60 && runs >= 1 && clients >= 10;
  if (flags["help"] === true || !isUsable) {
    print(USAGE);
    return isUsable ? 0 : 2;
  }
  const pins = await findPins();
  const kinds = kindsOf(clients);
  const all = new Map<string, Runs>(Object.keys(kinds).map((kind) => [kind, []]));
  for (let i = 0; i < runs; i++) {
    for (const [kind, peers] of Object.entries(kinds)) {
      all.get(kind)?.push(await run(peers, { clients, seconds, pins }));
    }
  }
  print(machine(pins.length > 0));
  print(`${clients} members that read, ${RATE} messages a second, medians of ${runs} runs.`);
  print("Ratios are to the runs with nobody else, and to those with as many others who read.");
  table(`The first ${FIRST_SECONDS} s`, all, 0);
  table(`The ${seconds} s after them`, all, 1);
  const missing = [...all.values()].flat(2).reduce((sum, part) => sum + part.missing, 0);
  print(`\n${missing} messages were lost among them.`);
  return missing === 0 ? 0 : 1;
}

/** Prints what all kinds came to in the first or the second part. */
function table(title: string, all: ReadonlyMap<string, Runs>, part: number): void {
  const [alone = [], reading = []] = [...all.values()];
  print(`\n${title}:\n`);
  print(
    "| beside them | delivered/s | p50 ms | p99 ms | p50 ratios | p99 ratios | CPU, µs a delivery |",
  );
  print(
    "| ----------- | ----------: | -----: | -----: | ---------: | ---------: | -----------------: |",
  );
  for (const [kind, runs] of all) {
    const values = (of: (part: Part) => number, from = runs): number[] =>
      from.flatMap((parts) => parts[part] ?? []).map(of);
    // Each run is compared with its neighbours in time: the machine may have other things to do.
    const ratios = (of: (part: Part) => number): string =>
      [alone, reading].map((base) =>
        median(values(of).map((value, i) => value / (values(of, base)[i] ?? NaN))).toFixed(2)
      ).join(", ");
    const columns = [
      kind,
      median(values(({ deliveredPerSecond }) => deliveredPerSecond)).toFixed(0),
      median(values(({ p50 }) => p50)).toFixed(1),
      median(values(({ p99 }) => p99)).toFixed(1),
      ratios(({ p50 }) => p50),
      ratios(({ p99 }) => p99),
      median(values((part) => part.serverCpu * 1_000 / part.deliveredPerSecond)).toFixed(1),
    ];
    print(`| ${columns.join(" | ")} |`);
  }
}

/** One run on a server of its own. */
async function run(peers: Peers, { clients, seconds, pins }: Settings): Promise<readonly Part[]> {
  const [onServer = [], onLoad = []] = pins;
  await using server = await start(onServer);
  const { hostname, port, pid } = server;
  const others = command(onLoad, [PEERS, hostname, port, JSON.stringify(peers)], "piped").spawn();
  try {
    const told = others.stdout.pipeThrough(new TextDecoderStream()).getReader();
    if ((await told.read()).done) throw new Error("The others did not get in; see above");
    const lengths = `${FIRST_SECONDS},${seconds}`;
    const args = [LOAD, hostname, port, String(pid), String(clients), String(RATE), lengths];
    const { stdout } = await command(onLoad, args).output();
    await told.cancel();
    const text = new TextDecoder().decode(stdout);
    if (text === "") throw new Error("The load failed; see above");
    return JSON.parse(text);
  } finally {
    await others.stdin.close();
    await others.status;
  }
}

interface Running extends AsyncDisposable {
  readonly hostname: string;
  readonly port: string;
  readonly pid: number;
}

/** Starts a server that says where it is listening. */
async function start(pin: readonly string[]): Promise<Running> {
  const child = command(pin, [MAIN, ...SERVE]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const [, hostname = "", port = ""] =
    / is listening on (\S+):(\d+)$/.exec((await lines.next()).value ?? "") ?? [];
  return {
    hostname,
    port,
    pid: child.pid,
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      while (!(await lines.next()).done);
      await child.status;
    },
  };
}

function command(
  pin: readonly string[],
  args: readonly string[],
  stdin: "null" | "piped" = "null",
): Deno.Command {
  const [program = "", ...rest] = [...pin, Deno.execPath(), "run", "--quiet", "-A", ...args];
  return new Deno.Command(program, { args: rest, stdin, stdout: "piped", stderr: "inherit" });
}
