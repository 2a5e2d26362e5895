/** A database that has lost its end, which SQLite notices only when it is asked for what was there. */

import { StoreError } from "./schema.ts";

const HEADER_BYTES = 100;
/** Where the header has the size of a page (1 stands for 65,536), the count of them, and two counters. */
const PAGE_SIZE_AT = 16;
const CHANGES_AT = 24;
const PAGES_AT = 28;
const VALID_FOR_AT = 92;

/**
 * Throws a {@linkcode StoreError} for a database that is shorter than it says. Only for a process that
 * has not opened the database yet: to close the file here would cost it the locks of SQLite.
 */
export function checkLength(path: string): void {
  const cut = cutShort(path);
  if (cut === undefined) return;
  throw new StoreError(
    `${path} has lost its end: it has ${cut.size} of ${cut.whole} bytes. Put a backup back; chatroom ` +
      "export --salvage prints what can still be read of it",
  );
}

/** The size that a database has, and that it says it has, where that is more; as above. */
export function cutShort(
  path: string,
): { readonly size: number; readonly whole: number } | undefined {
  // What is in the log may not have been written into the database yet.
  if (sizeOf(`${path}-wal`) > 0) return undefined;
  const size = sizeOf(path);
  if (size < HEADER_BYTES) return undefined;
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(HEADER_BYTES);
  if (file.readSync(bytes) !== HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer);
  // Others than SQLite of today may not have kept the count.
  if (header.getUint32(CHANGES_AT) !== header.getUint32(VALID_FOR_AT)) return undefined;
  const noted = header.getUint16(PAGE_SIZE_AT);
  const pageSize = noted === 1 ? 65_536 : noted;
  // A header that is damaged itself tells nothing.
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const whole = header.getUint32(PAGES_AT) * pageSize;
  return size < whole ? { size, whole } : undefined;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
