/** Which host stands in a link to a file, for somebody who is not at the page. */

import { isIP } from "node:net";
import type { CameBy } from "../server/transport.ts";
import { plainAddress } from "./gatekeeper.ts";

/** Where the web door is, and what the operator has said of how it is called. */
export interface LinkPlace {
  readonly addr: { readonly hostname: string; readonly port: number };
  readonly isSecure: boolean;
  /** The names that the operator gave it, the one that stands in links first. */
  readonly hosts: readonly string[];
  /** The origins that the operator has named. */
  readonly origins: readonly string[];
  /** Whether browsers come through a proxy, whose port and scheme are not those of the door. */
  readonly isProxied: boolean;
  readonly ownAddresses: () => readonly string[];
}

/**
 * The origin that stands in a link: that of the operator's first name for the server; else the one that
 * the client has called, or the address if the door is there too. Without `came` it is an address at
 * which the door is reached. `undefined`: the client can't reach the door by anything that is known.
 */
export function linkOrigin(place: LinkPlace, came?: CameBy): string | undefined {
  const [named] = place.hosts;
  if (named !== undefined) return namedOrigin(place, named);
  if (came?.origin !== undefined) return came.origin;
  const { hostname } = place.addr;
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  if (!everywhere) {
    const isReached = came?.address === undefined || !isLocal(hostname) || isLocal(came.address);
    return isReached ? ownOrigin(place, hostname) : undefined;
  }
  const address = came?.address ?? place.ownAddresses().find(isReachable);
  return address === undefined ? undefined : ownOrigin(place, address);
}

/**
 * An origin that the operator has named says the scheme and the port of its host. A proxy without one is
 * taken to speak HTTPS at its usual port.
 */
function namedOrigin(place: LinkPlace, name: string): string {
  const host = written(name);
  const told = place.origins.map((origin) => new URL(origin))
    .find(({ hostname }) => hostname === host.toLowerCase());
  if (told !== undefined) return told.origin;
  return place.isProxied ? `https://${host}` : ownOrigin(place, name);
}

function ownOrigin({ addr, isSecure }: LinkPlace, host: string): string {
  return new URL(`${isSecure ? "https" : "http"}://${written(host)}:${addr.port}`).origin;
}

/** A host as it is written in a URL: IPv6 has brackets, and what was mapped to it is IPv4. */
function written(host: string): string {
  const plain = plainAddress(host);
  return isIP(plain) === 6 ? `[${plain}]` : plain;
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(plainAddress(host));
}

/** Whether others in the network may reach an address: no loopback, and no link-local one. */
function isReachable(address: string): boolean {
  return !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address);
}
