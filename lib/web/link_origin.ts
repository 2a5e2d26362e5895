/** Which host stands in a link to a file, for somebody who is not at the page. */

import { isIP } from "node:net";
import type { CameBy } from "../server/transport.ts";
import { type GateRules, isLoopback, plainAddress } from "./gatekeeper.ts";

/** Where the web door listens. */
export interface DoorAddress {
  readonly hostname: string;
  readonly port: number;
}

/**
 * The origin that stands in a link: that of the operator's first name for the server; else the one that
 * the client has called, or the address if the door is there too. Without `came` it is an address at
 * which the door is reached. `undefined`: the client can't reach the door by anything that is known.
 */
export function linkOrigin(rules: GateRules, addr: DoorAddress, came?: CameBy): string | undefined {
  const [named] = rules.hosts ?? [];
  if (named !== undefined) return namedOrigin(rules, addr, named);
  if (came?.origin !== undefined) return came.origin;
  const { hostname } = addr;
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  if (!everywhere) {
    const isReached = came?.address === undefined || !isLocal(hostname) || isLocal(came.address);
    return isReached ? ownOrigin(rules, addr, hostname) : undefined;
  }
  const address = came?.address ?? rules.ownAddresses?.().find(isReachable);
  return address === undefined ? undefined : ownOrigin(rules, addr, address);
}

/**
 * An origin that the operator has named says the scheme and the port of its host. A proxy without one is
 * taken to speak HTTPS at its usual port.
 */
function namedOrigin(rules: GateRules, addr: DoorAddress, name: string): string {
  const host = written(name);
  const told = rules.origins?.map((origin) => new URL(origin))
    .find(({ hostname }) => hostname === host.toLowerCase());
  if (told !== undefined) return told.origin;
  const isProxied = (rules.trustedProxies ?? []).length > 0;
  return isProxied ? `https://${host}` : ownOrigin(rules, addr, name);
}

function ownOrigin({ isSecure }: GateRules, { port }: DoorAddress, host: string): string {
  return new URL(`${isSecure ? "https" : "http"}://${written(host)}:${port}`).origin;
}

/** A host as it is written in a URL: IPv6 has brackets, and what was mapped to it is IPv4. */
function written(host: string): string {
  const plain = plainAddress(host);
  return isIP(plain) === 6 ? `[${plain}]` : plain;
}

function isLocal(host: string): boolean {
  return host === "localhost" || isLoopback(plainAddress(host));
}

/** Whether others in the network may reach an address: no loopback, and no link-local one. */
function isReachable(address: string): boolean {
  return !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address);
}
