/** Prints for scripts, which have to know if output is lost. */

/** Thrown if output can't be written. The message is a line. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** The error for a result that can't be written. */
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
   * Resolves with false if the reader has gone: it has read enough. Rejects with an
   * {@linkcode OutputError} if the text is lost for another reason.
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

  /** Releases the output. */
  release(): void {
    this.#writer.releaseLock();
  }
}
