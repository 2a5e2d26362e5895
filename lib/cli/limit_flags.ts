/** Flags from tables of limits, and back. */

import type { Limit } from "../server/limits.ts";
import type { Flag, Invocation } from "./flags.ts";
import { formatQuantity, parseBytes, parseCount, parseDuration } from "./values.ts";

const VALUE_OF = { bytes: "BYTES", ms: "TIME", count: "COUNT" } as const;

/** The flag that sets a limit. */
export function limitFlag({ flag, unit, default: preset, summary }: Limit): Flag {
  return { name: flag, value: VALUE_OF[unit], default: formatQuantity(preset, unit), summary };
}

/** Those limits of a table that were given, by their names. */
export function limitsFrom<Name extends string>(
  table: Readonly<Record<Name, Limit>>,
  invocation: Invocation,
): Partial<Record<Name, number>> {
  const given: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(table) as Name[]) {
    const text = invocation.get(table[name].flag);
    if (text !== undefined) given[name] = parseLimit(table[name], text);
  }
  return given;
}

function parseLimit({ unit, least }: Limit, text: string): number {
  if (unit === "bytes") return parseBytes(text);
  return unit === "ms" ? parseDuration(text) : parseCount(text, least);
}
