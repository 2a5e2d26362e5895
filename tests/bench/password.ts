/**
 * `deno task bench:password`: what those who are in, and one who comes in, notice of 1,000 wrong
 * passwords a second from another address; beside a time without any.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import { connect, type Socket } from "node:net";
import { startProcess } from "../fixtures/own_process.ts";
import { eventFrame, joinEvent, type RawPeer } from "../helpers.ts";

const USAGE = `Usage: deno task bench:password [--seconds N] [--members N]

Starts a server with a password, lets members in who talk, and takes turns: a time without an attack,
a time with 1,000 wrong passwords a second from 127.0.0.2, half of them the server's and half that
of a name. Prints what the members get, how long somebody takes to come in, and the ratios. Linux
only: there alone is 127.0.0.2 an address of every machine.

  --seconds N    length of each time (default 2, at most 60); there are twenty
  --members N    members that listen (default 50)
  -h, --help     show this
`;

const RUNS = 10;
/** Messages, wrong passwords, and people who come in, a second. */
const SAID = 40;
const GUESSES = 1_000;
const COMING = 5;
const ATTACKER = "127.0.0.2";
const PASSWORD = "open sesame";
const LOGIN = "correct horse";

/** What was noticed in one time, in ms. */
interface Noticed {
  readonly deliveredPerSecond: number;
  readonly latencies: readonly number[];
  readonly entrances: readonly number[];
}

type Room = { readonly addr: Deno.NetAddr };

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseArgs(args, {
    string: ["seconds", "members", "attack"],
    boolean: ["help"],
    alias: { h: "help" },
  });
  const seconds = Number(flags["seconds"] ?? 2);
  const members = Number(flags["members"] ?? 50);
  const isUsable = seconds > 0 && seconds <= 60 && Number.isInteger(members) && members >= 1;
  if (flags["help"] === true || !isUsable) {
    write(USAGE);
    return isUsable ? 0 : 2;
  }
  if (flags["attack"] !== undefined) await attack(Number(flags["attack"]), seconds);
  else await measure(seconds, members);
  return 0;
}

async function measure(seconds: number, count: number): Promise<void> {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, PASSWORD);
  await using server = await startProcess([
    ...["--password-file", file, "--log-level", "error", "--scrollback", "0"],
    ...["--max-connections-per-address", "5000", "--max-connects-per-minute", "100000"],
  ]);
  await Deno.remove(file);
  using ann = await joinEvent(server as Parameters<typeof joinEvent>[0], "ann", {
    password: PASSWORD,
  });
  await ann.ask({ type: "register", password: LOGIN });
  const latencies: number[] = [];
  using members = await enter(server, count, (ms) => latencies.push(ms));
  const calm: Noticed[] = [];
  const attacked: Noticed[] = [];
  const answers: Record<string, number> = {};
  for (let i = 0; i < 2 * RUNS; i++) {
    latencies.length = 0;
    // Whichever comes first has no advantage.
    const isCalm = i % 4 === 0 || i % 4 === 3;
    const guessing = isCalm ? undefined : await guess(server, seconds);
    const entrances = await talk(server, ann, seconds);
    for (const [code, n] of Object.entries(await guessing?.answers ?? {})) {
      answers[code] = (answers[code] ?? 0) + n;
    }
    const noticed = { deliveredPerSecond: latencies.length / seconds, entrances };
    (isCalm ? calm : attacked).push({ ...noticed, latencies: latencies.slice() });
  }
  members[Symbol.dispose]();
  report(count, calm, attacked, answers);
}

/** Members who listen, and tell how old each message is when it comes. */
async function enter(
  server: Room,
  count: number,
  heard: (ms: number) => void,
): Promise<Disposable> {
  const peers: RawPeer[] = [];
  for (let i = 0; i < count; i++) {
    const peer = await joinEvent(server, `member ${i}`, { password: PASSWORD });
    peers.push(peer);
    (async () => {
      for (;;) {
        const { text } = await peer.takeType("message");
        heard(performance.now() - Number(text));
      }
    })().catch(() => {});
  }
  return {
    [Symbol.dispose](): void {
      for (const peer of peers) peer[Symbol.dispose]();
    },
  };
}

/** Says the time again and again, and lets people in; resolves with how long each of them took. */
async function talk(server: Room, ann: RawPeer, seconds: number): Promise<number[]> {
  const entrances: number[] = [];
  const coming: Promise<void>[] = [];
  const began = performance.now();
  for (let i = 0; i < SAID * seconds; i++) {
    await pause(began + i * 1_000 / SAID - performance.now());
    await ann.tell({ type: "say", room: "lobby", text: String(performance.now()) });
    if (i % (SAID / COMING) === 0) coming.push(comeIn(server, `guest ${i}`, entrances));
  }
  await Promise.all(coming);
  // The last words have to arrive.
  await ann.ask({ type: "ping" }).catch(() => {});
  await pause(100);
  return entrances;
}

async function comeIn(server: Room, name: string, entrances: number[]): Promise<void> {
  const began = performance.now();
  using guest = await joinEvent(server, name, { password: PASSWORD });
  if (guest.ready.type !== "ready") throw new Error(`${name} was refused: ${guest.ready.text}`);
  entrances.push(performance.now() - began);
}

/**
 * Begins the attack, in a process of its own so that it takes nothing of this one's; resolves when
 * that is ready, with how often each answer will have come in the end.
 */
async function guess(
  server: Room,
  seconds: number,
): Promise<{ readonly answers: Promise<Record<string, number>> }> {
  const self = new URL(import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A", self],
      ...["--attack", String(server.addr.port), "--seconds", String(seconds)],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  await lines.next();
  const answers = lines.next().then(async ({ value = "{}" }) => {
    await lines.next();
    await child.status;
    return JSON.parse(value);
  });
  return { answers };
}

/** Guesses for so long, on ten connections; prints how often each answer came. */
async function attack(port: number, seconds: number): Promise<void> {
  const answers: Record<string, number> = {};
  const sockets: Socket[] = [];
  for (let i = 0; i < 10; i++) {
    const socket = connect({ host: "127.0.0.1", port, localAddress: ATTACKER });
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const [, code = ""] of String(data).matchAll(/"(?:code|reason)":"([a-z-]+)"/g)) {
        answers[code] = (answers[code] ?? 0) + 1;
      }
    });
    // A name that is reserved, so that its password can be guessed.
    socket.write(eventFrame("ann"));
    sockets.push(socket);
  }
  write("ready\n");
  const began = performance.now();
  for (let i = 0; i < GUESSES * seconds; i++) {
    await pause(began + i * 1_000 / GUESSES - performance.now());
    const hello = i % 2 === 0 ? { password: `guess ${i}` } : { password: PASSWORD, login: `${i}` };
    sockets[i % sockets.length]?.write(eventFrame({ type: "hello", ...hello }));
  }
  await pause(200);
  for (const socket of sockets) socket.destroy();
  write(`${JSON.stringify(answers)}\n`);
}

function report(
  count: number,
  calm: readonly Noticed[],
  attacked: readonly Noticed[],
  answers: Readonly<Record<string, number>>,
): void {
  write(`${count} members, ${SAID} messages a second; medians of ${RUNS} times each\n\n`);
  write("| what members get | calm | attacked | ratio |\n| - | -: | -: | -: |\n");
  const row = (name: string, of: (noticed: Noticed) => number): void => {
    const [a, b] = [calm, attacked].map((all) => quantile(all.map(of), 0.5)) as [number, number];
    write(`| ${name} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${(b / a).toFixed(2)} |\n`);
  };
  row("delivered/s", ({ deliveredPerSecond }) => deliveredPerSecond);
  row("p50 ms", ({ latencies }) => quantile(latencies, 0.5));
  row("p99 ms", ({ latencies }) => quantile(latencies, 0.99));
  row("coming in, p50 ms", ({ entrances }) => quantile(entrances, 0.5));
  const told = Object.entries(answers).map(([code, n]) => `${n} ${code}`).join(", ");
  write(`\nThe attacker was answered: ${told}.\n`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

async function pause(ms: number): Promise<void> {
  if (ms > 1) await new Promise((resolve) => setTimeout(resolve, ms));
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
