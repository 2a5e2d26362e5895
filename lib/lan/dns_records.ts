/** The records that a service is told by (RFC 6763): made, read and compared. Pure. */

import {
  DNS_TYPE,
  type DnsName,
  type DnsQuestion,
  type DnsRecord,
  nameBytes,
  nameIn,
} from "./dns_message.ts";

/** For how long it holds what names an address, and all else, in seconds (RFC 6762, 10). */
const [HOST_TTL, OTHER_TTL] = [120, 4_500];
/** What whoever asks from a port of its own is told at most, in seconds: it hears of no change. */
const LEGACY_TTL = 10;
const encoder = new TextEncoder();

/** Where a service is. */
export interface ServicePlace {
  readonly port: number;
  readonly target: DnsName;
}

export function ptrRecord(name: DnsName, target: DnsName): DnsRecord {
  const data = nameBytes(target);
  return { name, type: DNS_TYPE.PTR, isUnique: false, ttl: OTHER_TTL, data };
}

export function srvRecord(name: DnsName, { port, target }: ServicePlace): DnsRecord {
  const data = Uint8Array.from([0, 0, 0, 0, port >> 8, port & 0xff, ...nameBytes(target)]);
  return { name, type: DNS_TYPE.SRV, isUnique: true, ttl: HOST_TTL, data };
}

/** `texts`: as `key=value`, each of 255 bytes at most. */
export function txtRecord(name: DnsName, texts: readonly string[]): DnsRecord {
  const data = texts.flatMap((text) => {
    const bytes = encoder.encode(text).subarray(0, 255);
    return [bytes.length, ...bytes];
  });
  return {
    name,
    type: DNS_TYPE.TXT,
    isUnique: true,
    ttl: OTHER_TTL,
    data: Uint8Array.from(data.length === 0 ? [0] : data),
  };
}

/** The record of an address, IPv4 or IPv6. */
export function addressRecord(name: DnsName, address: string): DnsRecord {
  const data = addressBytes(address);
  const type = data.length === 4 ? DNS_TYPE.A : DNS_TYPE.AAAA;
  return { name, type, isUnique: true, ttl: HOST_TTL, data };
}

/** Says which types a name has, so that nobody waits for others (RFC 6762, 6.1). */
export function nsecRecord(name: DnsName, types: readonly number[]): DnsRecord {
  const bits = new Uint8Array(32);
  for (const type of types) bits[type >> 3] = (bits[type >> 3] ?? 0) | (0x80 >> (type & 7));
  const length = Math.max(...types.map((type) => type >> 3)) + 1;
  const data = Uint8Array.from([...nameBytes(name), 0, length, ...bits.subarray(0, length)]);
  return { name, type: DNS_TYPE.NSEC, isUnique: true, ttl: HOST_TTL, data };
}

/** What a PTR record points to; `undefined`: it is damaged. */
export function ptrTarget({ data }: DnsRecord): DnsName | undefined {
  return nameIn(data);
}

/** What an SRV record says; `undefined`: it is damaged. */
export function servicePlaceIn({ data }: DnsRecord): ServicePlace | undefined {
  const target = data.length > 6 ? nameIn(data, 6) : undefined;
  const port = (data[4] ?? 0) * 256 + (data[5] ?? 0);
  return target === undefined || port === 0 ? undefined : { port, target };
}

/**
 * The `key=value` of a TXT record whose values are printable ASCII, by their keys in small letters; the
 * first of a key counts (RFC 6763, 6.4). What is of another form is left out.
 */
export function textsIn({ data }: DnsRecord): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const end = at + 1 + (data[at] ?? 0);
    const text = String.fromCharCode(...data.subarray(at + 1, end));
    const [, key = "", value] = /^([\x20-\x3c\x3e-\x7e]{1,32})=([\x20-\x7e]*)$/.exec(text) ?? [];
    const small = key.toLowerCase();
    if (value !== undefined && !texts.has(small)) texts.set(small, value);
    at = end;
  }
  return texts;
}

/** The address that an A or AAAA record has; `undefined`: it is damaged, or another record. */
export function recordAddress({ type, data }: DnsRecord): string | undefined {
  if (type === DNS_TYPE.A && data.length === 4) return data.join(".");
  if (type !== DNS_TYPE.AAAA || data.length !== 16) return undefined;
  const groups = Array.from(
    { length: 8 },
    (_, n) => ((data[2 * n] ?? 0) * 256 + (data[2 * n + 1] ?? 0)).toString(16),
  );
  // As the runtime writes it.
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/** The 4 or 16 bytes of an address as machines write it; a zone is left out. */
export function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const [head = "", tail] = address.replace(/%.*/, "").split("::");
  const groups = (text: string | undefined): string[] => text ? text.split(":") : [];
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const all = tail === undefined ? before : [...before, ...zeros, ...after];
  return Uint8Array.from(all.flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  }));
}

/** The same for all spellings of a name: capitals count for nothing, but those of ASCII alone. */
export function dnsKey(name: DnsName): string {
  const small = (label: string): string =>
    label.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
  return JSON.stringify(name.map(small));
}

/** Whether a question asks for a record. */
export function asksFor({ name, type }: DnsQuestion, record: DnsRecord): boolean {
  return (type === record.type || type === DNS_TYPE.ANY) && dnsKey(name) === dnsKey(record.name);
}

/** The name and type of a record. */
export function recordSetKey({ name, type }: DnsRecord): string {
  return `${type} ${dnsKey(name)}`;
}

/** The same for records that say the same, however long they hold. */
export function recordKey(record: DnsRecord): string {
  return `${recordSetKey(record)} ${dataKey(record)}`;
}

/** What is told, so that names which differ in capitals alone are the same. */
function dataKey({ type, data }: DnsRecord): string {
  const from = type === DNS_TYPE.SRV ? 6 : type === DNS_TYPE.PTR ? 0 : data.length;
  const name = from < data.length ? nameIn(data, from) : undefined;
  return data.subarray(0, from).toHex() +
    (name === undefined ? data.subarray(from).toHex() : dnsKey(name));
}

/**
 * Which of two hosts that want one name at the same time is to have it: above 0 the first, below 0 the
 * second, 0 either, since they say the same (RFC 6762, 8.2).
 */
export function compareClaims(ours: readonly DnsRecord[], theirs: readonly DnsRecord[]): number {
  const sorted = (records: readonly DnsRecord[]): string[] =>
    records.map(({ type, data }) => type.toString(16).padStart(4, "0") + data.toHex()).sort();
  const [first, second] = [sorted(ours), sorted(theirs)];
  for (const [n, record] of first.entries()) {
    const other = second[n];
    if (other === undefined) return 1;
    if (record !== other) return record < other ? -1 : 1;
  }
  return first.length - second.length;
}

/** A record as it is told to whoever asked from a port of its own (RFC 6762, 6.7). */
export function legacyRecord(record: DnsRecord): DnsRecord {
  return { ...record, isUnique: false, ttl: Math.min(record.ttl, LEGACY_TTL) };
}
