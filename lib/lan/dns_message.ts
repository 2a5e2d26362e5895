/**
 * The messages of the DNS as mDNS has them (RFC 1035, RFC 6762): bytes to values and back. What comes is
 * anybody's, so all that a message can make grow is counted before it is read. Pure.
 */

import { decodeText } from "../wire/text.ts";

/** A name of the DNS, label by label, as in `["Office", "_chatroom", "_tcp", "local"]`. */
export type DnsName = readonly string[];

/** What is asked for. */
export interface DnsQuestion {
  readonly name: DnsName;
  readonly type: number;
  /** Whoever asks would like the answer for itself alone. */
  readonly wantsUnicast: boolean;
}

/** What is told of a name. */
export interface DnsRecord {
  readonly name: DnsName;
  readonly type: number;
  /** Nobody else has a record of this name and type: what was known of it before holds no more. */
  readonly isUnique: boolean;
  /** For how many seconds it holds; 0: no longer. */
  readonly ttl: number;
  /** What it says, in bytes in which no name is shortened. */
  readonly data: Uint8Array;
}

/** A message; all records are of the class IN. */
export interface DnsMessage {
  /** 0 but for those who ask from a port of their own. */
  readonly id: number;
  readonly isResponse: boolean;
  /** The next message goes on with what is known already. */
  readonly isTruncated: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** The types of records that are used here. */
export const DNS_TYPE = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, NSEC: 47, ANY: 255 } as const;

/** Thrown for bytes that are no message, or one that is larger than any that we need. */
export class DnsMessageError extends Error {
  override readonly name = "DnsMessageError";
}

/** What a message may have at most: far more than anybody's who means well. */
export const DNS_CAPS = { bytes: 9_000, questions: 32, records: 128, labels: 1_024 } as const;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const CLASS_ANY = 255;
/** The bit of a class that says "for me alone" in a question, and "nobody else's" in a record. */
const TOP_BIT = 0x8000;
const [RESPONSE_BIT, AUTHORITATIVE_BIT, TRUNCATED_BIT] = [0x8000, 0x0400, 0x0200];
/** Kind of request, and error: mDNS takes no message in which they are not 0. */
const OPCODE_AND_ERROR = 0x780f;
const [MAX_NAME_BYTES, MAX_LABEL_BYTES] = [255, 63];
const encoder = new TextEncoder();

/** Reads a message. Throws a {@linkcode DnsMessageError}. */
export function decodeDns(bytes: Uint8Array): DnsMessage {
  if (bytes.length < HEADER_BYTES || bytes.length > DNS_CAPS.bytes) throw bad("its length");
  const reader = new Reader(bytes);
  const [id, flags, ...counts] = Array.from({ length: 6 }, () => reader.number(2));
  const [asked = 0, ...told] = counts as number[];
  if (((flags ?? 0) & OPCODE_AND_ERROR) !== 0) throw bad("its kind");
  const records = told.reduce((sum, count) => sum + count, 0);
  if (asked > DNS_CAPS.questions || records > DNS_CAPS.records) throw bad("its counts");
  const questions = Array.from({ length: asked }, () => reader.question());
  const [answers = [], authorities = [], additionals = []] = told.map((count) =>
    Array.from({ length: count }, () => reader.record())
  );
  const isOfIn = <Of>(each: Of | undefined): each is Of => each !== undefined;
  return {
    id: id ?? 0,
    isResponse: ((flags ?? 0) & RESPONSE_BIT) !== 0,
    isTruncated: ((flags ?? 0) & TRUNCATED_BIT) !== 0,
    questions: questions.filter(isOfIn),
    answers: answers.filter(isOfIn),
    authorities: authorities.filter(isOfIn),
    additionals: additionals.filter(isOfIn),
  };
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** How many labels may still be read and pointers followed, wherever they are pointed to from. */
  #labels: number = DNS_CAPS.labels;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(length: number): number {
    return this.#take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** `undefined`: it is of another class. */
  question(): DnsQuestion | undefined {
    const name = this.#name();
    const type = this.number(2);
    const bits = this.number(2);
    const kind = bits & ~TOP_BIT;
    if (kind !== CLASS_IN && kind !== CLASS_ANY) return undefined;
    return { name, type, wantsUnicast: (bits & TOP_BIT) !== 0 };
  }

  /** `undefined`: it is of another class. */
  record(): DnsRecord | undefined {
    const name = this.#name();
    const type = this.number(2);
    const bits = this.number(2);
    const ttl = this.number(4);
    const length = this.number(2);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw bad("its end");
    const data = this.#data(type, end);
    // Also where a name in it ends early or goes on for too long.
    if (this.#at !== end) throw bad("a length");
    if ((bits & ~TOP_BIT) !== CLASS_IN) return undefined;
    return { name, type, isUnique: (bits & TOP_BIT) !== 0, ttl, data };
  }

  /** Names in what is told may be shortened for these types. */
  #data(type: number, end: number): Uint8Array {
    if (type === DNS_TYPE.PTR) return nameBytes(this.#name());
    if (type !== DNS_TYPE.SRV) return this.#take(end - this.#at).slice();
    const numbers = this.#take(6);
    return Uint8Array.from([...numbers, ...nameBytes(this.#name())]);
  }

  #name(): DnsName {
    const labels: string[] = [];
    let [at, size, lowest] = [this.#at, 1, this.#at];
    let after: number | undefined;
    for (;;) {
      const length = this.#bytes[at];
      if (length === undefined) throw bad("its end");
      if (length >= 0xc0) {
        const target = (length & 0x3f) * 256 + (this.#bytes[at + 1] ?? 0);
        after ??= at + 2;
        // Each leads further back than all before it, so that no name goes in a circle.
        if (target >= lowest || --this.#labels < 0) throw bad("a pointer");
        [at, lowest] = [target, target];
        continue;
      }
      if (length > MAX_LABEL_BYTES) throw bad("a label");
      const end = at + 1 + length;
      if (length === 0) {
        this.#at = after ?? end;
        if (this.#at > this.#bytes.length) throw bad("its end");
        return labels;
      }
      size += 1 + length;
      if (--this.#labels < 0 || size > MAX_NAME_BYTES) throw bad("a name");
      const label = end > this.#bytes.length
        ? undefined
        : decodeText(this.#bytes.subarray(at + 1, end));
      if (label === undefined) throw bad("a label");
      labels.push(label);
      at = end;
    }
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw bad("its end");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** A name in bytes, nothing of it shortened. Throws a {@linkcode DnsMessageError} for one that is too long. */
export function nameBytes(name: DnsName): Uint8Array {
  const bytes: number[] = [];
  for (const label of name) bytes.push(...labelBytes(label));
  bytes.push(0);
  if (bytes.length > MAX_NAME_BYTES) throw bad("a name");
  return Uint8Array.from(bytes);
}

function labelBytes(label: string): number[] {
  const bytes = encoder.encode(label);
  if (bytes.length === 0 || bytes.length > MAX_LABEL_BYTES) throw bad("a label");
  return [bytes.length, ...bytes];
}

/** The name that stands at `from` in bytes in which nothing is shortened; it takes all up to their end. */
export function nameIn(bytes: Uint8Array, from = 0): DnsName | undefined {
  const labels: string[] = [];
  for (let at = from; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    if (length === 0) return at + 1 === bytes.length ? labels : undefined;
    const label = decodeText(bytes.subarray(at + 1, at + 1 + length));
    if (length > MAX_LABEL_BYTES || label === undefined) return undefined;
    labels.push(label);
    at += 1 + length;
  }
  return undefined;
}

/** Writes a message. What two names end with alike is there once, but for names in what is told. */
export function encodeDns(message: DnsMessage): Uint8Array<ArrayBuffer> {
  const { id, isResponse, isTruncated, questions, answers, authorities, additionals } = message;
  const bytes: number[] = [];
  const number = (value: number, length: number): void => {
    for (let n = length - 1; n >= 0; n--) bytes.push(Math.floor(value / 256 ** n) % 256);
  };
  const places = new Map<string, number>();
  const write = (name: DnsName): void => {
    for (const [n, label] of name.entries()) {
      const rest = JSON.stringify(name.slice(n));
      const place = places.get(rest);
      if (place !== undefined) return number(0xc000 + place, 2);
      if (bytes.length < 0x4000) places.set(rest, bytes.length);
      bytes.push(...labelBytes(label));
    }
    bytes.push(0);
  };
  number(id, 2);
  number(
    (isResponse ? RESPONSE_BIT + AUTHORITATIVE_BIT : 0) + (isTruncated ? TRUNCATED_BIT : 0),
    2,
  );
  for (const part of [questions, answers, authorities, additionals]) number(part.length, 2);
  for (const { name, type, wantsUnicast } of questions) {
    write(name);
    number(type, 2);
    number(CLASS_IN + (wantsUnicast ? TOP_BIT : 0), 2);
  }
  for (const { name, type, isUnique, ttl, data } of [...answers, ...authorities, ...additionals]) {
    write(name);
    number(type, 2);
    number(CLASS_IN + (isUnique ? TOP_BIT : 0), 2);
    number(ttl, 4);
    number(data.length, 2);
    bytes.push(...data);
  }
  return Uint8Array.from(bytes);
}

function bad(what: string): DnsMessageError {
  return new DnsMessageError(`No message of the DNS: ${what} is wrong`);
}
