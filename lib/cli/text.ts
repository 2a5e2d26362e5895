/** Decodes text from outside strictly: bytes that are not UTF-8 are refused, and not replaced. */

import { decodeText } from "../wire/text.ts";
import { UsageError } from "./flags.ts";

/** Decodes `bytes` from `source`, without a byte order mark. Throws a {@linkcode UsageError}. */
export function strictText(bytes: Uint8Array, source: string): string {
  const text = decodeText(bytes);
  if (text !== undefined) return text.replace(/^\ufeff/, "");
  throw new UsageError(`${source} is not UTF-8 text; save it as UTF-8`);
}
