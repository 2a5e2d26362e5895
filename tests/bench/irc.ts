/**
 * `deno task bench:irc`: the same load of IRC on our server, on ngIRCd and on InspIRCd, in one run: each load
 * goes to one after the other, in an order that changes, and the medians are printed side by side. Servers and
 * load are processes of their own, on Linux each kind on a core of its own.
 */

import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { residentMemory } from "../../lib/load/process.ts";
import { findPins, machine, median, print } from "./matrix.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const CONFIGS = new URL("irc_rivals/", import.meta.url);

const USAGE =
  `Usage: deno task bench:irc [--seconds N] [--runs N] [--clients N,N] [--only NAME,NAME] [--quick]

Puts the load of \`chatroom bench --protocol irc\` on our server, ngIRCd and InspIRCd, with 100 and 1,000
members of one channel, and 1, 8 and 64 messages in flight. A server that is not installed is left out,
and named: Debian has ngircd and inspircd. $NGIRCD and $INSPIRCD name them where they are not in the PATH.

  --seconds N      length of each run (default 2)
  --runs N         runs of each server and load (default 3)
  --clients N,N    how many members (default 100,1000)
  --only NAME,NAME some of chatroom, ngircd, inspircd
  --store WHERE    memory (default), normal or full: where ours keeps messages; the others keep none
  --quick          a few seconds in all, to see that it works; the figures mean nothing
`;

/** How long a server may take until it listens, in ms. */
const START_MS = 20_000;

/** A server that is measured. */
interface Rival {
  readonly name: string;
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

/** What of `chatroom bench --json` is used here. */
interface Figures {
  readonly deliveredPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  readonly missing: number | null;
  readonly closed: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 something was lost, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (settings === undefined) return 2;
  const pins = await findPins();
  print(machine(pins.length > 0));
  print(
    `Medians of ${settings.runs} runs of ${settings.seconds} s; 64 bytes, 10 senders, one channel.`,
  );
  const rivals: Rival[] = [];
  for (const rival of rivalsFor(settings.store)) {
    if (!settings.only.includes(rival.name)) continue;
    if (await rival.command(0, "") === undefined) {
      print(`${rival.name} is not installed: left out.`);
    } else rivals.push(rival);
  }
  const columns = rivals.map(({ name }) => `${name}: delivered/s | p50 ms | p99 ms | MiB`);
  print(`\n| clients | in flight | ${columns.join(" | ")} |`);
  print(`|${" ---: |".repeat(2 + 4 * rivals.length)}`);
  let lost = 0;
  for (const clients of settings.clients) lost += await runClients(clients, rivals, settings, pins);
  if (lost > 0) print(`\n${lost} deliveries or connections were lost.`);
  return lost > 0 ? 1 : 0;
}

function settingsFrom(args: readonly string[]): Settings | undefined {
  let unknown: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["quick", "help"],
    string: ["seconds", "runs", "clients", "only", "store"],
    unknown: (arg) => {
      unknown = arg;
    },
  });
  const quick = flags["quick"] === true;
  const numbers = (text: string): number[] => text.split(",").map(Number);
  const seconds = Number(flags["seconds"] ?? (quick ? 0.3 : 2));
  const runs = Number(flags["runs"] ?? (quick ? 1 : 3));
  const clients = numbers(String(flags["clients"] ?? (quick ? "20" : "100,1000")));
  const store = String(flags["store"] ?? "memory");
  if (!["memory", "normal", "full"].includes(store)) unknown ??= "--store";
  if (!(seconds > 0 && seconds <= 600)) unknown ??= "--seconds";
  if (!(Number.isInteger(runs) && runs > 0 && runs <= 100)) unknown ??= "--runs";
  if (clients.some((count) => !Number.isInteger(count) || count < 2)) unknown ??= "--clients";
  if (unknown !== undefined || flags["help"] === true) {
    if (unknown !== undefined) print(`bench:irc: ${unknown} is not understood\n`);
    print(USAGE);
    return undefined;
  }
  const only = String(flags["only"] ?? "chatroom,ngircd,inspircd").split(",");
  return { seconds, runs, clients, windows: quick ? [1, 8] : [1, 8, 64], only, store };
}

/** The servers, ours first. */
function rivalsFor(store: string): readonly Rival[] {
  const configured = (
    name: string,
    start: (program: string, config: string) => string[],
  ): Rival => ({
    name,
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
  return [
    {
      name: "chatroom",
      command: (port, dir) =>
        Promise.resolve([
          ...[Deno.execPath(), "run", "--quiet", "-A", MAIN, "serve", "--port", "0"],
          ...["--irc", `127.0.0.1:${port}`, "--max-outbox", "64MiB", "--log-level", "error"],
          ...store === "memory" ? ["--memory"] : ["--data", `${dir}/data`, "--durability", store],
          ...openFlags(),
        ]),
    },
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

/** Runs the loads of so many clients and prints their rows; resolves with what was lost. */
async function runClients(
  clients: number,
  rivals: readonly Rival[],
  { windows, runs, seconds }: Settings,
  [onServer = [], onLoad = []]: readonly string[][],
): Promise<number> {
  let lost = 0;
  for (const window of windows) {
    await using stack = new AsyncDisposableStack();
    const servers: Running[] = [];
    for (const rival of rivals) servers.push(stack.use(await start(rival, onServer)));
    const all: Figures[][] = servers.map(() => []);
    for (let run = 0; run < runs; run++) {
      // Who goes first changes: a machine that gets slower favours nobody.
      for (let turn = 0; turn < servers.length; turn++) {
        const index = (run + turn) % servers.length;
        const { port } = servers[index] as Running;
        all[index]?.push(await load(onLoad, port, { clients, window, seconds }));
      }
    }
    const cells = all.map((figures, index) => {
      const of = (what: (each: Figures) => number): number => median(figures.map(what));
      lost += figures.reduce((sum, { missing, closed }) => sum + (missing ?? 0) + closed, 0);
      const { resident = NaN } = residentMemory(servers[index]?.pid) ?? {};
      return [
        Math.round(of(({ deliveredPerSecond }) => deliveredPerSecond)).toLocaleString("en-US"),
        of(({ latencyMs }) => latencyMs?.p50 ?? NaN).toFixed(2),
        of(({ latencyMs }) => latencyMs?.p99 ?? NaN).toFixed(2),
        (resident / 1_048_576).toFixed(0),
      ].join(" | ");
    });
    print(`| ${clients} | ${window} | ${cells.join(" | ")} |`);
  }
  return lost;
}

interface Running extends AsyncDisposable {
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
  return { port, pid: child.pid, [Symbol.asyncDispose]: stop };
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
  port: number,
  { clients, window, seconds }: Record<"clients" | "window" | "seconds", number>,
): Promise<Figures> {
  const flags = Object.entries({ clients, window, senders: 10, duration: `${seconds}s` })
    .flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bench = ["bench", `127.0.0.1:${port}`, "--protocol", "irc", "--json", ...flags];
  const [program = "", ...args] = [...pin, Deno.execPath(), "run", "--quiet", "-A", MAIN, ...bench];
  const { stdout } = await new Deno.Command(program, { args, stdin: "null", stderr: "inherit" })
    .output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`The load on port ${port} failed`);
  return JSON.parse(text);
}
