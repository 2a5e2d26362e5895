// @ts-check
/**
 * What is said of a file: the text of the message that brings it, its size for people, and a name for it
 * that is safe to show and to save under, whoever has chosen it.
 */

import { replaceHidden } from "./inert.js";

/** The longest name of a file, in bytes of UTF-8: with what `(2)` and `.part` add, each system takes it. */
export const MAX_FILE_NAME_BYTES = 200;
/** What a file is called whose name has nothing in it that may stay. */
const NAMELESS = "file";
/** The longest ending that a name keeps when it is cut, in UTF-16 code units, with its dot. */
const MAX_ENDING = 16;

/** What Windows takes for a device, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)/i;
/** What no name of a file has on one system or another. */
const FORBIDDEN = /[:*?"<>|]/g;

const UNITS = ["kB", "MB", "GB", "TB", "PB"];

/**
 * The text of a message that brings a file, for clients that know of no files.
 * @type {(name: string, size: number, caption?: string) => string}
 */
export function fileSentence(name, size, caption = "") {
  const sentence = `sent ${name} (${sizeText(size)})`;
  return caption === "" ? sentence : `${sentence}: ${caption}`;
}

/**
 * The same for a client that can't fetch files itself: with where a browser gets the file, or else the
 * command that does.
 * @type {(file: { readonly id: string, readonly name: string, readonly size: number }, url?: string,
 *   caption?: string) => string}
 */
export function fetchSentence({ id, name, size }, url, caption = "") {
  const sentence = fileSentence(name, size);
  const line = url === undefined
    ? `${sentence} (chatroom get ${id} fetches it)`
    : `${sentence}: ${url}`;
  return caption === "" ? line : `${line}\n${caption}`;
}

/**
 * What its sender says about the file that a message brings; empty if nothing. The size may be written
 * as another version writes it; a text that tells of no such file is all caption.
 * @type {(text: string, file: { readonly name: string }) => string}
 */
export function captionOf(text, { name }) {
  const begin = `sent ${name} (`;
  const end = text.startsWith(begin) ? text.indexOf(")", begin.length) : -1;
  if (end === -1) return text;
  const rest = text.slice(end + 1);
  if (rest === "") return "";
  return rest.startsWith(": ") ? rest.slice(2) : text;
}

/**
 * The text of an edit of a message that brings a file: it goes on saying so to clients that know of no files.
 * @type {(text: string, file: { readonly name: string, readonly size: number }) => string}
 */
export function captionedText(text, file) {
  return fileSentence(file.name, file.size, captionOf(text, file));
}

/**
 * A size for people, in steps of 1,000: `1 byte`, `340 bytes`, `1.2 MB`, `64 MB`.
 * @type {(bytes: number) => string}
 */
export function sizeText(bytes) {
  if (bytes < 1_000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes / 1_000;
  let unit = 0;
  // From 999.5 up it would be shown as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  // From 9.95 up it would be shown as 10.0.
  const shown = value < 9.95 ? value.toFixed(1).replace(".0", "") : value.toFixed(0);
  return `${shown} ${UNITS[unit]}`;
}

/**
 * A size and the limit that it is over, for people; in bytes where they would read the same.
 * @type {(size: number, limit: number) => [size: string, limit: string]}
 */
export function sizeAndLimit(size, limit) {
  const [has, most] = [sizeText(size), sizeText(limit)];
  return has === most ? [exactText(size), exactText(limit)] : [has, most];
}

/** @type {(bytes: number) => string} */
function exactText(bytes) {
  return `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}`;
}

/**
 * A name under which a file can be shown and saved on every system: the last part of `name` without
 * what is hidden or turns the order of letters, without dots at its ends, not that of a device, and 200
 * bytes at most. A safe name stays as it is.
 * @type {(name: string) => string}
 */
export function safeFileName(name) {
  let safe = safer(name);
  // What is left after one step may end with a space, or be the name of a device.
  for (let next = safer(safe); next !== safe; next = safer(safe)) safe = next;
  return safe;
}

/**
 * The name under which a file is saved: a safe one that no program takes for an option, such as `-o`, and no
 * shell for somebody's home, such as `~root`.
 * @type {(name: string) => string}
 */
export function savedFileName(name) {
  return safeFileName(name).replace(/^[-~]/, "_");
}

/** One step to a safe name. @type {(name: string) => string} */
function safer(name) {
  const parts = replaceHidden(name, () => "").split(/[/\\]/).filter((part) => part !== "");
  const last = trimmed((parts.pop() ?? "").replaceAll(FORBIDDEN, "_"));
  const cut = shortened(DEVICE.test(last) ? `_${last}` : last);
  return cut === "" ? NAMELESS : cut;
}

/** Without dots and spaces at its ends. @type {(text: string) => string} */
function trimmed(text) {
  let start = 0;
  let end = text.length;
  // A regular expression takes the square of the time on many spaces that are not at the end.
  while (start < end && isTrimmed(text, start)) start++;
  while (end > start && isTrimmed(text, end - 1)) end--;
  return text.slice(start, end);
}

/** @type {(text: string, at: number) => boolean} */
function isTrimmed(text, at) {
  return text[at] === "." || text.charAt(at).trim() === "";
}

/** As much of a name as may stay, with its ending if that is short. @type {(name: string) => string} */
function shortened(name) {
  if (utf8Size(name) <= MAX_FILE_NAME_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= MAX_ENDING ? name.slice(dot) : "";
  let room = MAX_FILE_NAME_BYTES - utf8Size(ending);
  let stem = "";
  for (const character of name.slice(0, name.length - ending.length)) {
    room -= utf8Size(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + ending;
}

/** @type {(text: string) => number} */
function utf8Size(text) {
  return new TextEncoder().encode(text).length;
}
