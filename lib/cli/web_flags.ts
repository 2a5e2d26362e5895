/** The flags of `serve` for the web: where the page is, who may open it, and the metrics. */

import { WEB_LIMITS } from "../web/limits.ts";
import type { WebOptions } from "../web/serve_web.ts";
import { type Invocation, parseFrom, UsageError } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";
import { limitsFrom, WEB_LIMIT_FLAGS } from "./limit_flags.ts";
import { networkInterfaces } from "./machine.ts";
import { type Address, parseAddress } from "./values.ts";

/** The flags besides {@linkcode WEB_LIMIT_FLAGS}. */
export const WEB_FLAGS: readonly ServeFlag[] = [
  serveFlag(
    "restart",
    "--web [HOST:]PORT",
    "serve the web page there too; HOST is 127.0.0.1 by default",
  ),
  serveFlag(
    "restart",
    "--web-base PATH",
    "path of the page, for example /chat; other paths are not found",
  ),
  serveFlag(
    "now",
    "--web-host NAME",
    "name or address that browsers may call the server by, besides its own and localhost",
    { many: true },
  ),
  serveFlag(
    "now",
    "--web-origin URL",
    "page of another origin that may chat here, for example https://chat.example.org",
    { many: true },
  ),
  serveFlag(
    "now",
    "--trust-proxy ADDR",
    "address of a reverse proxy whose X-Forwarded-For and -Proto are believed",
    { many: true },
  ),
  serveFlag(
    "now",
    "--metrics-open",
    "show /metrics, /healthz and /readyz to everybody, not only to this machine",
  ),
];

/** The flag for the name of the server, which pages and clients show. */
export const TITLE_FLAG = serveFlag(
  "now",
  "--title TEXT",
  "name of this server on the page, in place of its address",
);
/** The longest title: it stands in one line of a page. */
const MAX_TITLE = 64;

/** The title that `--title` gives. Throws a {@linkcode UsageError}. */
export function givenTitle(invocation: Invocation): { title?: string } {
  const given = invocation.get("title");
  if (given === undefined) return {};
  const title = given.trim();
  const isShown = title.length <= MAX_TITLE && !/[\p{C}\p{Zl}\p{Zp}]/u.test(title);
  if (title !== "" && isShown) return { title };
  throw new UsageError(
    `--title takes a line of 1 to ${MAX_TITLE} characters that can be seen, not ` +
      JSON.stringify(given),
  );
}

/** What the flags ask for; `undefined` without `--web`. Throws a {@linkcode UsageError}. */
export function webPlace(invocation: Invocation): WebOptions | undefined {
  const given = invocation.get("web");
  if (given === undefined) {
    // The variables of these flags may be set for other servers.
    const first = [...WEB_FLAGS, ...WEB_LIMIT_FLAGS].find(({ name }) => invocation.isSaid(name));
    if (first === undefined) return undefined;
    throw new UsageError(`--${first.name} says how the page is served; say where with --web PORT`);
  }
  const base = invocation.get("web-base");
  return {
    ...webAddress(given),
    ...(base === undefined ? {} : { base: basePath(base) }),
    hosts: invocation.all("web-host").map(host),
    ownAddresses: () => networkInterfaces().map(({ address }) => address),
    origins: invocation.all("web-origin").map(origin),
    trustedProxies: invocation.all("trust-proxy").map(proxy),
    openMetrics: invocation.has("metrics-open"),
    limits: limitsFrom(WEB_LIMITS, invocation),
  };
}

function webAddress(text: string): Address {
  if (!/^(\d+|[^:[\]]*:\d+|\[[^\]]+\]:\d+)$/.test(text)) {
    throw new UsageError(`--web takes PORT, HOST:PORT or [IPV6]:PORT, not ${text}`);
  }
  return parseFrom("--web", text, parseAddress);
}

function basePath(text: string): string {
  const base = text.replace(/\/$/, "");
  if (/^(\/[\w.~-]+)*$/.test(base) && !/\/\.\.?(\/|$)/.test(base)) return base;
  throw new UsageError(`--web-base takes a path such as /chat, not ${text}`);
}

/** A host as browsers send it: one with a port, a scheme or other letters would never match. */
function host(text: string): string {
  if (/^\[?[\da-f.]*:[\da-f:.]*:[\da-f.]*\]?$/i.test(text)) return text;
  if (/^[a-z\d_](?:[a-z\d_.-]*[a-z\d_.])?$/i.test(text)) return text;
  throw new UsageError(
    `--web-host takes a name or an address alone, such as chat.example.org, not ${text}`,
  );
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && /^https?:\/\/[^/]+\/?$/.test(text)) {
    return url.origin;
  }
  throw new UsageError(`--web-origin takes an origin such as https://example.org, not ${text}`);
}

function proxy(text: string): string {
  if (/^\[?[\da-f:.]+\]?$/i.test(text) && /[.:]/.test(text)) return text;
  throw new UsageError(`--trust-proxy takes an address such as 127.0.0.1, not ${text}`);
}
