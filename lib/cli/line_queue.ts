/** Queues lines in memory for a reader that may stop reading, so that the writer never waits. */

import type { ByteWriter } from "../server/outbox.ts";
import { within } from "../wire/within.ts";

const encoder = new TextEncoder();

/** How much may wait, in UTF-16 code units; further lines are lost. */
const MAX_LENGTH = 1_048_576;

/** How long the last lines may take at the end, in ms. */
const END_MS = 1_000;

/** Options of {@linkcode LineQueue}. */
export interface LineQueueOptions {
  /** Makes the line that says how many lines were lost, which is written when there is room again. */
  readonly lostLine?: (count: number) => string;
  /** Called for the first write that fails, unless the reader has gone. */
  readonly failed?: (error: unknown) => void;
}

/** Writes lines, all that wait in one write. Disposal waits a second for the last ones. */
export class LineQueue implements AsyncDisposable {
  readonly #sink: ByteWriter;
  readonly #options: LineQueueOptions;
  #hasFailed = false;
  #waiting: string[] = [];
  #length = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;

  constructor(sink: ByteWriter, options: LineQueueOptions = {}) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Queues a line, without its newline. Neither throws nor waits. */
  write(line: string): void {
    if (this.#length + line.length > MAX_LENGTH) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length + 1;
    this.#writing ??= this.#drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(END_MS, this.#writing);
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      const lost = this.#lost;
      this.#waiting = [];
      this.#length = this.#lost = 0;
      const told = lost > 0 ? this.#options.lostLine?.(lost) : undefined;
      if (told !== undefined) lines.push(told);
      await this.#send(encoder.encode(`${lines.join("\n")}\n`));
    }
    this.#writing = undefined;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at));
    } catch (error) {
      // The reader has gone, the terminal is closed, or the disk is full: go on without it.
      if (this.#hasFailed || error instanceof Deno.errors.BrokenPipe) return;
      this.#hasFailed = true;
      this.#options.failed?.(error);
    }
  }
}
