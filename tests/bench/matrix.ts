/**
 * `deno task bench`: the same load on our server and on the baseline, side by side, as ratios. Each
 * cell runs them in pairs, ours and baseline, baseline and ours …, and takes the median of the pairs'
 * ratios: what the machine does to both in the same seconds cancels out. Servers and load are
 * processes of their own, on Linux each kind on a core of its own.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import { openFlags } from "../../lib/cli/limit_flags.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const BASELINE = new URL("tests/bench/baseline.ts", ROOT).pathname;

const USAGE = `Usage: deno task bench [--seconds N] [--runs N] [--quick]
                       [--store WHERE] [--only LOAD]

Runs \`chatroom bench\` on our server and on the one of tests/bench/baseline.ts, for 100 and 1,000
clients, 1, 8, 64 and 256 messages in flight, and both protocols, and prints ratios.

  --seconds N    length of each run (default 2); the whole takes about 100 times as long
  --runs N       runs of each server and load (default 3)
  --quick        a few seconds in all, to see that it works; the figures mean nothing
  --store WHERE  memory (default): messages are kept in memory; normal or full: they are kept in a
                 directory of their own with that durability, and the server that keeps them in
                 memory stands in for the baseline
  --only LOAD    one of the loads, as in \`event,100,8\`: protocol, clients, messages in flight
  -h, --help     show this
`;

interface Cell {
  readonly protocol: string;
  readonly clients: number;
  readonly window: number;
}

interface Settings {
  readonly cells: readonly Cell[];
  readonly runs: number;
  readonly seconds: number;
  /** How durable our server's messages are. */
  readonly store: string;
}

const STORES: readonly string[] = ["memory", "normal", "full"];

/** A server that cuts off no client for the load's own slowness, and tells none of earlier runs. */
const SERVE = [
  ...["serve", "--port", "0", "--max-outbox", "64MiB", "--scrollback", "0"],
  ...["--log-level", "error", ...openFlags()],
];

/** What of `chatroom bench --json` is used here. */
interface Figures {
  readonly deliveredPerSecond: number;
  readonly latencyMs: { readonly p99: number } | null;
  readonly missing: number | null;
  readonly closed: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 failed, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (typeof settings === "number") return settings;
  const pins = await findPins();
  print(machine(pins.length > 0));
  print(`Medians of ${settings.runs} runs of ${settings.seconds} s; 64 bytes, 10 senders.\n`);
  const other = settings.store === "memory" ? "baseline" : "--memory";
  print(`| protocol | clients | in flight | delivered/s | ratio to ${other} | p99 ms | ratio |`);
  print("| -------- | ------: | --------: | ----------: | ----------------: | -----: | ----: |");
  let lost = 0;
  for (const cell of settings.cells) lost += await runCell(cell, settings, pins);
  if (lost > 0) print(`\n${lost} deliveries or connections of our server were lost.`);
  return lost > 0 ? 1 : 0;
}

function settingsFrom(args: readonly string[]): Settings | number {
  let unknown: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["quick", "help"],
    string: ["seconds", "runs", "store", "only"],
    alias: { help: "h" },
    unknown: (arg) => {
      unknown = arg;
    },
  });
  const quick = flags["quick"] === true;
  const seconds = Number(flags["seconds"] ?? (quick ? 0.3 : 2));
  const runs = Number(flags["runs"] ?? (quick ? 1 : 3));
  if (flags["help"] === true) {
    print(USAGE);
    return 0;
  }
  const store = String(flags["store"] ?? "memory");
  if (!STORES.includes(store)) unknown ??= "--store";
  if (!(seconds > 0 && seconds <= 600)) unknown ??= "--seconds";
  if (!(Number.isInteger(runs) && runs > 0 && runs <= 100)) unknown ??= "--runs";
  if (unknown !== undefined) {
    write(Deno.stderr, `bench: ${unknown} is not understood\n\n${USAGE}`);
    return 2;
  }
  const cells = ["classic", "event"].flatMap((protocol) =>
    (quick ? [20] : [100, 1_000]).flatMap((clients) =>
      (quick ? [1, 64] : [1, 8, 64, 256]).map((window) => ({ protocol, clients, window }))
    )
  );
  const { only } = flags;
  const wanted = cells.filter((cell) => only === undefined || nameOf(cell) === only);
  if (wanted.length === 0) {
    write(
      Deno.stderr,
      `bench: no load is called ${only}; there are ${cells.map(nameOf).join(" ")}\n`,
    );
    return 2;
  }
  return { cells: wanted, runs, seconds, store };
}

function nameOf({ protocol, clients, window }: Cell): string {
  return `${protocol},${clients},${window}`;
}

/** Runs one cell and prints its row; resolves with what our server lost. */
async function runCell(cell: Cell, settings: Settings, pins: readonly string[][]): Promise<number> {
  const { protocol, clients, window } = cell;
  const [onServer = [], onLoad = []] = pins;
  const inMemory = [MAIN, ...SERVE, "--memory"];
  const dir = settings.store === "memory" ? undefined : await Deno.makeTempDir();
  await using _removing = { [Symbol.asyncDispose]: () => remove(dir) };
  const kept = [MAIN, ...SERVE, "--data", dir ?? "", "--durability", settings.store];
  await using ours = await start(onServer, dir === undefined ? inMemory : kept);
  await using baseline = await start(onServer, dir === undefined ? [BASELINE] : inMemory);
  const runs: { ours: Figures[]; baseline: Figures[] } = { ours: [], baseline: [] };
  for (let i = 0; i < settings.runs; i++) {
    // Who goes first changes from pair to pair: a machine that gets slower favours nobody.
    for (const who of i % 2 === 0 ? ["ours", "baseline"] as const : ["baseline", "ours"] as const) {
      const { address } = who === "ours" ? ours : baseline;
      runs[who].push(await load(onLoad, address, cell, settings.seconds));
    }
  }
  const delivered = ({ deliveredPerSecond }: Figures): number => deliveredPerSecond;
  const p99 = ({ latencyMs }: Figures): number => latencyMs?.p99 ?? NaN;
  const ratio = (of: (figures: Figures) => number): string =>
    median(runs.ours.map((figures, i) => of(figures) / of(runs.baseline[i] as Figures))).toFixed(2);
  const columns = [
    protocol,
    clients,
    window,
    median(runs.ours.map(delivered)).toLocaleString("en-US"),
    ratio(delivered),
    median(runs.ours.map(p99)).toFixed(2),
    ratio(p99),
  ];
  print(`| ${columns.join(" | ")} |`);
  return runs.ours.reduce((sum, { missing, closed }) => sum + (missing ?? 0) + closed, 0);
}

interface Running extends AsyncDisposable {
  readonly address: string;
}

async function remove(dir: string | undefined): Promise<void> {
  if (dir !== undefined) await Deno.remove(dir, { recursive: true });
}

/** Starts a server that says where it is listening. */
async function start(pin: readonly string[], args: readonly string[]): Promise<Running> {
  const child = command(pin, args).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const address = / is listening on (\S+)$/.exec((await lines.next()).value ?? "")?.[1];
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    while (!(await lines.next()).done);
    await child.status;
  };
  if (address === undefined) {
    await stop();
    throw new Error(`${args[0]} did not say where it listens`);
  }
  return { address, [Symbol.asyncDispose]: stop };
}

/** Puts the load of a cell on a server. */
async function load(
  pin: readonly string[],
  address: string,
  { protocol, clients, window }: Cell,
  seconds: number,
): Promise<Figures> {
  const flags = Object.entries({ protocol, clients, window, senders: 10, duration: `${seconds}s` })
    .flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await command(pin, [MAIN, "bench", address, "--json", ...flags]).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`The load on ${address} failed`);
  return JSON.parse(text);
}

function command(pin: readonly string[], args: readonly string[]): Deno.Command {
  const [program = "", ...rest] = [...pin, Deno.execPath(), "run", "--quiet", "-A", ...args];
  return new Deno.Command(program, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}

/** What to start the servers and the load with so that each keeps to a core; nothing elsewhere. */
export async function findPins(): Promise<string[][]> {
  if (Deno.build.os !== "linux" || navigator.hardwareConcurrency < 2) return [];
  const pins = [["taskset", "-c", "0"], ["taskset", "-c", "1"]];
  try {
    for (const [program = "", ...args] of pins) {
      const { success } = await new Deno.Command(program, { args: [...args, "true"] }).output();
      if (!success) return [];
    }
    return pins;
  } catch {
    return [];
  }
}

/** The machine that is measured on, in a sentence. */
export function machine(pinned: boolean): string {
  let cpu = "unknown CPU";
  try {
    const info = Deno.readTextFileSync("/proc/cpuinfo");
    cpu = /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? cpu;
  } catch {
    // Only Linux tells, and only those who may read it.
  }
  const cores = navigator.hardwareConcurrency;
  const where = pinned ? "servers on core 0, load on core 1" : "servers and load where they like";
  return `${cpu}, ${cores} cores, ${Deno.build.target}, Deno ${Deno.version.deno}; ${where}.`;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Prints a line. */
export function print(line: string): void {
  write(Deno.stdout, `${line}\n`);
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}
