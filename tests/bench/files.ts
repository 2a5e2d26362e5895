/**
 * `deno task bench:files`: how fast a file goes from one client to another beside croc and curl, what
 * transfers take of the server's memory, and what they cost the talk, on an open link and on a slow one.
 */

import { parseArgs } from "@std/cli/parse-args";
import type { SentFile } from "../../lib/wire/events.ts";
import { findRivals, type Rival } from "./files_rival.ts";
import { Talker } from "./files_talker.ts";
import { machine, median, print } from "./matrix.ts";
import { type ProbedServer, startProbed } from "./probed_server.ts";
import { SlowLink } from "./slow_link.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const USAGE = `Usage: deno task bench:files [--mib N] [--runs N]

Brings a file from one client to another through a server on this machine, in turns with croc, where
that is installed, and with curl from a plain static server. Then it has 20 transfers at once, for the
server's memory; and talk beside a transfer, on this machine's own link and on one of 8 Mbit/s.

  --mib N     size of the file in MiB (default 256, at most 4096)
  --runs N    how often each is brought, and talk is measured (default 5, at most 50)
  --only PART one of rates, memory and talk, in place of all three
  -h, --help  show this
`;

/** The slow link: 8 Mbit/s in bytes. */
const SLOW = 1_000_000;
/** What is sent over it: it takes 10 s. */
const SLOW_MIB = 10;
/** Links that transfer at once, each two files in and two out. */
const LINKS = 5;
const PER_LINK = 4;
/** Messages that are said, one every so many ms, to see how long one takes. */
const SAID = 400;
const PACE_MS = 20;

const PARTS = ["rates", "memory", "talk"] as const;

interface Settings {
  readonly mib: number;
  readonly runs: number;
  readonly only?: typeof PARTS[number];
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (typeof settings === "number") return settings;
  const folder = await Deno.makeTempDir();
  await using _removing = {
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  print(machine(false));
  print(`The load of this machine was ${Deno.loadavg()[0]?.toFixed(1)} when this began.`);
  const path = `${folder}/file.bin`;
  await fill(path, settings.mib);
  const bench: Bench = { ...settings, folder, path };
  const parts = { rates, memory, talk };
  for (const part of settings.only === undefined ? Object.values(parts) : [parts[settings.only]]) {
    await using server = await startServer(folder);
    await part(bench, server);
    await Deno.remove(`${folder}/data`, { recursive: true });
  }
  return 0;
}

interface Bench extends Settings {
  readonly folder: string;
  /** The file that is sent. */
  readonly path: string;
}

function settingsFrom(args: readonly string[]): Settings | number {
  let wrong: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["mib", "runs", "only"],
    alias: { help: "h" },
    unknown: (arg) => {
      wrong = arg;
    },
  });
  if (flags["help"] === true) {
    print(USAGE);
    return 0;
  }
  const mib = Number(flags["mib"] ?? 256);
  const runs = Number(flags["runs"] ?? 5);
  if (!Number.isInteger(mib) || mib < 1 || mib > 4_096) wrong ??= `--mib ${flags["mib"]}`;
  if (!Number.isInteger(runs) || runs < 1 || runs > 50) wrong ??= `--runs ${flags["runs"]}`;
  const only = PARTS.find((part) => part === flags["only"]);
  if (flags["only"] !== only) wrong ??= `--only ${flags["only"]}`;
  if (wrong === undefined) return { mib, runs, ...only === undefined ? {} : { only } };
  const text = `bench:files: ${wrong} is not understood\n\n${USAGE}`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  return 2;
}

/** A server that takes files of any size, from one address as much as there is. */
function startServer(folder: string): Promise<ProbedServer> {
  return startProbed([], [
    ...["--port", "0", "--data", `${folder}/data`, "--log-level", "error"],
    ...["--max-file", "8GiB", "--max-files", "900GiB", "--max-files-per-address", "256GiB"],
    ...["--file-rate", "16GiB"],
  ]);
}

/** Fills a file with bytes that can't be made smaller. */
async function fill(path: string, mib: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const bytes = new Uint8Array(1_048_576);
  for (let n = 0; n < mib; n++) {
    for (let at = 0; at < bytes.length; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    }
    await file.write(bytes);
  }
}

/** Makes another file of it: the server would have to take the place of one that it has. */
async function change(path: string, run: number): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.write(Uint8Array.of(run));
}

/** How fast a file goes from client to client, both of them commands. */
async function rates({ mib, runs, folder, path }: Bench, { port }: ProbedServer): Promise<void> {
  const rivals = await findRivals();
  await using stack = new AsyncDisposableStack();
  for (const rival of rivals) stack.use(rival);
  await using ears = new Talker(port, "ears");
  const ours: number[] = [];
  const theirs = rivals.map((): number[] => []);
  const [ups, downs]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    const out = `${folder}/out`;
    await Deno.mkdir(out);
    await change(path, run);
    for (const [n, rival] of rivals.entries()) theirs[n]?.push(await brought(rival, path, out));
    const began = performance.now();
    await program("send", "--name", "ann", "--file", path, `127.0.0.1:${port}`);
    const sent = performance.now();
    const { id } = await ears.lastFile();
    await program("get", "--name", "bob", "-o", `${out}/ours`, `127.0.0.1:${port}`, id);
    const got = performance.now();
    ups.push(sent - began);
    downs.push(got - sent);
    ours.push(got - began);
    await Deno.remove(out, { recursive: true });
  }
  const rate = (times: readonly number[]): string => `${(mib / median(times) * 1_000).toFixed(0)}`;
  print(`\n${mib} MiB from client to client, medians of ${runs} runs in turns:`);
  print(`  chatroom: ${rate(ours)} MiB/s (in ${rate(ups)}, out ${rate(downs)})`);
  if (rivals[0]?.name.startsWith("croc") !== true) print("  croc is not installed.");
  if (rivals.length === 0) print("  Nor is curl, so there is nothing to compare with.");
  for (const [n, rival] of rivals.entries()) {
    printRival(
      rival,
      theirs[n] ?? [],
      { "from client to client": ours, in: ups, out: downs },
      rate,
    );
  }
}

/** How long a rival takes to bring a file into a folder, in which it leaves nothing. */
async function brought(rival: Rival, path: string, folder: string): Promise<number> {
  // A croc that finds the file there has nothing to do.
  const own = `${folder}/rival`;
  await Deno.mkdir(own);
  const took = await rival.bring(path, own);
  let size = 0;
  for await (const { name } of Deno.readDir(own)) size += (await Deno.stat(`${own}/${name}`)).size;
  if (size !== (await Deno.stat(path)).size) throw new Error(`${rival.name} brought ${size} bytes`);
  await Deno.remove(own, { recursive: true });
  return took;
}

function printRival(
  rival: Rival,
  theirs: readonly number[],
  ours: Readonly<Record<string, readonly number[]>>,
  rate: (times: readonly number[]) => string,
): void {
  print(`  ${rival.name}: ${rate(theirs)} MiB/s`);
  const ratios = Object.entries(ours)
    .map(([what, times]) => `${(median(theirs) / median(times)).toFixed(2)} ${what}`);
  print(`  chatroom to that: ${ratios.join(", ")}`);
}

/** Runs `chatroom` with arguments; it has to succeed. */
async function program(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** What the server's memory grows by while there are many transfers at once. */
async function memory({ mib, path }: Bench, server: ProbedServer): Promise<void> {
  const talkers = Array.from({ length: LINKS }, (_, n) => new Talker(server.port, `t${n}`));
  await using stack = new AsyncDisposableStack();
  for (const talker of talkers) stack.use(talker);
  const [first] = talkers;
  if (first === undefined) return;
  // A connection fetches one file once at a time.
  const files: SentFile[] = [];
  for (let n = 0; n < PER_LINK / 2; n++) {
    await first.send(path);
    files.push(await first.lastFile());
  }
  const idle = (await server.holdings()).resident;
  const peak = await peakOf(server.pid, async () => {
    await Promise.all(talkers.flatMap((talker) => [
      ...files.map((file) => talker.fetch(file)),
      ...files.map(() => talker.send(path)),
    ]));
  });
  const after = (await server.holdings()).resident;
  const shown = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  print(`\nMemory of the server, ${LINKS * PER_LINK} transfers of ${mib} MiB at once:`);
  print(
    `  before ${shown(idle)}, at most ${shown(peak)} (${shown(peak - idle)} more), ` +
      `afterwards ${shown(after)}`,
  );
}

/** The most that a process holds while something is done; looked at 20 times a second. */
async function peakOf(pid: number, work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const look = (): void => {
    const pages = Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]);
    peak = Math.max(peak, pages * 4_096);
  };
  const timer = setInterval(look, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

/** How long a message takes beside a transfer, to one without. */
async function talk({ folder, path, runs }: Bench, { port }: ProbedServer): Promise<void> {
  print(
    `\nFrom saying a message to its ack, in ms, alone → beside a transfer, medians of ${runs} pairs`,
  );
  print("(and of their ratios, with the least and the most):");
  {
    await using ann = new Talker(port, "ann");
    await ann.send(path);
    const file = await ann.lastFile();
    const others = {
      send: () => program("send", "--name", "bob", "--file", path, `127.0.0.1:${port}`),
      get: () => program("get", "--name", "bob", "-o", "-", `127.0.0.1:${port}`, file.id),
    };
    tell("open link, another sends", await pairs(runs, ann, others.send));
    tell("open link, another fetches", await pairs(runs, ann, others.get));
    tell("open link, the same sends", await pairs(runs, ann, () => ann.send(path)));
    tell("open link, the same fetches", await pairs(runs, ann, () => ann.fetch(file)));
  }
  const small = `${folder}/small.bin`;
  await fill(small, SLOW_MIB);
  await using slow = new SlowLink(port, SLOW);
  await using ann = new Talker(slow.addr.port, "ann");
  const sendMs = await timed(() => ann.send(small));
  const file = await ann.lastFile();
  const fetchMs = await timed(() => ann.fetch(file));
  tell("8 Mbit/s, the same sends", await pairs(runs, ann, () => ann.send(small)));
  tell("8 Mbit/s, the same fetches", await pairs(runs, ann, () => ann.fetch(file)));
  // Base64 leaves three quarters of the line to the bytes themselves.
  const share = (ms: number): string => `${(SLOW_MIB * 1_048_576 / ms * 1_000 / SLOW).toFixed(2)}`;
  print(`  of the 8 Mbit/s a file has ${share(sendMs)} on its way in, ${share(fetchMs)} out`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Measures while transfers go on, one after the other. */
async function beside(transfer: () => Promise<void>, talker: Talker): Promise<number[]> {
  let isOver = false;
  const transfers = (async () => {
    while (!isOver) await transfer();
  })();
  try {
    return await delays(talker);
  } finally {
    isOver = true;
    await transfers;
  }
}

/** What messages took, in ms, without a transfer and right after that with one. */
interface Pair {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/** Measures in turns: what else the machine does then touches both alike. */
async function pairs(
  runs: number,
  talker: Talker,
  transfer: () => Promise<void>,
): Promise<readonly Pair[]> {
  const all: Pair[] = [];
  for (let run = 0; run < runs; run++) {
    all.push({ alone: await delays(talker), beside: await beside(transfer, talker) });
  }
  return all;
}

function tell(what: string, all: readonly Pair[]): void {
  const [p50, p99] = [0.5, 0.99].map((share) => {
    const ones = all.map(({ alone }) => quantile(alone, share));
    const others = all.map(({ beside }) => quantile(beside, share));
    const ratios = others.map((other, n) => other / (ones[n] ?? NaN));
    const shown = [median(ratios), Math.min(...ratios), Math.max(...ratios)]
      .map((ratio) => ratio.toFixed(2));
    return `${median(ones).toFixed(1)} → ${median(others).toFixed(1)} ` +
      `(${shown[0]}, ${shown[1]}–${shown[2]})`;
  });
  print(`  ${what.padEnd(28)} p50 ${p50}, p99 ${p99}`);
}

async function delays(talker: Talker): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < SAID; n++) {
    delays.push(await talker.say());
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return delays;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
