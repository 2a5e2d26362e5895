/** The flags of `serve` that set limits, made from the tables of the server and the web. */

import type { Limit } from "../server/limit.ts";
import { LIMITS, openLimits } from "../server/limits.ts";
import { WEB_LIMITS } from "../web/limits.ts";
import { type Flag, type Invocation, parseFrom, UsageError } from "./flags.ts";
import type { ServeFlag } from "./serve_flag.ts";
import { formatQuantity, parseBytes, parseCount, parseDuration } from "./values.ts";

/** Limits by their names. */
type LimitTable<Name extends string> = Readonly<Record<Name, Limit>>;

const VALUE_OF = { bytes: "BYTES", ms: "TIME", count: "COUNT" } as const;

/** A flag for each limit. */
export const LIMIT_FLAGS: readonly ServeFlag[] = flagsOf(LIMITS);

/** A flag for each limit of the web door. */
export const WEB_LIMIT_FLAGS: readonly ServeFlag[] = flagsOf(WEB_LIMITS);

/** The flag of the largest payload, for the subcommands that read and write messages. */
export const PAYLOAD_FLAG: Flag = LIMIT_FLAGS.find(({ name }) =>
  name === LIMITS.payloadBytes.flag
) as Flag;

/** The largest text of a message that an invocation allows, in bytes. Throws a {@linkcode UsageError}. */
export function maxTextBytesFrom(invocation: Invocation): number {
  const { payloadBytes } = LIMITS;
  return limitsFrom({ payloadBytes }, invocation).payloadBytes ?? payloadBytes.default;
}

/** The limits of a table that an invocation sets. Throws a {@linkcode UsageError}. */
export function limitsFrom<Name extends string>(
  table: LimitTable<Name>,
  invocation: Invocation,
): Partial<Record<Name, number>> {
  const given: Partial<Record<Name, number>> = {};
  for (const name of namesOf(table)) {
    const limit = table[name];
    const text = invocation.get(limit.flag);
    if (text === undefined) continue;
    const source = `--${limit.flag} (or $${variableOf(limit.flag)})`;
    given[name] = parseFrom(source, text, (text) => parseLimit(limit, text));
  }
  return given;
}

/** The flags of a server whose limits a load does not meet. */
export function openFlags(): string[] {
  const open = Object.entries(openLimits()) as Array<[keyof typeof LIMITS, number]>;
  return open.flatMap(([name, value]) => {
    const { flag, unit } = LIMITS[name];
    return [`--${flag}`, formatQuantity(value, unit)];
  });
}

/** Each flag has an environment variable that is named after it, such as CHATROOM_MAX_PAYLOAD. */
function flagsOf<Name extends string>(table: LimitTable<Name>): ServeFlag[] {
  return namesOf(table).map((name) => {
    const { flag, unit, default: preset, derived, summary, reload } = table[name];
    return {
      name: flag,
      value: VALUE_OF[unit],
      env: variableOf(flag),
      envIsImplied: true,
      default: derived ?? formatQuantity(preset, unit),
      summary,
      rank: "limit" as const,
      reload,
    };
  });
}

function namesOf<Name extends string>(table: LimitTable<Name>): Name[] {
  return Object.keys(table) as Name[];
}

function variableOf(flag: string): string {
  return `CHATROOM_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function parseLimit({ unit, least, most = Infinity }: Limit, text: string): number {
  if (unit === "count") {
    const count = parseCount(text, least);
    if (count > most) throw new UsageError(`At most ${most} is possible, not ${text}`);
    return count;
  }
  const mayBeNone = least === 0 && /^0(?:ms|[smhd])?$/.test(text);
  const quantity = mayBeNone ? 0 : unit === "ms" ? parseDuration(text) : parseBytes(text);
  if (quantity >= (least ?? 0)) return quantity;
  throw new UsageError(`At least ${formatQuantity(least ?? 0, unit)} is needed, not ${text}`);
}
