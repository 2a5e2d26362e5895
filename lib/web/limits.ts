/** The limits of the web door besides those of every door, in a table like the server's. */

import { type Limit, limit, limitAtStart } from "../server/limit.ts";

/** Every limit by its name in {@linkcode WebLimits}. */
export const WEB_LIMITS = {
  webConnections: limit(
    "connections of browsers at once, besides WebSockets; the longest silent gives way",
    { flag: "web-connections", unit: "count", default: 1_000 },
  ),
  webHeaderBytes: limitAtStart(
    "largest header of an HTTP request",
    { flag: "web-max-headers", unit: "bytes", default: 8_192, least: 1_024 },
  ),
  webHeadersMs: limit(
    "time for a TLS handshake, and then for the header of an HTTP request",
    { flag: "web-headers-timeout", unit: "ms", default: 5_000 },
  ),
  webRequestMs: limit(
    "time for an HTTP request to arrive, and for its answer, if no file, to be read",
    { flag: "web-request-timeout", unit: "ms", default: 10_000 },
  ),
  webIdleMs: limit(
    "time for which a connection of a browser is kept for its next request",
    { flag: "web-idle-timeout", unit: "ms", default: 5_000 },
  ),
  webDownloads: limit(
    "files that are fetched over HTTP at once",
    { flag: "web-downloads", unit: "count", default: 256 },
  ),
  webDownloadsPerAddress: limit(
    "files that one address fetches over HTTP at once",
    { flag: "web-downloads-per-address", unit: "count", default: 32 },
  ),
  webStallMs: limit(
    "time without progress in sending a file over HTTP after which that is given up",
    { flag: "web-stall-timeout", unit: "ms", default: 30_000 },
  ),
  webLinkMs: limit(
    "time for which an HTTP link to a file holds",
    { flag: "web-link-timeout", unit: "ms", default: 3_600_000 },
  ),
  hookBytes: limit(
    "largest body of a webhook",
    { flag: "max-hook", unit: "bytes", default: 65_536, least: 1_024 },
  ),
  hookPostsPerMinute: limit(
    "messages of one webhook in a minute; as many may come at once",
    { flag: "max-hook-rate", unit: "count", default: 60, tells: "try-later" },
  ),
} satisfies Readonly<Record<string, Limit>>;

/** A value for each limit: bytes, milliseconds or a count. */
export type WebLimits = { readonly [Name in keyof typeof WEB_LIMITS]: number };

/** The given limits, and the defaults of all others. */
export function webDefaults(given: Partial<WebLimits> = {}): WebLimits {
  const names = Object.keys(WEB_LIMITS) as Array<keyof typeof WEB_LIMITS>;
  const defaults = Object.fromEntries(names.map((name) => [name, WEB_LIMITS[name].default]));
  return { ...defaults, ...given } as WebLimits;
}
