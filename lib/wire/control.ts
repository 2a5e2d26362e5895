/**
 * What `chatroom user` and others say to a server that runs on this machine: lines of JSON over a
 * loopback connection, in turn. Each side shows that it knows the token in the file `control` of the
 * data directory, and neither says it: whoever has taken the port of a server that has ended learns
 * nothing, and can't answer in its place.
 *
 *     command: {"control":1,"nonce":"…"}
 *     server:  {"control":1,"nonce":"…","proof":"…"}
 *     command: {"proof":"…","request":{…}}
 *     server:  {"answer":{…}}, or {"refused":{"code":"…","text":"…"}}, or {"failed":"…"}
 */

import { isTooDeep } from "./depth.ts";
import { count, FieldError, isObject, type ObjectOf, pickFields, string } from "./fields.ts";
import { joinBytes } from "./join_bytes.ts";
import { decodeText } from "./text.ts";

/** The version of this protocol. A command that meets another one asks for nothing. */
export const CONTROL_VERSION = 1;

/** The longest line that a server takes, and that a command takes, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;
export const MAX_ANSWER_BYTES = 16 * 1_048_576;

/** Random bytes of a token and of a nonce; either is written as hexadecimal digits. */
const SECRET_BYTES = 32;

const GREETING = { control: count, nonce: string };

/** What both sides begin with. */
export type Greeting = ObjectOf<typeof GREETING>;

/** Both nonces of a conversation, which no other has. */
export interface Nonces {
  readonly command: string;
  readonly server: string;
}

/** Who shows that it knows the token; the one's proof is none of the other. */
export type Side = keyof Nonces;

const WRITTEN_SECRET = /^[0-9a-f]{64}$/;

const encoder = new TextEncoder();

/** 256 random bits, in hexadecimal. */
export function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Shows that a side knows the token. */
export async function proofOf(token: string, side: Side, nonces: Nonces): Promise<string> {
  const bytes = await crypto.subtle.sign("HMAC", await keyOf(token), shownText(side, nonces));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/** Whether a proof is that of a side that knows the token; takes as long whatever is wrong with it. */
export async function isProof(
  proof: unknown,
  token: string,
  side: Side,
  nonces: Nonces,
): Promise<boolean> {
  if (typeof proof !== "string" || !/^[A-Za-z0-9+/]{43}=$/.test(proof)) return false;
  const bytes = Uint8Array.from(atob(proof), (char) => char.charCodeAt(0));
  return await crypto.subtle.verify("HMAC", await keyOf(token), bytes, shownText(side, nonces));
}

/** What a side begins with. Throws a `FieldError` for what is no greeting. */
export function greetingFrom(line: Readonly<Record<string, unknown>>): Greeting {
  const greeting = pickFields(line, GREETING);
  if (WRITTEN_SECRET.test(greeting.nonce)) return greeting;
  throw new FieldError("The field nonce must be 64 hexadecimal digits");
}

/** What lines are written to, such as a connection. */
export interface ByteSink {
  /** Writes at least one of the bytes, and resolves with how many. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
}

/** Writes a line. */
export async function writeLine(to: ByteSink, value: unknown): Promise<void> {
  const bytes = encoder.encode(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

/** What lines are read from, such as a connection. */
export interface ByteSource {
  /** Puts bytes into the buffer and resolves with their number; `null`: there are no more. */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

/** Reads one line after the other, each a JSON object. */
export class ControlLines {
  readonly #from: ByteSource;
  readonly #maxBytes: number;
  #rest = new Uint8Array();

  /** Longer lines than `maxBytes` are none. */
  constructor(from: ByteSource, maxBytes: number) {
    this.#from = from;
    this.#maxBytes = maxBytes;
  }

  /** The next one; `undefined`: no line came, or one that is no JSON object. */
  async next(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const buffer = new Uint8Array(4_096);
    const parts: Uint8Array[] = [];
    let part = this.#rest;
    for (let length = part.length;;) {
      const end = part.indexOf(0x0a);
      parts.push(end < 0 ? part : part.slice(0, end));
      if (end >= 0) {
        this.#rest = part.slice(end + 1);
        return objectOf(joinBytes(parts));
      }
      const count = await this.#from.read(buffer);
      length += count ?? 0;
      if (count === null || length > this.#maxBytes) return undefined;
      part = buffer.slice(0, count);
    }
  }
}

function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = decodeText(bytes) ?? "";
    if (isTooDeep(text)) return undefined;
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(token: string): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const usages: KeyUsage[] = ["sign", "verify"];
  return crypto.subtle.importKey("raw", encoder.encode(token), algorithm, false, usages);
}

function shownText(side: Side, { command, server }: Nonces): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${side} ${command} ${server}`);
}
