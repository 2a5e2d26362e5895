/** Files that a person or we have written, read strictly. */

import { decodeText } from "../wire/text.ts";

/** The text in a file. Throws what the system throws, and an `Error` for a file that is not UTF-8. */
export function readUtf8(path: string): string {
  const text = decodeText(Deno.readFileSync(path));
  if (text === undefined) throw new Error("it is not UTF-8 text");
  return text.replace(/^\ufeff/, "");
}
