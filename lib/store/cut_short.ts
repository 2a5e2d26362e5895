/** A database that has lost its end, which SQLite notices only when it is asked for what was there. */

import { StoreError } from "./schema.ts";

const HEADER_BYTES = 100;
/** Where the header has the size of a page (1 stands for 65,536), the count of them, and two counters. */
const PAGE_SIZE_AT = 16;
const CHANGES_AT = 24;
const PAGES_AT = 28;
const VALID_FOR_AT = 92;

/** Throws a {@linkcode StoreError} for a database that is shorter than it says. */
export function checkLength(path: string): void {
  // What is in the log may not have been written into the database yet.
  if (sizeOf(`${path}-wal`) > 0) return;
  const size = sizeOf(path);
  if (size < HEADER_BYTES) return;
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(HEADER_BYTES);
  if (file.readSync(bytes) !== HEADER_BYTES) return;
  const header = new DataView(bytes.buffer);
  // Others than SQLite of today may not have kept the count.
  if (header.getUint32(CHANGES_AT) !== header.getUint32(VALID_FOR_AT)) return;
  const pageSize = header.getUint16(PAGE_SIZE_AT);
  const whole = header.getUint32(PAGES_AT) * (pageSize === 1 ? 65_536 : pageSize);
  if (size >= whole) return;
  throw new StoreError(
    `${path} has lost its end: it has ${size} of ${whole} bytes. Put a backup back; chatroom export ` +
      "--salvage prints what can still be read of it",
  );
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
