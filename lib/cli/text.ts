/** Text from outside, read strictly: what is not UTF-8 is refused, and never becomes another text. */

import { decodeText } from "../wire/text.ts";
import { UsageError } from "./flags.ts";

/** The text that `bytes` from `source` encode, without a byte order mark. Throws a {@linkcode UsageError}. */
export function strictText(bytes: Uint8Array, source: string): string {
  const text = decodeText(bytes);
  if (text !== undefined) return text.replace(/^\ufeff/, "");
  throw new UsageError(`${source} is not UTF-8 text; save it as UTF-8`);
}
