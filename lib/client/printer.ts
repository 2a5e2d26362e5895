/** Prints for a script, which has to know when what it asked for got lost. */

/** Thrown for what can't be written; its message is one line. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** What to say of a result that can't be written. */
export function outputError(error: unknown): OutputError {
  const why = (error as Error).message.replace(/ \(os error.*/s, "");
  return new OutputError(`Can't write to stdout (${why}); send it elsewhere, or make room there`);
}

/** Writes text to an output, in order. */
export class Printer {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #encoder = new TextEncoder();

  constructor(output: WritableStream<Uint8Array<ArrayBuffer>>) {
    this.#writer = output.getWriter();
  }

  /**
   * Resolves with whether somebody may read on: a reader that has gone has read enough. Rejects with
   * an {@linkcode OutputError} where the text gets lost otherwise.
   */
  async print(text: string): Promise<boolean> {
    if (text === "") return true;
    try {
      await this.#writer.write(this.#encoder.encode(text));
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return false;
      throw outputError(error);
    }
  }

  /** Lets go of the output. */
  release(): void {
    this.#writer.releaseLock();
  }
}
