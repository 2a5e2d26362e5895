/** IP addresses as people write them. */

import { addressKey } from "./admission.ts";

/**
 * The key (see {@linkcode addressKey}) of an address that a person wrote: IPv4, IPv6, or a network in
 * our notation, such as `2001:db8:0:1::/64`. `undefined` for anything else.
 */
export function writtenAddress(text: string): string | undefined {
  const address = text.trim().replace(/^\[(.*)\]$/, "$1").replace(/\/64$/, "");
  if (address.includes(":")) {
    if (!/^[\da-f:.]{2,45}$/i.test(address) || !isUrlHost(`[${address}]`)) return undefined;
    return addressKey(address.toLowerCase());
  }
  const bytes = address.split(".");
  const isV4 = bytes.length === 4 && !text.includes("/") &&
    bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) <= 255);
  return isV4 ? addressKey(bytes.map(Number).join(".")) : undefined;
}

function isUrlHost(host: string): boolean {
  return URL.canParse(`http://${host}/`);
}
