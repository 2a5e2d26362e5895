/** Lines for the person or the script at the other end. */

const encoder = new TextEncoder();

/** Writes a line to stdout. That it can't be written is no reason to stop what we are doing. */
export function print(line: string): void {
  write(Deno.stdout, line);
}

/** Writes a line to stderr. */
export function complain(line: string): void {
  write(Deno.stderr, line);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  let bytes = encoder.encode(`${line}\n`);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch {
    // The reader has gone, the terminal is closed, the disk is full: there is nobody to tell.
  }
}
