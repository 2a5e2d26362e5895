/** The limits of the web door besides those of every door, in a table like the server's. */

import type { Limit } from "../server/limit_table.ts";

/** Every limit by its name in {@linkcode WebLimits}. */
export const WEB_LIMITS = {
  webConnections: {
    default: 1_000,
    unit: "count",
    flag: "web-connections",
    summary: "connections of browsers at once, besides WebSockets; the longest silent gives way",
  },
  webHeaderBytes: {
    default: 8_192,
    unit: "bytes",
    least: 1_024,
    flag: "web-max-headers",
    summary: "largest header of an HTTP request",
  },
  webHeadersMs: {
    default: 5_000,
    unit: "ms",
    flag: "web-headers-timeout",
    summary: "time for a TLS handshake, and then for the header of an HTTP request",
  },
  webRequestMs: {
    default: 10_000,
    unit: "ms",
    flag: "web-request-timeout",
    summary: "time for an HTTP request to arrive, and for its answer to be read",
  },
  webIdleMs: {
    default: 5_000,
    unit: "ms",
    flag: "web-idle-timeout",
    summary: "time for which a connection of a browser is kept for its next request",
  },
} as const satisfies Readonly<Record<string, Limit>>;

/** A value for each limit: bytes, milliseconds or a count. */
export type WebLimits = { readonly [Name in keyof typeof WEB_LIMITS]: number };

/** The given limits, and the defaults of all others. */
export function webDefaults(given: Partial<WebLimits> = {}): WebLimits {
  const names = Object.keys(WEB_LIMITS) as Array<keyof typeof WEB_LIMITS>;
  const defaults = Object.fromEntries(names.map((name) => [name, WEB_LIMITS[name].default]));
  return { ...defaults, ...given } as WebLimits;
}
