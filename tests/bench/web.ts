/**
 * `deno task bench:web`: one broadcast on our WebSocket, on our event protocol over TCP, and on
 * socket.io 4, which is installed into a temporary directory and run by Node. Each kind of process
 * is on a core of its own on Linux; runs take turns, and medians are shown.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { findPins, machine, median, print } from "./matrix.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const LOAD = new URL("tests/bench/web_load.ts", ROOT).pathname;

const SOCKET_IO = "socket.io@4.8.1";
const INSTALL_MS = 60_000;
/** Longest that a run may take besides its seconds, in ms. */
const RUN_MS = 30_000;
const SENDERS = 10;

const USAGE = `Usage: deno task bench:web [--seconds N] [--clients N] [--runs N]

  --seconds N  length of each run (default 2)
  --clients N  members of the room (default 1000)
  --runs N     runs of each (default 3)
  -h, --help   show this
`;

const SERVE = [
  ...["serve", "--memory", "--port", "0", "--web", "0"],
  // Nobody is cut off for the load's own slowness, and none is told of earlier runs.
  ...["--max-outbox", "64MiB", "--scrollback", "0", "--log-level", "error"],
  ...openFlags(),
];

/** The least that does the same with socket.io: every message goes to everybody else. */
const SOCKET_IO_SERVER = `
const { Server } = require("socket.io");
const http = require("http").createServer();
const io = new Server(http, { transports: ["websocket"] });
io.on("connection", (socket) => {
  socket.on("message", (message) => socket.broadcast.emit("message", message));
});
http.listen(0, "127.0.0.1", () => console.log("socketio", http.address().port));
`;

type Kind = "tcp" | "ws" | "socketio";

interface Running extends AsyncDisposable {
  readonly ports: ReadonlyMap<string, number>;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 failed, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["seconds", "clients", "runs"],
    alias: { help: "h" },
  });
  const [seconds = 0, clients = 0, runs = 0] = [
    flags["seconds"] ?? 2,
    flags["clients"] ?? 1_000,
    flags["runs"] ?? 3,
  ].map(Number);
  if (flags["help"] === true || !(seconds > 0 && clients > SENDERS && runs > 0)) {
    print(USAGE);
    return flags["help"] === true ? 0 : 2;
  }
  const pins = await findPins();
  const [onServer = [], onLoad = []] = pins;
  const dir = await Deno.makeTempDir();
  await using _removing = {
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
  const hasSocketIo = await installSocketIo(dir);
  await using ours = await start(onServer, dir, [Deno.execPath(), "run", "-A", MAIN, ...SERVE]);
  await using theirs = hasSocketIo
    ? await start(onServer, dir, ["node", `${dir}/server.js`])
    : undefined;
  const ports = new Map([...ours.ports, ...theirs?.ports ?? []]);
  print(machine(pins.length > 0));
  print(`Medians of ${runs} runs of ${seconds} s; ${clients} members, ${SENDERS} speak, 64 bytes.`);
  if (!hasSocketIo) print("socket.io is left out: there is no Node here, or no npm registry.");
  print("\n| in flight | WebSocket delivered/s | ratio to TCP | ratio to socket.io |");
  print("| --------: | --------------------: | -----------: | -----------------: |");
  for (const window of [1, 8, 64]) {
    const figures = new Map<string, number[]>();
    for (let run = 0; run < runs; run++) {
      for (const [kind, port] of ports) {
        const one = await load(onLoad, [kind, port, clients, window, SENDERS, seconds]);
        figures.set(kind, [...figures.get(kind) ?? [], one]);
      }
    }
    const of = (kind: Kind): number => median(figures.get(kind) ?? []);
    const ratio = (kind: Kind): string => figures.has(kind) ? (of("ws") / of(kind)).toFixed(2) : "";
    const columns = [
      window,
      Math.round(of("ws")).toLocaleString("en-US"),
      ratio("tcp"),
      ratio("socketio"),
    ];
    print(`| ${columns.join(" | ")} |`);
  }
  return 0;
}

/** Installs socket.io and writes its server; resolves with whether that could be done. */
async function installSocketIo(dir: string): Promise<boolean> {
  await Deno.writeTextFile(`${dir}/server.js`, SOCKET_IO_SERVER);
  try {
    const { success } = await new Deno.Command("npm", {
      args: ["install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", SOCKET_IO],
      signal: AbortSignal.timeout(INSTALL_MS),
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Starts a server that prints where it listens. */
async function start(
  pin: readonly string[],
  cwd: string,
  line: readonly string[],
): Promise<Running> {
  const [program = "", ...args] = [...pin, ...line];
  const child = new Deno.Command(program, { args, cwd, stdin: "null", stdout: "piped" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const ports = new Map<string, number>();
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    while (!(await lines.next()).done);
    await child.status;
  };
  for (let next; !ports.has("ws") && !ports.has("socketio");) {
    if ((next = await lines.next()).done) {
      await stop();
      throw new Error(`${line.join(" ")} did not say where it listens`);
    }
    const tcp = /listening on \S+:(\d+)$/.exec(next.value)?.[1];
    const web = /web page is at \S+:(\d+)\/$/.exec(next.value)?.[1];
    const other = /^socketio (\d+)$/.exec(next.value)?.[1];
    if (tcp !== undefined) ports.set("tcp", Number(tcp));
    if (web !== undefined) ports.set("ws", Number(web));
    if (other !== undefined) ports.set("socketio", Number(other));
  }
  return { ports, [Symbol.asyncDispose]: stop };
}

/** Puts the load on a server; resolves with what was delivered in a second. */
async function load(pin: readonly string[], args: readonly unknown[]): Promise<number> {
  const [program = "", ...rest] = [...pin, Deno.execPath(), "run", "-A", LOAD, ...args.map(String)];
  const { stdout } = await new Deno.Command(program, {
    args: rest,
    stdout: "piped",
    signal: AbortSignal.timeout(RUN_MS + Number(args.at(-1)) * 1_000),
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`The load ${args.join(" ")} failed`);
  const { deliveredPerSecond, closed } = JSON.parse(text);
  if (closed > 0) throw new Error(`${closed} connections were lost under ${args.join(" ")}`);
  return deliveredPerSecond;
}
