/** Writes lines to stdout and stderr. */

import { outputError } from "../client/printer.ts";

const encoder = new TextEncoder();

/** Writes a line to stdout, if possible. */
export function print(line: string): void {
  write(Deno.stdout, line);
}

/**
 * Writes a result and a newline to stdout. Throws an {@linkcode OutputError} if it can't be written,
 * unless the reader has gone: it has read enough.
 */
export function printResult(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw outputError(error);
  }
}

/** Writes a line to stderr, if possible. */
export function complain(line: string): void {
  write(Deno.stderr, line);
}

type Stream = Pick<typeof Deno.stdout, "writeSync">;

function write(stream: Stream, line: string): void {
  try {
    writeAll(stream, line);
  } catch {
    // The reader has gone, the terminal is closed, or the disk is full.
  }
}

function writeAll(stream: Stream, line: string): void {
  let bytes = encoder.encode(`${line}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}

/** From now on nothing starts a program, unless the person has let us do all (-A): then it shows our limits. */
export function giveUpPrograms(): void {
  const mayAll = Deno.permissions.querySync({ name: "env" }).state === "granted";
  if (!mayAll) Deno.permissions.revokeSync({ name: "run" });
}
