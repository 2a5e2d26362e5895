/**
 * `deno task bench:irc`: the same load on our IRC door, on our event protocol, on ngIRCd and on InspIRCd, in one
 * run: each load goes to one after the other, in an order that changes, and medians are printed side by side.
 * Servers and load are processes of their own, on Linux each kind on a core of its own.
 */

import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { residentMemory } from "../../lib/load/process.ts";
import { type LoadFigures, SPOKEN } from "./irc_load.ts";
import { findPins, machine, median, print } from "./matrix.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const CONFIGS = new URL("irc_rivals/", import.meta.url);

const LOAD = new URL("irc_load.ts", import.meta.url).pathname;

const USAGE =
  `Usage: deno task bench:irc [--seconds N] [--runs N] [--clients N,N] [--windows N,N] [--only NAME,NAME] [--quick]

Puts the same load on our IRC door, on our event protocol, on ngIRCd and on InspIRCd: members of one channel,
and 1, 8 and 64 messages in flight. A server that is not installed is left out, and named: Debian has ngircd and
inspircd. $NGIRCD and $INSPIRCD name them where they are not in the PATH.

  --seconds N      length of each run (default 2)
  --runs N         runs of each server and load, each with a server of its own (default 3)
  --clients N,N    how many members (default 100,1000)
  --windows N,N    how many messages in flight (default 1,8,64)
  --only NAME,NAME some of chatroom, event, ngircd, inspircd
  --store WHERE    memory (default), normal or full: where ours keeps messages; the others keep none
  --quick          a few seconds in all, to see that it works; the figures mean nothing
`;

/** How long a server may take until it listens, in ms. */
const START_MS = 20_000;
/** Longest that a load may take besides its seconds, in ms. */
const LOAD_MS = 120_000;

/** How often a run is tried. */
const TRIES = 3;

/** Our server, by the two protocols. */
const OURS = "chatroom";
const EVENT = "event";

/** A server that is measured. */
interface Rival {
  readonly name: string;
  readonly protocol: "irc" | "event";
  /** The program and its arguments, for a port and a directory of its own; `undefined`: it is not installed. */
  command(port: number, dir: string): Promise<readonly string[] | undefined>;
}

interface Settings {
  readonly seconds: number;
  readonly runs: number;
  readonly clients: readonly number[];
  readonly windows: readonly number[];
  readonly only: readonly string[];
  readonly store: string;
}

/** One run on a server. */
interface Run extends LoadFigures {
  /** The server's memory at the end, in bytes. */
  readonly resident: number;
}

/** What the runs on one server have come to: those at the same place in their lists were made in turn. */
interface Measured {
  readonly name: string;
  /** `undefined`: not all clients came in. */
  readonly runs: ReadonlyArray<Run | undefined>;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 something was lost, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (settings === undefined) return 2;
  const pins = await findPins();
  print(machine(pins.length > 0));
  const { senders, size } = SPOKEN;
  print(
    `Medians of ${settings.runs} runs of ${settings.seconds} s; ${size} bytes, ${senders} senders, one channel.`,
  );
  print(
    "CPU is the server's for a delivery, the kernel's part included; ratios are those of our IRC door to the server, in pairs.",
  );
  const rivals: Rival[] = [];
  for (const rival of rivalsFor(settings.store)) {
    if (!settings.only.includes(rival.name)) continue;
    if (await rival.command(0, "") === undefined) {
      print(`${rival.name} is not installed: left out.`);
    } else rivals.push(rival);
  }
  const columns = ["members", "in flight", "server", "delivered/s", "ratio", "CPU µs", "ratio"];
  print(`\n| ${[...columns, "p50 ms", "p99 ms", "MiB"].join(" | ")} |`);
  print(`| --: | --: | :-- |${" --: |".repeat(7)}`);
  let lost = 0;
  for (const clients of settings.clients) {
    for (const window of settings.windows) {
      const measured = await measure({ clients, window }, rivals, settings, pins);
      for (const each of measured) printRow([clients, window], each, measured);
      for (const { runs } of measured) for (const run of runs) lost += run?.lost ?? 0;
    }
  }
  print(
    `\nThe load average was ${
      Deno.loadavg().map((load) => load.toFixed(1)).join(", ")
    } at the end.`,
  );
  if (lost > 0) print(`${lost} deliveries or connections were lost.`);
  return lost > 0 ? 1 : 0;
}

function settingsFrom(args: readonly string[]): Settings | undefined {
  let unknown: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["quick", "help"],
    string: ["seconds", "runs", "clients", "windows", "only", "store"],
    unknown: (arg) => {
      unknown = arg;
    },
  });
  const quick = flags["quick"] === true;
  const numbers = (text: string): number[] => text.split(",").map(Number);
  const seconds = Number(flags["seconds"] ?? (quick ? 0.3 : 2));
  const runs = Number(flags["runs"] ?? (quick ? 1 : 3));
  const clients = numbers(String(flags["clients"] ?? (quick ? "20" : "100,1000")));
  const windows = numbers(String(flags["windows"] ?? (quick ? "1,8" : "1,8,64")));
  const store = String(flags["store"] ?? "memory");
  if (!["memory", "normal", "full"].includes(store)) unknown ??= "--store";
  if (!(seconds > 0 && seconds <= 600)) unknown ??= "--seconds";
  if (!(Number.isInteger(runs) && runs > 0 && runs <= 100)) unknown ??= "--runs";
  const least = SPOKEN.senders + 1;
  if (clients.some((count) => !Number.isInteger(count) || count < least)) unknown ??= "--clients";
  if (windows.some((count) => !Number.isInteger(count) || count < 1)) unknown ??= "--windows";
  if (unknown !== undefined || flags["help"] === true) {
    if (unknown !== undefined) print(`bench:irc: ${unknown} is not understood\n`);
    print(USAGE);
    return undefined;
  }
  const only = String(flags["only"] ?? "chatroom,event,ngircd,inspircd").split(",");
  return { seconds, runs, clients, windows, only, store };
}

/** The servers, ours first. By the event protocol it is measured in a process of its own. */
function rivalsFor(store: string): readonly Rival[] {
  const configured = (
    name: string,
    start: (program: string, config: string) => string[],
  ): Rival => ({
    name,
    protocol: "irc",
    async command(port, dir): ReturnType<Rival["command"]> {
      const program = Deno.env.get(name.toUpperCase()) ?? await found(name);
      if (program === undefined || dir === "") return program === undefined ? undefined : [];
      const template = await Deno.readTextFile(new URL(`${name}.conf`, CONFIGS));
      const config = `${dir}/${name}.conf`;
      // Where Debian has the parts of InspIRCd, also if the package lies in a folder of its own.
      const modules = new URL("../lib/inspircd/modules", `file://${program}`).pathname;
      const text = template.replaceAll("{port}", String(port)).replaceAll("{dir}", dir)
        .replaceAll("{modules}", modules);
      await Deno.writeTextFile(config, text);
      return [program, ...start(program, config)];
    },
  });
  const ours = (name: string, protocol: Rival["protocol"]): Rival => ({
    name,
    protocol,
    command: (port, dir) =>
      Promise.resolve([
        ...[Deno.execPath(), "run", "--quiet", "-A", MAIN, "serve"],
        ...protocol === "irc"
          ? ["--port", "0", "--irc", `127.0.0.1:${port}`]
          : ["--port", String(port)],
        ...["--max-outbox", "64MiB", "--scrollback", "0", "--handshake-timeout", "1m"],
        ...["--log-level", "error"],
        ...store === "memory" ? ["--memory"] : ["--data", `${dir}/data`, "--durability", store],
        ...openFlags(),
      ]),
  });
  return [
    ours(OURS, "irc"),
    ours(EVENT, "event"),
    configured("ngircd", (_, config) => ["--nodaemon", "--config", config]),
    configured("inspircd", (_, config) => [
      ...["--nofork", "--runasroot", `--config=${config}`],
    ]),
  ];
}

/** Where a program is, in the PATH or where Debian puts servers. */
async function found(name: string): Promise<string | undefined> {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin"];
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    if ((await Deno.stat(path).catch(() => undefined))?.isFile) return path;
  }
  return undefined;
}

/** Runs a load on each of the servers, in turn. */
async function measure(
  { clients, window }: Record<"clients" | "window", number>,
  rivals: readonly Rival[],
  { runs, seconds }: Settings,
  pins: readonly string[][],
): Promise<Measured[]> {
  const all = rivals.map(({ name }) => ({ name, runs: new Array<Run | undefined>() }));
  for (let run = 0; run < runs; run++) {
    // Who goes first changes: a machine that gets slower favours nobody.
    for (let turn = 0; turn < rivals.length; turn++) {
      const index = (run + turn) % rivals.length;
      const rival = rivals[index] as Rival;
      all[index]?.runs.push(await measureOnce(rival, { clients, window, seconds }, pins));
    }
  }
  return all;
}

/** Runs a load on a server of its own: ngIRCd tells those who go of all others, long after a load has ended. */
async function measureOnce(
  rival: Rival,
  plan: Record<"clients" | "window" | "seconds", number>,
  [onServer = [], onLoad = []]: readonly string[][],
): Promise<Run | undefined> {
  for (let tries = 1; tries <= TRIES; tries++) {
    await using server = await start(rival, onServer);
    try {
      const figures = await load(onLoad, server, plan);
      return { ...figures, resident: residentMemory(server.pid)?.resident ?? NaN };
    } catch (error) {
      // Where the machine is busy with other work, ngIRCd closes some clients while all come in.
      print(`${(error as Error).message} (${tries} of ${TRIES}).`);
    }
  }
  return undefined;
}

/** Prints the row of a server; the ratios are the medians of those of each run to ours of the same turn. */
function printRow(
  load: readonly number[],
  { name, runs }: Measured,
  all: readonly Measured[],
): void {
  const ours = all.find((each) => each.name === OURS)?.runs ?? [];
  const of = (what: (each: Run) => number): number =>
    median(runs.flatMap((run) => run ? what(run) : []));
  const ratio = (what: (each: Run) => number): string => {
    if (name === OURS || ours.length === 0) return "";
    const ratios = runs.flatMap((run, turn) => {
      const our = ours[turn];
      return run === undefined || our === undefined ? [] : what(our) / what(run);
    });
    return median(ratios).toFixed(2);
  };
  const delivered = (each: Run): number => each.deliveredPerSecond;
  const micros = (each: Run): number => each.serverMicros ?? NaN;
  const columns = [
    ...load,
    name,
    Math.round(of(delivered)).toLocaleString("en-US"),
    ratio(delivered),
    of(micros).toFixed(2),
    ratio(micros),
    of(({ p50 }) => p50).toFixed(2),
    of(({ p99 }) => p99).toFixed(2),
    (of(({ resident }) => resident) / 1_048_576).toFixed(0),
  ];
  print(`| ${columns.join(" | ")} |`);
}

interface Running extends AsyncDisposable, Pick<Rival, "name" | "protocol"> {
  readonly port: number;
  readonly pid: number;
}

/** Starts a server on a free port, and waits until it listens. */
async function start(rival: Rival, pin: readonly string[]): Promise<Running> {
  const dir = await Deno.makeTempDir();
  const port = freePort();
  const [program = "", ...args] = [...pin, ...await rival.command(port, dir) ?? []];
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const stop = async (): Promise<void> => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
    await Deno.remove(dir, { recursive: true });
  };
  const until = performance.now() + START_MS;
  while (!await listens(port)) {
    if (performance.now() > until) {
      await stop();
      throw new Error(`${rival.name} does not listen on port ${port} after ${START_MS / 1_000} s`);
    }
    await delay(50);
  }
  const { name, protocol } = rival;
  return { name, protocol, port, pid: child.pid, [Symbol.asyncDispose]: stop };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

/** Puts a load on a server. */
async function load(
  pin: readonly string[],
  { name, protocol, port, pid }: Running,
  { clients, window, seconds }: Record<"clients" | "window" | "seconds", number>,
): Promise<LoadFigures> {
  const numbers = [port, clients, window, seconds, pid].map(String);
  const [program = "", ...args] = [...pin, Deno.execPath(), "run", "--quiet", "-A", LOAD];
  const { stdout } = await new Deno.Command(program, {
    args: [...args, protocol, ...numbers],
    stdin: "null",
    stderr: "inherit",
    signal: AbortSignal.timeout(LOAD_MS + seconds * 1_000),
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`The load of ${clients} clients on ${name} failed`);
  return JSON.parse(text);
}
