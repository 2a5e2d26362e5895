/**
 * A short way for payloads that are a piece of a file: a little JSON around a long text in base64. To read
 * that like any other text takes ten times as long as to decode it.
 */

import { isBase64 } from "./base64.ts";
import type { Event } from "./events.ts";
import type { Request } from "./requests.ts";

/** Shorter payloads, or texts, are read and written like others. */
const LONG = 1_024;
/** The most that is around the base64. */
const MAX_REST = 1_024;
const BEFORE = '"data":"';
/** JSON of one flat object. */
const FLAT = /^\{[^[\]{}]*\}$/;

/** A payload in two parts. */
export interface FileFrame {
  /** The JSON, in which `data` is empty. */
  readonly rest: string;
  /** In base64. */
  readonly data: string;
}

/**
 * The parts of a payload's text, if it may be a piece of a file. The caller has to look whether the `data` of the
 * whole is the one that was taken out: in JSON that has it twice, it need not be.
 */
export function fileFrame(text: string): FileFrame | undefined {
  if (text.length < LONG) return undefined;
  const key = text.indexOf(BEFORE);
  // After one of these it is a name: in a text, the quote before it would have a backslash.
  if (key < 0 || key > MAX_REST || !",{".includes(text.charAt(key - 1))) return undefined;
  const begin = key + BEFORE.length;
  const end = text.indexOf('"', begin);
  if (end < begin + LONG / 2 || begin + text.length - end > MAX_REST) return undefined;
  const rest = text.slice(0, begin) + text.slice(end);
  const data = text.slice(begin, end);
  return FLAT.test(rest) && isBase64(data) ? { rest, data } : undefined;
}

/** The JSON of a piece of a file; `undefined` for all else. */
export function fileJson(value: Request | Event): string | undefined {
  if (value.type !== "chunk" && value.type !== "data") return undefined;
  const { data, ...rest } = value;
  if (data.length < LONG || !isBase64(data)) return undefined;
  return `${JSON.stringify(rest).slice(0, -1)},"data":"${data}"}`;
}
