/** The flags of `serve` that set limits, made from the one table of them. */

import { type Limit, LIMITS, type Limits, openLimits } from "../server/limits.ts";
import { type Flag, type Invocation, UsageError } from "./flags.ts";
import { formatQuantity, parseBytes, parseCount, parseDuration } from "./values.ts";

type LimitName = keyof typeof LIMITS;

const VALUE_OF = { bytes: "BYTES", ms: "TIME", count: "COUNT" } as const;

const limitNames = Object.keys(LIMITS) as LimitName[];

/** A flag for each limit. Its environment variable is named after it: CHATROOM_MAX_PAYLOAD. */
export const LIMIT_FLAGS: readonly Flag[] = limitNames.map((name) => {
  const { flag, unit, default: preset, derived, summary }: Limit = LIMITS[name];
  return {
    name: flag,
    value: VALUE_OF[unit],
    env: variableOf(flag),
    envIsImplied: true,
    default: derived ?? formatQuantity(preset, unit),
    summary,
  };
});

/** The limits that an invocation sets. Throws a {@linkcode UsageError}. */
export function limitsFrom(invocation: Invocation): Partial<Limits> {
  const given: Partial<Record<LimitName, number>> = {};
  for (const name of limitNames) {
    const limit: Limit = LIMITS[name];
    const text = invocation.get(limit.flag);
    if (text === undefined) continue;
    try {
      given[name] = parseLimit(limit, text);
    } catch (error) {
      throw error instanceof UsageError
        ? new UsageError(`--${limit.flag} (or $${variableOf(limit.flag)}): ${error.message}`)
        : error;
    }
  }
  return given;
}

/** The flags of a server that is to stand in no load's way. */
export function openFlags(): string[] {
  const open = Object.entries(openLimits()) as Array<[LimitName, number]>;
  return open.flatMap(([name, value]) => [`--${LIMITS[name].flag}`, String(value)]);
}

function variableOf(flag: string): string {
  return `CHATROOM_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function parseLimit({ unit, least, most = Infinity }: Limit, text: string): number {
  if (unit === "bytes") return parseBytes(text);
  if (unit === "ms") return parseDuration(text);
  const count = parseCount(text, least);
  if (count > most) throw new UsageError(`At most ${most} is possible, not ${text}`);
  return count;
}
