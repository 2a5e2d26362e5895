/** Texts as SQLite's driver reads them: one with a NUL in it is cut short unless it is read as bytes. */

import type { SQLOutputValue } from "node:sqlite";

/** A text may begin with U+FEFF, which a decoder takes for a mark of its encoding unless told. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A column in a SELECT, under the name `as`, for {@linkcode textOf}. */
export function textColumn(column: string, as: string): string {
  return `iif(instr(${column}, char(0)), CAST(${column} AS BLOB), ${column}) AS ${as}`;
}

/** The text in a column that was read so. */
export function textOf(value: SQLOutputValue | undefined): string {
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}
