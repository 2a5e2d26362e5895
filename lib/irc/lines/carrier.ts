/** How lines travel on a connection: what cuts them out of its chunks, and what makes bytes of them. */

import type { EventOf } from "../../wire/events.ts";
import { bye } from "../../server/bye.ts";
import { LineDecoder } from "./line_decoder.ts";

/** Cuts chunks into lines. */
export interface LineReader {
  /** Bytes of a line that is not complete. */
  readonly pending: number;
  /** Why no line comes after this; `undefined`: more may come. */
  readonly fault: EventOf<"bye"> | undefined;
  /** Takes a chunk, which may change once {@linkcode next} has returned `undefined`. */
  take(chunk: Uint8Array): void;
  /**
   * The next line, without its end, or something that is none but counts as a request, see `isBlank` of line_decoder.ts;
   * valid until the next call.
   */
  next(): Uint8Array | undefined;
}

/** Makes bytes of lines, each with its CR LF. What it has made of several texts can be joined. */
export type LineWriter = (lines: string) => Uint8Array;

/** The two of a connection. */
export interface LineCarrier {
  readonly reader: LineReader;
  /** One function for all connections of a kind: they share the bytes that it has made. */
  readonly write: LineWriter;
}

const encoder = new TextEncoder();

/** Lines as they are, for TCP and TLS. */
export function writePlain(lines: string): Uint8Array {
  return encoder.encode(lines);
}

/** Reads lines as they are. */
export class PlainReader extends LineDecoder implements LineReader {
  get fault(): EventOf<"bye"> | undefined {
    return this.isOver ? bye("too-large", "A line had no end for 16 KiB.") : undefined;
  }
}
