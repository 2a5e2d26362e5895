/**
 * Records conversations of the first version: its own server, its own clients, and clients that
 * write the frames which its PROTOCOL.md had. It takes that version out of the history of this
 * repository, so run it where the history is: `deno run -A tests/tools/record_v01.ts [NAME …]`.
 */

import { type Line, recordingFile, RECORDINGS, STORE, UPGRADE } from "../fixtures/recorded.ts";
import { DatabaseSync } from "node:sqlite";
import { eventFrame, type Json, RawPeer } from "../helpers.ts";
import { Pty } from "../pty.ts";
import { Recorder } from "./recorder.ts";
import { SCENES } from "./v01_scenes.ts";

/** What was released as 0.1.0. */
const FIRST_VERSION = "0f21d15";

/** Accounts of each server, whose password is that of tests/fixtures/guests.ts. */
const ACCOUNTS = { olga: "owner", zoe: "member" };
const LOGIN = "correct horse";

/** A client that is written by hand. */
export interface Raw extends RawPeer {
  readonly ready: Json;
}

/** What a scene is played on. */
export class Stage {
  readonly recorder: Recorder;
  readonly #source: string;
  readonly #home: string;
  readonly #doors = new Map<string, Deno.NetAddr>();
  /** Stops the server, takes what it has stored, and starts it again. */
  readonly restart: () => Promise<void>;

  constructor(recorder: Recorder, source: string, home: string, restart: () => Promise<void>) {
    this.recorder = recorder;
    this.restart = restart;
    this.#source = source;
    this.#home = home;
  }

  /** Somebody who writes frames by hand, and has been let in. */
  async raw(who: string, hello: Json = {}): Promise<Raw> {
    const peer = await RawPeer.connect({ addr: this.#door(who) });
    await peer.send(eventFrame(who));
    await peer.takeType("welcome");
    const login = who in ACCOUNTS && hello.session === undefined ? { login: LOGIN } : {};
    const ready = await peer.ask({ type: "hello", id: "hello", ...login, ...hello });
    await this.recorder.quiet();
    return Object.assign(peer, { ready });
  }

  /** One request after the other, each with a number as its id unless it has one. */
  async ask(peer: RawPeer, ...requests: Json[]): Promise<Json[]> {
    const answers: Json[] = [];
    for (const request of requests) {
      answers.push(await peer.ask(request));
      await this.recorder.quiet();
    }
    return answers;
  }

  /** Somebody's connection is lost. */
  async cut(who: string, peer?: RawPeer): Promise<void> {
    this.recorder.cut(who);
    peer?.[Symbol.dispose]();
    await this.recorder.quiet();
  }

  /** Waits until somebody whose connection was cut is in again. */
  async back(who: string): Promise<void> {
    const at = this.recorder.lines.findLastIndex(([by, step]) => by === who && step === "cut");
    await this.#gets(who, "ready", at);
  }

  /** Somebody ends the connection, and waits for the server's end. */
  async end(peer: RawPeer): Promise<void> {
    await peer.conn.closeWrite();
    await peer.takeRest();
    await this.recorder.quiet();
  }

  /** A program of the first version, its input a pipe; `who` connects. */
  async program(who: string, args: readonly string[]): Promise<{
    line(text: string): Promise<void>;
    end(): Promise<void>;
    stop(): Promise<void>;
  }> {
    const from = this.recorder.lines.length;
    const child = new Deno.Command(Deno.execPath(), {
      ...this.#running(),
      args: this.#words(who, args),
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const writer = child.stdin.getWriter();
    await this.#gets(who, args.includes("--classic") ? undefined : "ready", from);
    return {
      line: async (text) => {
        await writer.write(new TextEncoder().encode(`${text}\n`));
        await this.recorder.quiet();
      },
      end: async () => {
        await writer.close().catch(() => {});
        await child.status;
        await this.recorder.quiet();
      },
      stop: async () => {
        child.kill("SIGTERM");
        await child.status;
        await writer.close().catch(() => {});
        await this.recorder.quiet();
      },
    };
  }

  /** The first version's terminal. */
  async terminal(who: string, args: readonly string[]): Promise<{
    type(line: string): Promise<void>;
    end(): Promise<void>;
  }> {
    const { env } = this.#running();
    const from = this.recorder.lines.length;
    const pty = new Pty([Deno.execPath(), ...this.#words(who, args)], { env });
    await this.#gets(who, args.includes("--classic") ? undefined : "ready", from);
    return {
      type: async (line) => {
        pty.type(`${line}\r`);
        await this.recorder.quiet();
      },
      end: async () => {
        await pty.exitCode();
        await pty[Symbol.asyncDispose]();
        await this.recorder.quiet();
      },
    };
  }

  /** What one runs to start the first version. */
  #words(who: string, [command = "", ...args]: readonly string[]): string[] {
    const { hostname, port } = this.#door(who);
    const main = `${this.#source}/main.ts`;
    return ["run", "--quiet", "-A", main, command, `${hostname}:${port}`, "--name", who, ...args];
  }

  #running(): { cwd: string; env: Record<string, string> } {
    return {
      cwd: this.#source,
      env: { XDG_CONFIG_HOME: this.#home, CHATROOM_NAME: "", CHATROOM_SERVER: "", NO_COLOR: "1" },
    };
  }

  #door(who: string): Deno.NetAddr {
    const door = this.#doors.get(who) ?? this.recorder.door(who);
    this.#doors.set(who, door);
    return door;
  }

  /** Waits until somebody gets an event of this type, or else until the name was sent. */
  async #gets(who: string, type: string | undefined, from: number): Promise<void> {
    const isIt = ([by, step, frame = ""]: Line): boolean =>
      by === who && (type === undefined ? step === "sent" : frame.includes(`"type":"${type}"`));
    for (let tries = 0; !this.recorder.lines.slice(from).some(isIt); tries++) {
      if (tries > 600) throw new Error(`${who} did not come in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.recorder.quiet();
  }
}

/** The first version's server, on a directory of its own. */
async function startFirst(
  source: string,
  data: string,
): Promise<{ addr: Deno.NetAddr } & AsyncDisposable> {
  const run = runner(source, data);
  const child = run(["serve", "--port", "0"]);
  let told = "";
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (
      const text of stream.pipeThrough(
        new TextDecoderStream() as TransformStream<Uint8Array, string>,
      )
    ) {
      told += text;
      const port = /127\.0\.0\.1:(\d+)/.exec(told)?.[1];
      if (port !== undefined) resolve(Number(port));
    }
    reject(new Error(`No port: ${told}`));
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const port = await promise;
  return {
    addr: { transport: "tcp", hostname: "127.0.0.1", port },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
      await child.stdin.close().catch(() => {});
      await reading;
    },
  };
}

/** Starts the first version with a command on its data. */
function runner(source: string, data: string): (args: string[]) => Deno.ChildProcess {
  return (args) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "main.ts", ...args, "--data", data],
      cwd: source,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
}

/** Reserves the names. */
async function addAccounts(source: string, data: string): Promise<void> {
  for (const [name, role] of Object.entries(ACCOUNTS)) {
    const child = runner(source, data)(["user", "add", name, "--role", role]);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${LOGIN}\n`));
    await writer.close();
    const { success, stderr } = await child.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}

/** Keeps what a server has stored that has stopped. */
async function keepStore(data: string): Promise<void> {
  using db = new DatabaseSync(`${data}/chatroom.db`);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const file = await Deno.open(`${data}/chatroom.db`);
  const gzip = new CompressionStream("gzip");
  const bytes = await new Response(file.readable.pipeThrough(gzip)).bytes();
  await Deno.writeFile(STORE.database, bytes);
  await Deno.copyFile(`${data}/boot`, STORE.boot);
}

async function main(): Promise<void> {
  const dir = await Deno.makeTempDir();
  const root = new URL("../..", import.meta.url).pathname;
  const unpack = `git -C ${root} archive ${FIRST_VERSION} | tar -x -C ${dir}`;
  await new Deno.Command("sh", { args: ["-c", unpack] }).output();
  const all = [...RECORDINGS, UPGRADE] as const;
  for (const name of all) {
    if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
    const data = await Deno.makeTempDir();
    const home = await Deno.makeTempDir();
    await addAccounts(dir, data);
    let server = await startFirst(dir, data);
    await using recorder = new Recorder(server.addr);
    const restart = async (): Promise<void> => {
      await server[Symbol.asyncDispose]();
      await keepStore(data);
      server = await startFirst(dir, data);
      recorder.restart(server.addr);
    };
    await SCENES[name](new Stage(recorder, dir, home, restart));
    const text = recorder.lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await Deno.writeTextFile(recordingFile(name), text);
    await server[Symbol.asyncDispose]();
  }
  await Deno.remove(dir, { recursive: true });
}

if (import.meta.main) await main();
