/**
 * What our files are compared with, over the same loopback: croc, from one client to another through its
 * relay; where that is not installed, curl that fetches from a plain static server.
 */

import { delay } from "@std/async/delay";

/** A program that brings a file from here to there. */
export interface Rival extends AsyncDisposable {
  readonly name: string;
  /** Brings a file into a folder; resolves with how long that took, in ms. */
  bring(path: string, folder: string): Promise<number>;
}

/** The one that this machine has; `undefined`: neither. */
export async function findRival(): Promise<Rival | undefined> {
  if (await says("croc", ["--version"])) return await crocRival();
  if (await says("curl", ["--version"])) return curlRival();
  return undefined;
}

async function says(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await run(program, args);
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function run(program: string, args: readonly string[], cwd?: string): Promise<Deno.CommandOutput> {
  const folder = cwd === undefined ? {} : { cwd };
  return new Deno.Command(program, {
    args: [...args],
    ...folder,
    env: { CROC_SECRET: CODE },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
}

/** What sender and receiver agree on. */
const CODE = "1234-chatroom-files-bench";
/** The ports of the relay, of which croc uses several at once. */
const PORTS = ["19009", "19010", "19011", "19012", "19013"];
/** How long the relay takes to listen, and the sender to be there, in ms. */
const RELAY_MS = 500;

async function crocRival(): Promise<Rival> {
  const relay = new Deno.Command("croc", {
    args: ["relay", "--ports", PORTS.join(",")],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await delay(RELAY_MS);
  const at = ["--relay", `127.0.0.1:${PORTS[0]}`];
  return {
    name: "croc",
    async bring(path, folder): Promise<number> {
      const began = performance.now();
      const sending = run("croc", [...at, "send", "--no-local", "--code", CODE, path]);
      let tries = 0;
      for (;;) {
        const got = await run("croc", ["--yes", "--overwrite", ...at, CODE], folder);
        if (got.success) break;
        // The sender was not there yet.
        if (++tries > 50) throw new Error(new TextDecoder().decode(got.stderr));
        await delay(20);
      }
      const took = performance.now() - began;
      await sending;
      return took;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      relay.kill();
      await relay.status;
    },
  };
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
