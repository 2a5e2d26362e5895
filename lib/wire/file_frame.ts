/**
 * A short way for JSON that is a piece of a file: a little around a long text in base64. To read that like
 * any other text takes ten times as long as to decode it.
 */

import { bytesOfBase64 } from "./base64.ts";
import type { Piece } from "./raw.ts";
import { utf8Length } from "./text.ts";

/** Shorter payloads, or texts, are read like others. */
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
  /** What was there in base64. */
  readonly data: Uint8Array;
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
  const data = FLAT.test(rest) ? bytesOfBase64(text.slice(begin, end)) : undefined;
  return data === undefined ? undefined : { rest, data };
}

/** The JSON of a piece of a file, with its size in bytes. */
export function fileJson({ data, ...rest }: Piece): { json: string; bytes: number } {
  const head = `${JSON.stringify(rest).slice(0, -1)},"data":"`;
  const text = data.toBase64();
  return { json: `${head}${text}"}`, bytes: utf8Length(head) + text.length + 2 };
}
