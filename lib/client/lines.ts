/** Splits bytes into lines of text, and finds lines that are not valid UTF-8. */

import { joinBytes } from "../wire/join_bytes.ts";
import { decodeText } from "../wire/text.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The longest line that is kept, in bytes: longer than any server takes. */
export const MAX_INPUT_LINE_BYTES = 16 * 1_048_576;

/** A line that can't be sent, and why, as in `is not UTF-8 text`. */
export interface BadLine {
  readonly problem: string;
}

const NOT_TEXT: BadLine = { problem: "is not UTF-8 text" };

/**
 * Splits bytes into lines at LF or CR LF. Drops a byte order mark before the first line. The last line
 * may lack its end. A line that is longer than `maxBytes` becomes a {@linkcode BadLine}.
 */
export function utf8Lines(
  maxBytes = MAX_INPUT_LINE_BYTES,
): TransformStream<Uint8Array<ArrayBuffer>, string | BadLine> {
  const parts: Uint8Array[] = [];
  const tooLong: BadLine = { problem: `is longer than ${maxBytes} bytes` };
  let length = 0;
  let isFirst = true;
  const add = (part: Uint8Array): void => {
    length += part.length;
    if (length > maxBytes) parts.length = 0;
    else if (part.length > 0) parts.push(part);
  };
  const line = (): string | BadLine => {
    const [whole, isTooLong, marked] = [joinBytes(parts.splice(0)), length > maxBytes, isFirst];
    length = 0;
    isFirst = false;
    if (isTooLong) return tooLong;
    const text = decodeText(whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole);
    return text === undefined ? NOT_TEXT : marked ? text.replace(/^\ufeff/, "") : text;
  };
  return new TransformStream({
    transform(chunk, controller): void {
      let start = 0;
      for (let end; (end = chunk.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
        add(chunk.subarray(start, end));
        controller.enqueue(line());
      }
      add(chunk.slice(start));
    },
    flush(controller): void {
      if (length > 0) controller.enqueue(line());
    },
  });
}

/** Reads all input; `undefined` if it has more than `maxBytes`. */
export async function readAtMost(
  input: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes = MAX_INPUT_LINE_BYTES,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of input) {
    parts.push(part);
    length += part.length;
    if (length > maxBytes) return undefined;
  }
  return joinBytes(parts);
}

/** The number, from 1, of the first line that is not valid UTF-8; `undefined`: all are valid. */
export function firstBadLine(bytes: Uint8Array): number | undefined {
  for (let [number, start] = [1, 0]; start <= bytes.length; number++) {
    const end = bytes.indexOf(NEWLINE, start);
    if (decodeText(bytes.subarray(start, end < 0 ? bytes.length : end)) === undefined) {
      return number;
    }
    if (end < 0) return undefined;
    start = end + 1;
  }
  return undefined;
}
