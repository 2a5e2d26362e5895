/**
 * What our files are compared with, over the same loopback: croc, from one client to another through its
 * relay, where that is installed; and curl, which fetches from a plain static server.
 */

import { delay } from "@std/async/delay";

/** A program that brings a file from here to there. */
export interface Rival extends AsyncDisposable {
  readonly name: string;
  /** Brings a file into a folder; resolves with how long that took, in ms. */
  bring(path: string, folder: string): Promise<number>;
}

/**
 * Those that this machine has. croc is there twice: as it is by default, and without the compression that
 * takes most of its time for bytes that can't be made smaller.
 */
export async function findRivals(): Promise<readonly Rival[]> {
  const rivals: Rival[] = [];
  const croc = await versionOf("croc");
  if (croc !== undefined) {
    const relay = await CrocRelay.start();
    rivals.push(crocRival(croc, relay, []));
    rivals.push(crocRival(`${croc} --no-compress`, relay, ["--no-compress"]));
  }
  if (await versionOf("curl") !== undefined) rivals.push(curlRival());
  return rivals;
}

/** What a program says of itself, such as `croc version 10.7.0`; `undefined`: it is not installed. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await run(program, ["--version"]);
    return success ? new TextDecoder().decode(stdout).split("\n")[0] : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function command(program: string, args: readonly string[], cwd?: string): Deno.Command {
  const folder = cwd === undefined ? {} : { cwd };
  return new Deno.Command(program, {
    args: [...args],
    ...folder,
    // croc 9.6.6 and later take the code from nowhere else.
    env: { CROC_SECRET: CODE },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

function run(program: string, args: readonly string[], cwd?: string): Promise<Deno.CommandOutput> {
  return command(program, args, cwd).output();
}

/** What sender and receiver agree on. */
const CODE = "1234-chatroom-files-bench";
/** Where the relay listens, and its ports, of which croc uses several at once. */
const HOST = "127.0.0.1";
const PORTS = ["19009", "19010", "19011", "19012", "19013"] as const;
/** How long to wait before a port of the relay is tried again, in ms, and how often. */
const AGAIN_MS = 20;
const TRIES = 500;
/** How long a sender that has told its code takes to be at the relay, in ms, and a good deal more. */
const JOIN_MS = 500;

/** The relay of croc, for all that go through it. */
class CrocRelay implements AsyncDisposable {
  readonly address = `${HOST}:${PORTS[0]}`;
  readonly #process: Deno.ChildProcess;
  #uses = 0;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
  }

  /** Resolves when it listens. */
  static async start(): Promise<CrocRelay> {
    const relay = new CrocRelay(
      new Deno.Command("croc", {
        args: ["relay", "--host", HOST, "--ports", PORTS.join(",")],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn(),
    );
    for (const port of PORTS) await listening(Number(port));
    return relay;
  }

  /** Somebody else uses it, and disposes of it. */
  use(): void {
    this.#uses++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (--this.#uses > 0) return;
    this.#process.kill();
    await this.#process.status;
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      (await Deno.connect({ hostname: HOST, port })).close();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      await delay(AGAIN_MS);
    }
  }
}

function crocRival(name: string, relay: CrocRelay, flags: readonly string[]): Rival {
  relay.use();
  const all = ["--disable-clipboard", ...flags];
  const send = [...all, "--relay", relay.address, "send", "--no-local"];
  // With the address of the sender it does not look for one with multicasts.
  const receive = [...all, "--yes", "--overwrite", "--ip", relay.address];
  return {
    name,
    async bring(path, folder): Promise<number> {
      const began = performance.now();
      const sending = command("croc", [...send, path]).spawn();
      const ready = await told(sending.stderr, "Code is:");
      const sendMs = performance.now() - began;
      // A receiver who is there before its sender waits for ever. What it waits here is not counted.
      await delay(JOIN_MS);
      const joined = performance.now();
      const { success, stderr } = await run("croc", receive, folder);
      const receiveMs = performance.now() - joined;
      if (!success) throw new Error(`croc: ${new TextDecoder().decode(stderr)}`);
      const [{ code }, text] = await Promise.all([
        sending.status,
        ready.rest,
        sending.stdout.cancel(),
      ]);
      if (code !== 0) throw new Error(`croc send: ${text}`);
      return sendMs + receiveMs;
    },
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

/** Resolves when a text has come, with what comes after it. */
async function told(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  wanted: string,
): Promise<{ rest: Promise<string> }> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`It ended without "${wanted}": ${text}`);
    text += value;
  }
  const rest = (async () => {
    for (let next; !(next = await reader.read()).done;) text += next.value;
    return text;
  })();
  return { rest };
}

function curlRival(): Rival {
  let served = "";
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    const file = await Deno.open(served);
    return new Response(file.readable);
  });
  return {
    name: "curl from a plain static server",
    async bring(path, folder): Promise<number> {
      served = path;
      const began = performance.now();
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const got = await run("curl", ["--silent", "--fail", "--output", `${folder}/got`, url]);
      if (!got.success) throw new Error(new TextDecoder().decode(got.stderr));
      return performance.now() - began;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
