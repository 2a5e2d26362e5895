/**
 * The protocol between `chatroom user` (and other commands) and a server on the same machine. The two
 * take turns to send lines of JSON over a loopback connection. Each side proves that it knows the token
 * in the file `control` of the data directory, and neither sends it. So a program that has taken the
 * port of a server that has ended learns nothing, and can't answer in its place.
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

/** The version of this protocol. A command sends no request to a server of another version. */
export const CONTROL_VERSION = 1;

/** The longest line that a server accepts, and the longest that a command accepts, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;
export const MAX_ANSWER_BYTES = 16 * 1_048_576;

/** How many random bytes a token or a nonce has. Both are written in hexadecimal. */
const SECRET_BYTES = 32;

const GREETING = { control: count, nonce: string };

/** The greeting with which each side begins. */
export type Greeting = ObjectOf<typeof GREETING>;

/** The nonces of both sides. No two conversations have the same. */
export interface Nonces {
  readonly command: string;
  readonly server: string;
}

/** The side that proves that it knows the token. Neither side can use the other's proof. */
export type Side = keyof Nonces;

const WRITTEN_SECRET = /^[0-9a-f]{64}$/;

const encoder = new TextEncoder();

/** 256 random bits, in hexadecimal. */
export function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The proof that a side knows the token. */
export async function proofOf(token: string, side: Side, nonces: Nonces): Promise<string> {
  const bytes = await crypto.subtle.sign("HMAC", await keyOf(token), shownText(side, nonces));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/** Whether a side's proof is right. A wrong proof takes equally long wherever it differs. */
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

/** Reads the greeting in a line. Throws a `FieldError` if it is none. */
export function greetingFrom(line: Readonly<Record<string, unknown>>): Greeting {
  const greeting = pickFields(line, GREETING);
  if (WRITTEN_SECRET.test(greeting.nonce)) return greeting;
  throw new FieldError("The field nonce must be 64 hexadecimal digits");
}

/** Something to write lines to, such as a connection. */
export interface ByteSink {
  /** Writes at least one of the bytes, and resolves with how many it wrote. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
}

/** Writes a line. */
export async function writeLine(to: ByteSink, value: unknown): Promise<void> {
  const bytes = encoder.encode(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

/** Something to read lines from, such as a connection. */
export interface ByteSource {
  /** Reads bytes into the buffer. Resolves with their number, or `null` at the end. */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

/** Reads lines, each with a JSON object. */
export class ControlLines {
  readonly #from: ByteSource;
  readonly #maxBytes: number;
  #rest = new Uint8Array();

  /** `maxBytes` is the longest line that is accepted. */
  constructor(from: ByteSource, maxBytes: number) {
    this.#from = from;
    this.#maxBytes = maxBytes;
  }

  /** Reads the next line. `undefined` if none came, or it is too long or no JSON object. */
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
