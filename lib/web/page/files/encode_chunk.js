// @ts-check
/// <reference lib="dom" />
/** How a piece of a file goes over a WebSocket: as it is, or in JSON to a server that takes no other. */

/** @import { RequestOf } from "../../../wire/requests.ts" */

/** As it is: a zero, the rest of the request in JSON, a zero, the bytes. @param {RequestOf<"chunk">} chunk */
export function rawChunk({ data, ...rest }) {
  const head = new TextEncoder().encode(`\0${JSON.stringify(rest)}\0`);
  const whole = new Uint8Array(head.length + data.length);
  whole.set(head);
  whole.set(data, head.length);
  return whole;
}

/** @param {RequestOf<"chunk">} chunk */
export function jsonChunk({ data, ...rest }) {
  return JSON.stringify({ ...rest, data: btoa(String.fromCharCode(...data)) });
}
