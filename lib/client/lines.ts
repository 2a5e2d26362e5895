/** Text that comes as bytes: its lines, and which of them are not valid UTF-8. */

import { joinBytes } from "../wire/join_bytes.ts";
import { decodeText } from "../wire/text.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A longer line than any server takes, in bytes; no more of it is kept. */
export const MAX_INPUT_LINE_BYTES = 16 * 1_048_576;

/** A line that can't be said, and what it is, as in `is not UTF-8 text`. */
export interface BadLine {
  readonly problem: string;
}

const NOT_TEXT: BadLine = { problem: "is not UTF-8 text" };

/**
 * Cuts bytes into lines without their ends, LF or CR LF. A byte order mark before the first line is
 * no part of it. The last line may lack its end. Of a line that is longer than `maxBytes` nothing is
 * kept.
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

/**
 * All that comes, or `undefined` when it is more than `maxBytes`, of which no more is read.
 */
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

/** The number, from 1, of the first line that is not valid UTF-8; `undefined` when all are. */
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
