/** Which part of a file an HTTP request asks for (RFC 9110, sections 13 and 14). */

import type { IncomingHttpHeaders } from "node:http";
import { ifMatch, ifNoneMatch } from "@std/http/etag";

/** A part of a file: from one byte up to another, which is not in it. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** What to answer: all of it, a part, that the client has it, or that it can't be as is asked. */
export type Selection =
  | { readonly status: 200 | 206; readonly range: ByteRange }
  | { readonly status: 304 | 412 | 416 };

const RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * What a request with these headers selects of a file of that size and ETag. Only one range at a time is
 * answered as such: a request for more gets the whole, as it may.
 */
export function selectionOf(
  headers: IncomingHttpHeaders,
  { size, etag, isHead }: {
    readonly size: number;
    readonly etag: string;
    readonly isHead: boolean;
  },
): Selection {
  const { "if-match": expected, "if-none-match": known, "if-range": base, range } = headers;
  if (expected !== undefined && !ifMatch(expected.trim(), etag)) return { status: 412 };
  if (known !== undefined && !ifNoneMatch(known.trim(), etag)) return { status: 304 };
  const whole: Selection = { status: 200, range: { from: 0, to: size } };
  // A part of another version would not fit what the client has. We tell no dates to compare with.
  const isWanted = !isHead && (base === undefined || String(base).trim() === etag);
  return (isWanted ? partOf(range, size) : undefined) ?? whole;
}

/** The part that a `Range` selects; `undefined`: it is to be passed over, and the whole is sent. */
function partOf(header: string | undefined, size: number): Selection | undefined {
  const [, first, last] = RANGE.exec(header ?? "") ?? [];
  // Some clients put a range into every request, and an empty file has no part.
  if (first === undefined || last === undefined || first + last === "" || size === 0) {
    return undefined;
  }
  if (first === "") {
    const count = Math.min(Number(last), size);
    return count === 0 ? { status: 416 } : { status: 206, range: { from: size - count, to: size } };
  }
  const from = Number(first);
  const end = last === "" ? Infinity : Number(last) + 1;
  if (end <= from) return undefined;
  if (from >= size) return { status: 416 };
  return { status: 206, range: { from, to: Math.min(end, size) } };
}
