/** A server in a process of its own that can be killed, and started again where it was. */

import { TextLineStream } from "@std/streams/text-line-stream";

/** How long a server may take to say where it listens, in ms. */
const PATIENCE_MS = 30_000;

/** Where a server is. */
export interface Place {
  readonly hostname: string;
  readonly port: number;
}

/** A server's process. */
export class ServerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #began = performance.now();
  readonly #read: Promise<void>;
  readonly #listening = Promise.withResolvers<Place | undefined>();
  /** From its start until it listened, in ms. */
  listeningMs = Infinity;

  /** Starts it: a program of Deno and its arguments. */
  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#readLines();
  }

  /** Where it listens; `undefined` when it ended before it did. */
  get listening(): Promise<Place | undefined> {
    return this.#listening.promise;
  }

  /** Ms since it was started. */
  get age(): number {
    return performance.now() - this.#began;
  }

  /** Ends it as nothing else does: at once, without a word. Resolves when it is gone. */
  kill(): Promise<Deno.CommandStatus> {
    return this.#end("SIGKILL");
  }

  /** Asks it to stop. */
  stop(): Promise<Deno.CommandStatus> {
    return this.#end("SIGTERM");
  }

  async #end(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#read;
    return await this.#child.status;
  }

  async #readLines(): Promise<void> {
    const timer = setTimeout(() => this.kill(), PATIENCE_MS);
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [, hostname, port] = /is listening on ([\d.]+):(\d+)$/.exec(line) ?? [];
      if (hostname === undefined) continue;
      clearTimeout(timer);
      this.listeningMs = this.age;
      this.#listening.resolve({ hostname, port: Number(port) });
    }
    clearTimeout(timer);
    this.#listening.resolve(undefined);
  }
}
