/**
 * `deno task bench:hostile`: how the healthy half of a server's clients fares while the other half
 * stalls, one floods, and a scanner connects 50 times a second; beside a run without any of them.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const USAGE = `Usage: deno task bench:hostile [--seconds N] [--clients N]

Puts a steady load on two servers of its own, one after the other and then again: 500 clients that
read, alone; and the same beside 500 that never read, one that floods, and a scanner that makes 50
connections a second. Prints what those who read get, and the ratios.

  --seconds N    length of each run (default 5, at most 60); there are six
  --clients N    clients that read, and as many that do not (default 500)
  -h, --help     show this
`;

/** Messages a second, over all speakers. */
const RATE = 40;
const RUNS = 3;
const SCANS_PER_SECOND = 50;

/**
 * The load is many clients of one address that come at once; what protects from floods is left as
 * it is by default.
 */
const SERVE = [
  ...["serve", "--memory", "--port", "0", "--scrollback", "0", "--log-level", "error"],
  ...["--max-connections", "10000", "--max-connections-per-address", "5000"],
  ...["--max-connects-per-minute", "100000"],
];

/** What of `chatroom bench --json` is used here. */
interface Figures {
  readonly deliveredPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  readonly missing: number | null;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["seconds", "clients"], boolean: ["help"] });
  const seconds = Number(flags["seconds"] ?? 5);
  const clients = Number(flags["clients"] ?? 500);
  const isUsable = seconds > 0 && seconds <= 60 && Number.isInteger(clients) && clients >= 2;
  if (flags["help"] === true || !isUsable) {
    write(USAGE);
    return isUsable ? 0 : 2;
  }
  const calm: Figures[] = [];
  const hostile: Figures[] = [];
  for (let i = 0; i < RUNS; i++) {
    calm.push(await run(clients, seconds, false));
    hostile.push(await run(clients, seconds, true));
  }
  write(`${clients} clients that read, ${RATE} messages a second; medians of ${RUNS} runs\n\n`);
  const row = (name: string, of: (figures: Figures) => number): string => {
    const [a, b] = [calm, hostile].map((runs) => median(runs.map(of))) as [number, number];
    return `| ${name} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${(b / a).toFixed(2)} |\n`;
  };
  write("| what those who read get | calm | hostile | ratio |\n| - | -: | -: | -: |\n");
  write(row("delivered/s", ({ deliveredPerSecond }) => deliveredPerSecond));
  write(row("p50 ms", ({ latencyMs }) => latencyMs?.p50 ?? NaN));
  write(row("p99 ms", ({ latencyMs }) => latencyMs?.p99 ?? NaN));
  const lost = hostile.reduce((sum, { missing }) => sum + (missing ?? 0), 0);
  write(`\n${lost} messages were lost among them.\n`);
  return 0;
}

/** One run on a server of its own. */
async function run(clients: number, seconds: number, isHostile: boolean): Promise<Figures> {
  await using server = await start();
  const stop = new AbortController();
  const others = isHostile ? [flood(server.addr, stop.signal), scan(server.addr, stop.signal)] : [];
  const all = isHostile ? clients * 2 : clients;
  const args = [
    ...["bench", server.address, "--json", "--protocol", "event", "--senders", "10"],
    ...["--clients", String(all), "--stalled", String(all - clients)],
    ...["--rate", String(RATE), "--duration", `${seconds}s`],
  ];
  const { stdout } = await command(args).output();
  stop.abort();
  await Promise.all(others);
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error("the load failed; see above");
  return JSON.parse(text);
}

/** One classic client that says as much as the connection takes, in the room that all are in. */
async function flood({ hostname, port }: Deno.NetAddr, signal: AbortSignal): Promise<void> {
  using conn = await Deno.connect({ hostname, port });
  const encoder = new TextEncoder();
  const frames = encoder.encode(`100       ${"x".repeat(100)}`.repeat(500));
  const end = (): void => conn.close();
  signal.addEventListener("abort", end);
  const reading = (async () => {
    const bin = new Uint8Array(65_536);
    while (await conn.read(bin) !== null);
  })().catch(() => {});
  try {
    await conn.write(encoder.encode("7         flooder"));
    while (!signal.aborted) await conn.write(frames);
  } catch {
    // It was cut off, or it is over.
  }
  await reading;
  signal.removeEventListener("abort", end);
}

/** Connects so many times a second, says something that is no frame, and goes. */
async function scan({ hostname, port }: Deno.NetAddr, signal: AbortSignal): Promise<void> {
  const open = new Set<Promise<void>>();
  while (!signal.aborted) {
    const probing: Promise<void> = probe(hostname, port).finally(() => open.delete(probing));
    open.add(probing);
    await new Promise((resolve) => setTimeout(resolve, 1_000 / SCANS_PER_SECOND));
  }
  await Promise.all(open);
}

async function probe(hostname: string, port: number): Promise<void> {
  try {
    using conn = await Deno.connect({ hostname, port });
    await conn.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
    const bin = new Uint8Array(1_024);
    while (await conn.read(bin) !== null);
  } catch {
    // Refused or cut off, as a scanner deserves.
  }
}

interface Running extends AsyncDisposable {
  readonly address: string;
  readonly addr: Deno.NetAddr;
}

/** Starts a server that says where it is listening. */
async function start(): Promise<Running> {
  const child = command(SERVE).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const [, hostname = "", port = ""] =
    / is listening on (\S+):(\d+)$/.exec((await lines.next()).value ?? "") ?? [];
  return {
    address: `${hostname}:${port}`,
    addr: { transport: "tcp", hostname, port: Number(port) },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      while (!(await lines.next()).done);
      await child.status;
    },
  };
}

function command(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
