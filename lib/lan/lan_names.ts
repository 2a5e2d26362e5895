/** What a server of ours is told by on a network: its names, and its records (RFC 6763). Pure. */

import { DNS_TYPE, type DnsName, type DnsRecord } from "./dns_message.ts";
import {
  addressRecord,
  dnsKey,
  nsecRecord,
  ptrRecord,
  srvRecord,
  txtRecord,
} from "./dns_records.ts";

/** The type of our service. */
export const SERVICE: DnsName = ["_chatroom", "_tcp", "local"];
/** By which those who list all kinds of services find ours. */
const SERVICES: DnsName = ["_services", "_dns-sd", "_udp", "local"];
const MAX_LABEL_BYTES = 63;

/** What is told of a server. */
export interface LanService {
  /** What people know it by. */
  readonly name: string;
  readonly port: number;
  /** `key=value` each. */
  readonly texts: readonly string[];
}

/** Under which names it is told: those that nobody else on the network has. */
export interface LanNames {
  readonly instance: DnsName;
  readonly host: DnsName;
}

/**
 * The names of a server that had to give way `nth` - 1 times; `host` is a word that no other host is likely
 * to have. As in `Office (2)`, what is too long loses its end.
 */
export function lanNames(name: string, host: string, nth: number): LanNames {
  const suffix = nth === 1 ? "" : ` (${nth})`;
  const label = cut(name, MAX_LABEL_BYTES - suffix.length) + suffix;
  return {
    instance: [label, ...SERVICE],
    host: [nth === 1 ? host : `${host}-${nth}`, "local"],
  };
}

/** The longest beginning of a text that takes no more bytes of UTF-8, and ends with a whole character. */
function cut(text: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most));
  return text.slice(0, read).trimEnd();
}

/** All records of a server on a network where it has `addresses`. */
export function lanRecords(
  { port, texts }: LanService,
  { instance, host }: LanNames,
  addresses: readonly string[],
): DnsRecord[] {
  return [
    ptrRecord(SERVICE, instance),
    srvRecord(instance, { port, target: host }),
    txtRecord(instance, texts),
    ...addresses.map((address) => addressRecord(host, address)),
    ptrRecord(SERVICES, SERVICE),
  ];
}

/** For each name that is ours alone: that it has no other types than these. */
export function lanDenials(records: readonly DnsRecord[]): DnsRecord[] {
  const names = new Map<string, { readonly name: DnsName; readonly types: Set<number> }>();
  for (const { name, type, isUnique } of records) {
    if (!isUnique) continue;
    const key = dnsKey(name);
    const known = names.get(key) ?? { name, types: new Set([DNS_TYPE.NSEC as number]) };
    known.types.add(type);
    names.set(key, known);
  }
  return [...names.values()].map(({ name, types }) => nsecRecord(name, [...types]));
}
