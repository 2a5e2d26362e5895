/** Addresses of several servers of one cluster, as they are written after each other. */

import { UsageError } from "./flags.ts";
import { type Address, formatAddress, parseAddress } from "./values.ts";

/** One server, or several of one cluster, of which the first is gone to first. */
export type Addresses = readonly [Address, ...Address[]];

/** The most that may be named. */
const MOST = 16;

/**
 * Parses `HOST:PORT`, or several with commas between them, each as `parseAddress` does. One that is named
 * twice counts once. Where one of them asks for TLS all have it: whoever names them shows each the same
 * secrets. Throws a {@linkcode UsageError}.
 */
export function parseAddresses(text: string): Addresses {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 1 && parts.includes("")) {
    throw new UsageError(
      `${JSON.stringify(text)} has a comma with no address beside it; write A:PORT,B:PORT`,
    );
  }
  const all = parts.map(parseAddress);
  const isSecure = all.some(({ tls }) => tls);
  // Where one is named twice the first counts.
  const named = new Map(all.toReversed().map((each) => [key(each), each]));
  if (named.size > MOST) {
    throw new UsageError(`${named.size} servers are named, and ${MOST} may be; leave some out`);
  }
  const [first = parseAddress(text), ...others] = all.filter((each) =>
    named.get(key(each)) === each
  )
    .map((each): Address => isSecure ? { ...each, tls: true } : each);
  return [first, ...others];
}

function key(address: Address): string {
  return formatAddress(address).toLowerCase();
}

/** Formats them the way {@linkcode parseAddresses} parses them. */
export function formatAddresses(addresses: Addresses): string {
  return addresses.map(formatAddress).join();
}
