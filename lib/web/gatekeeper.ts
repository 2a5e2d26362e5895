/**
 * Checks HTTP requests: finds the client's address behind a proxy, and knows the names of this server
 * and the pages that may open a WebSocket.
 */

import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { HttpRefusal } from "./http_refusal.ts";
import { refusesFraming } from "./framing.ts";

/** Options of {@linkcode Gatekeeper}. */
export interface GateRules {
  /** Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies?: readonly string[];
  /** Names and addresses of the server, besides its own addresses and `localhost`. */
  readonly hosts?: readonly string[];
  /** Returns the addresses of this machine; called if a request names the server by another one. */
  readonly ownAddresses?: () => readonly string[];
  /** Other origins whose pages may open a WebSocket, such as `https://chat.example.org`. */
  readonly origins?: readonly string[];
  /** The pages of other servers that are one with this: they may do the same. */
  readonly pages?: () => readonly string[];
  /** Whether the connection itself is TLS. */
  readonly isSecure?: boolean;
}

/** The rules that name somebody, and may change. */
export type NamedRules = Pick<GateRules, "trustedProxies" | "hosts" | "origins">;

/** A request as the client sent it, before any proxy. */
export interface Visit {
  /** The client's address; that of the proxy if the proxy is not trusted. */
  readonly address: string;
  /** The name or address that it has for the server, and a port if there is one. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** Whether it comes from this machine, and not through a proxy that hides the client. */
  readonly isLocal: boolean;
}

/** A host, perhaps with a port, that is safe to put into a header. */
const HOST = /^(\[[\da-f:.]+\]|[a-z\d_](?:[a-z\d_.-]*[a-z\d_.])?)(?::\d{1,5})?$/i;

const FORWARDED = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/** Checks requests before they are answered. */
export class Gatekeeper {
  #proxies: ReadonlySet<string> = new Set();
  #hosts: ReadonlySet<string> = new Set();
  #origins: ReadonlySet<string> = new Set();
  readonly #pages: () => readonly string[];
  readonly #isSecure: boolean;
  readonly #ownAddresses: () => readonly string[];

  constructor(rules: GateRules) {
    const { pages = () => [], isSecure = false, ownAddresses = () => [] } = rules;
    this.#ownAddresses = ownAddresses;
    this.#pages = pages;
    this.#isSecure = isSecure;
    this.change(rules);
  }

  /** Goes by other names of this server, origins and proxies from the next request on. */
  change({ trustedProxies = [], hosts = [], origins = [] }: NamedRules): void {
    this.#proxies = new Set(trustedProxies.map(plainAddress));
    this.#origins = new Set(origins.map((origin) => new URL(origin).origin));
    const named = [...this.#origins].map((origin) => new URL(origin).hostname);
    this.#hosts = new Set([...hosts, ...named].map(plainHost));
  }

  /**
   * Finds out who sent a request. Refuses a request for a name that is not the server's: another site
   * may have made that name point here (DNS rebinding).
   */
  visit(request: IncomingMessage): Visit | HttpRefusal {
    const { host = "" } = request.headers;
    const endless = refusesFraming(request);
    if (endless !== undefined) return endless;
    if (request.rawHeaders.filter((each, at) => at % 2 === 0 && /^host$/i.test(each)).length > 1) {
      return { status: 400, text: "The request names its host twice." };
    }
    const name = HOST.exec(host)?.[1];
    // The form is not enough: the port may be over 65535, or the IPv6 address be wrong.
    if (name === undefined || !URL.canParse(`http://${host}`)) {
      return { status: 400, text: "The request names no valid host." };
    }
    const { remoteAddress = "", localAddress = "" } = request.socket;
    const direct = plainAddress(remoteAddress);
    // Without an address, no limit and no ban by address would hold for the client.
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

  /** The pages of other servers that are one with this. */
  get pages(): readonly string[] {
    return this.#pages();
  }

  /** Whether an address is that of a trusted proxy. */
  isProxy(address: string): boolean {
    return this.#proxies.has(plainAddress(address));
  }

  /** Refuses WebSockets for pages of other origins. A client without `Origin` is not a page. */
  refusesOrigin({ host, scheme }: Visit, origin: string | undefined): HttpRefusal | undefined {
    if (origin === undefined) return undefined;
    const given = URL.canParse(origin) ? new URL(origin).origin : "null";
    const own = originOf({ scheme, host });
    const isKnown = given === own || this.#origins.has(given) ||
      this.#pages().some((page) => page.startsWith(`${given}/`));
    if (given !== "null" && isKnown) return undefined;
    return {
      status: 403,
      text: "A page of another origin can't chat here; it can be let in with --web-origin.",
    };
  }

  /** Whether a request from `client`, which arrived at our address `local`, may name us `host`. */
  #answersTo(host: string, client: string, local: string): boolean {
    if (host === "localhost" || host.endsWith(".localhost") || this.#hosts.has(host)) return true;
    if (isIP(host) === 0) return false;
    // A request through a trusted proxy may name the proxy; one through a tunnel, a loopback address.
    return host === local || this.#proxies.has(client) || isLoopback(host) && isLoopback(local) ||
      this.#ownAddresses().some((own) => plainAddress(own) === host);
  }

  /** The last hop that is not a trusted proxy; `undefined` if it is not an address. */
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

/** The origin of the page that a client has called. */
export function originOf({ scheme, host }: Pick<Visit, "scheme" | "host">): string {
  return new URL(`${scheme}://${host}`).origin;
}

/** An address as it is compared: IPv4 that was mapped to IPv6 becomes IPv4 again. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^\[|\]$/g, "").replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
}

/** A host as it is compared: an address in its canonical form, without brackets. */
function plainHost(host: string): string {
  const bare = plainAddress(host);
  return isIP(bare) === 6 ? plainAddress(new URL(`http://[${bare}]`).hostname) : bare;
}

/** Whether an address, as {@linkcode plainAddress} has it, is of this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "::1" || isIP(address) === 4 && address.startsWith("127.");
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header.trim().toLowerCase() : undefined;
}
