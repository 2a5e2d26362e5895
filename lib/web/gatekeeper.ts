/**
 * Who asks, and whether they may: the client's address behind a proxy, the names that this server
 * answers to, and the pages that may open a WebSocket.
 */

import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** What a gatekeeper is told. */
export interface GateRules {
  /** Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies?: readonly string[];
  /** Names and addresses that the server answers to, besides its own addresses and `localhost`. */
  readonly hosts?: readonly string[];
  /** The addresses of this machine, asked for when a request calls the server by another one. */
  readonly ownAddresses?: () => readonly string[];
  /** Pages of other origins that may open a WebSocket, as `https://chat.example.org`. */
  readonly origins?: readonly string[];
  /** Whether the connection itself is TLS. */
  readonly isSecure?: boolean;
}

/** A request that is not answered: its status, and the sentence that says why. */
export interface HttpRefusal {
  readonly status: number;
  readonly text: string;
  /** How long the client does well to wait before it asks again, in ms. */
  readonly retryAfterMs?: number | undefined;
}

/** A request as it was meant by the one who sent it. */
export interface Visit {
  /** The client's address; that of the proxy where none is trusted. */
  readonly address: string;
  /** What it calls the server: a name or an address, and a port if one is given. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** Whether it comes from this machine, and through no proxy that hides where it comes from. */
  readonly isLocal: boolean;
}

/** A host and perhaps a port, of which nothing can be mistaken for anything else in a header. */
const HOST = /^(\[[\da-f:.]+\]|[a-z\d_](?:[a-z\d_.-]*[a-z\d_.])?)(?::\d{1,5})?$/i;

const FORWARDED = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/** Looks at requests before anything else does. */
export class Gatekeeper {
  readonly #proxies: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #isSecure: boolean;
  readonly #ownAddresses: () => readonly string[];

  constructor(
    {
      trustedProxies = [],
      hosts = [],
      origins = [],
      isSecure = false,
      ownAddresses = () => [],
    }: GateRules,
  ) {
    this.#ownAddresses = ownAddresses;
    this.#proxies = new Set(trustedProxies.map(plainAddress));
    this.#origins = new Set(origins.map((origin) => new URL(origin).origin));
    const named = [...this.#origins].map((origin) => new URL(origin).hostname);
    this.#hosts = new Set([...hosts, ...named].map(plainHost));
    this.#isSecure = isSecure;
  }

  /**
   * Who sent a request. Refused is one that calls the server by a name that is not its own: a page
   * of somebody else's may have had that name point here (DNS rebinding).
   */
  visit(request: IncomingMessage): Visit | HttpRefusal {
    const { host = "" } = request.headers;
    if (request.rawHeaders.filter((each, at) => at % 2 === 0 && /^host$/i.test(each)).length > 1) {
      return { status: 400, text: "The request names its host twice." };
    }
    const name = HOST.exec(host)?.[1];
    // What has the form may still be no host: a port beyond 65535, an IPv6 address of nothing.
    if (name === undefined || !URL.canParse(`http://${host}`)) {
      return { status: 400, text: "The request names no valid host." };
    }
    const { remoteAddress = "", localAddress = "" } = request.socket;
    const direct = plainAddress(remoteAddress);
    // Every limit and every ban by address would pass somebody by whose address is none.
    if (isIP(direct) === 0) {
      return { status: 400, text: "The server can't tell which address the request comes from." };
    }
    if (!this.#answersTo(plainHost(name), direct, plainAddress(localAddress))) {
      return {
        status: 421,
        text: `This server does not go by the name ${name}; --web-host ${name} gives it that.`,
      };
    }
    const isForwarded = FORWARDED.some((header) => request.headers[header] !== undefined);
    const isTrusted = this.#proxies.has(direct);
    const client = isTrusted ? this.#client(request) : undefined;
    const address = client ?? direct;
    const told = isTrusted ? single(request.headers["x-forwarded-proto"]) : undefined;
    const scheme = told === "https" || told === "http" ? told : this.#isSecure ? "https" : "http";
    return {
      address,
      host: host.toLowerCase(),
      scheme,
      isLocal: isLoopback(address) && (client !== undefined || !isForwarded),
    };
  }

  /** Whether an address is that of a proxy that is trusted. */
  isProxy(address: string): boolean {
    return this.#proxies.has(plainAddress(address));
  }

  /** Why a WebSocket is refused, if it is: for a page that is not ours. What sends no `Origin` is none. */
  refusesOrigin({ host, scheme }: Visit, origin: string | undefined): HttpRefusal | undefined {
    if (origin === undefined) return undefined;
    const given = URL.canParse(origin) ? new URL(origin).origin : "null";
    const own = new URL(`${scheme}://${host}`).origin;
    if (given !== "null" && (given === own || this.#origins.has(given))) return undefined;
    return {
      status: 403,
      text: "A page of another origin can't chat here; it can be let in with --web-origin.",
    };
  }

  /** Whether a request from `client`, which came in at the address `local`, may call us `host`. */
  #answersTo(host: string, client: string, local: string): boolean {
    if (host === "localhost" || host.endsWith(".localhost") || this.#hosts.has(host)) return true;
    if (isIP(host) === 0) return false;
    // A proxy that is trusted is called by an address of its own; a tunnel ends at a loopback one.
    return host === local || this.#proxies.has(client) || isLoopback(host) && isLoopback(local) ||
      this.#ownAddresses().some((own) => plainAddress(own) === host);
  }

  /** The last hop that is none of the proxies that we trust; `undefined` where it can't be read. */
  #client(request: IncomingMessage): string | undefined {
    const hops = String(request.headers["x-forwarded-for"] ?? "").split(",").map((hop) =>
      plainAddress(hop.trim().replace(/^(\d+(?:\.\d+){3}|\[.*\]):\d+$/, "$1"))
    );
    let client: string | undefined;
    for (const hop of hops.reverse()) {
      if (isIP(hop) === 0) return client;
      client = hop;
      if (!this.#proxies.has(hop)) break;
    }
    return client;
  }
}

/** An address as it is compared: IPv4 as IPv4, also where it came as IPv6. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^\[|\]$/g, "").replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
}

/** A host as it is compared: an address in its one form, without brackets. */
function plainHost(host: string): string {
  const bare = plainAddress(host);
  return isIP(bare) === 6 ? plainAddress(new URL(`http://[${bare}]`).hostname) : bare;
}

function isLoopback(address: string): boolean {
  return address === "::1" || isIP(address) === 4 && address.startsWith("127.");
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header.trim().toLowerCase() : undefined;
}
