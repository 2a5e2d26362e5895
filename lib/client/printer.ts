/** Prints for scripts, which have to know if output is lost, and JSON that does nothing to a terminal. */

import { replaceHidden } from "../words/inert.js";
import { reasonOf } from "../wire/text.ts";

/** Thrown if output can't be written. The message is a line. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** The error for a result that can't be written. */
export function outputError(error: unknown): OutputError {
  const why = reasonOf(error);
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

/** JSON text in which characters that steer, turn or hide are escaped; its value stays the same. */
export function inertJson(json: string): string {
  return replaceHidden(json, escape);
}

function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, n) => character.charCodeAt(n));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
