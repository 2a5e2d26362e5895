/** Text that comes as bytes: its lines, and which of them are not valid UTF-8. */

import { decodeText } from "../wire/text.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Thrown for a line that is longer than any may be. */
export class LongLineError extends Error {
  override readonly name = "LongLineError";
  /** Its number, from 1. */
  readonly line: number;

  constructor(line: number, maxBytes: number) {
    super(`Line ${line} is longer than ${maxBytes} bytes`);
    this.line = line;
  }
}

/**
 * Cuts bytes into lines without their ends, LF or CR LF; `undefined` stands for one that is not
 * valid UTF-8. A byte order mark before the first line is no part of it. The last line may lack its
 * end. Fails with a {@linkcode LongLineError} at one of more than `maxBytes`, wherever its end may be.
 */
export function utf8Lines(
  maxBytes = Infinity,
): TransformStream<Uint8Array<ArrayBuffer>, string | undefined> {
  const parts: Uint8Array[] = [];
  /** Bytes in `parts`. */
  let length = 0;
  let number = 1;
  let isFirst = true;
  const grow = (count: number): void => {
    length += count;
    if (length > maxBytes) throw new LongLineError(number, maxBytes);
  };
  const line = (end: Uint8Array): string | undefined => {
    const whole = join([...parts.splice(0), end]);
    const text = decodeText(whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole);
    const marked = isFirst && text?.startsWith("\ufeff");
    isFirst = false;
    length = 0;
    number++;
    return marked ? text?.slice(1) : text;
  };
  return new TransformStream({
    transform(chunk, controller): void {
      let start = 0;
      for (let end; (end = chunk.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
        grow(end - start);
        controller.enqueue(line(chunk.subarray(start, end)));
      }
      if (start === chunk.length) return;
      grow(chunk.length - start);
      parts.push(chunk.slice(start));
    },
    flush(controller): void {
      if (parts.length > 0) controller.enqueue(line(new Uint8Array()));
    },
  });
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

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
