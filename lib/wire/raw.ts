/**
 * Raw payloads, which bring the bytes of a file as they are: a zero, with which no JSON begins, then what
 * else there is to say in JSON, another zero, which no JSON has inside, and the bytes.
 */

import type { Event, EventOf } from "./events.ts";
import type { Request, RequestOf } from "./requests.ts";

/** A piece of a file on its way in or out: what may be raw. */
export type Piece = RequestOf<"chunk"> | EventOf<"data">;

/** What begins a raw payload, and ends the JSON in it. */
const ZERO = 0;
/** The most bytes of that JSON. Our longest have 2 KiB. */
export const MAX_HEAD_BYTES = 4_096;

const encoder = new TextEncoder();

/** Whether a request or an event is a piece of a file. */
export function isPiece(value: Request | Event): value is Piece {
  return value.type === "chunk" || value.type === "data";
}

/** Whether a payload is raw, or at least begins like one. */
export function isRawPayload(payload: Uint8Array): boolean {
  return payload[0] === ZERO;
}

/** A raw payload but for the bytes of the piece, which follow. */
export function rawHead({ data: _, ...rest }: Piece): Uint8Array<ArrayBuffer> {
  return encoder.encode(`\0${JSON.stringify(rest)}\0`);
}

/** The JSON in a raw payload, and the bytes; `undefined` if it has no end, or one too late. */
export function rawParts(
  payload: Uint8Array,
): { readonly json: Uint8Array; readonly data: Uint8Array } | undefined {
  const end = payload.subarray(0, MAX_HEAD_BYTES + 2).indexOf(ZERO, 1);
  if (end < 0) return undefined;
  return { json: payload.subarray(1, end), data: payload.subarray(end + 1) };
}
