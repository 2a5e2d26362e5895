/** Lines for the person or the script at the other end. */

import { outputError } from "../client/printer.ts";

const encoder = new TextEncoder();

/** Writes a line to stdout. That it can't be written is no reason to stop what we are doing. */
export function print(line: string): void {
  write(Deno.stdout, line);
}

/**
 * Writes to stdout what was asked for, with a line's end. Throws an {@linkcode OutputError} where it
 * gets lost; a reader that has gone has read enough.
 */
export function printResult(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw outputError(error);
  }
}

/** Writes a line to stderr. */
export function complain(line: string): void {
  write(Deno.stderr, line);
}

interface Stream {
  writeSync(bytes: Uint8Array): number;
}

function write(stream: Stream, line: string): void {
  try {
    writeAll(stream, line);
  } catch {
    // The reader has gone, the terminal is closed, the disk is full: there is nobody to tell.
  }
}

function writeAll(stream: Stream, line: string): void {
  let bytes = encoder.encode(`${line}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
