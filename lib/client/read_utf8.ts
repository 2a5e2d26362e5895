/** Reads text files strictly: bytes that are not UTF-8 are an error. */

import { decodeText } from "../wire/text.ts";

/** The text in a file. Throws what the system throws, or an `Error` if the file is not UTF-8. */
export function readUtf8(path: string): string {
  const text = decodeText(Deno.readFileSync(path));
  if (text === undefined) throw new Error("it is not UTF-8 text");
  return text.replace(/^\ufeff/, "");
}
