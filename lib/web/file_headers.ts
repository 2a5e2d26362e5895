/** The headers under which a file is sent: a browser saves it, or shows it as a picture, and nothing else. */

import { PART_HEADERS } from "./headers.ts";

/** What a file's headers depend on. */
export interface SentAs {
  readonly name: string;
  readonly type: string;
  readonly sha256: string;
  readonly width?: number;
  readonly height?: number;
}

/** Pictures that a browser may show: neither has scripts in it. What they are their first bytes have told. */
const SHOWN: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** A picture with more pixels is saved: to show it would take a browser's memory. */
const MOST_PIXELS = 40_000_000;

/**
 * What every answer about a file has. There is no `Cross-Origin-Opener-Policy`: with that, browsers
 * refuse to show a page that is in a sandbox.
 */
const SHUT_IN: Readonly<Record<string, string>> = {
  ...PART_HEADERS,
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** What does not stand in a quoted name as it is. */
const UNQUOTED = /[^\x20-\x7e]|["\\%]/gu;
/** What `encodeURIComponent` leaves, and RFC 8187 does not. */
const UNENCODED = /['()*]/g;

/** The ETag of a file: what it is never changes, so the hash of it is one. */
export function etagOf({ sha256 }: Pick<SentAs, "sha256">): string {
  return `"${sha256}"`;
}

/** The headers of an answer about a file, besides those of its length. */
export function fileHeaders(file: SentAs): Record<string, string> {
  const isShown = isPicture(file);
  return {
    ...SHUT_IN,
    // Any other type may mean something to a browser: a script of that type would be one of ours.
    "Content-Type": isShown ? file.type : "application/octet-stream",
    "Content-Disposition": disposition(isShown ? "inline" : "attachment", file.name),
    "ETag": etagOf(file),
    "Accept-Ranges": "bytes",
    // What was fetched may be kept; whether it may be read is asked each time.
    "Cache-Control": "private, no-cache",
  };
}

function isPicture({ type, width = Infinity, height = Infinity }: SentAs): boolean {
  return SHOWN.has(type) && width * height <= MOST_PIXELS;
}

/** A `Content-Disposition` (RFC 6266); the name is there once more for programs that know no RFC 8187. */
export function disposition(kind: "inline" | "attachment", name: string): string {
  const plain = name.replace(UNQUOTED, "_");
  const quoted = `${kind}; filename="${plain}"`;
  if (plain === name) return quoted;
  const encoded = encodeURIComponent(name.toWellFormed())
    .replace(UNENCODED, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${quoted}; filename*=UTF-8''${encoded}`;
}
