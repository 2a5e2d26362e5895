/** What is kept of an upload besides its bytes: a line of JSON beside its part. */

import { count, FieldError, isObject, optional, pickFields, string } from "../wire/fields.ts";
import { decodeText } from "../wire/text.ts";
import type { UploadNote } from "../chat/files/file_store.ts";
import { hiddenOwner } from "./hidden_owner.ts";
import { isPlain } from "./plain_file.ts";

const NOTE = {
  owner: string,
  person: string,
  name: string,
  size: optional(count),
  sha256: optional(string),
};

/** A note as it is kept: without the address of a guest. */
export function writtenNote({ owner, person, name, size, sha256 }: UploadNote): string {
  return `${JSON.stringify({ owner: hiddenOwner(owner), person, name, size, sha256 })}\n`;
}

/** The note in a file; `undefined`: there is none that can be read. */
export async function readNote(path: string): Promise<UploadNote | undefined> {
  try {
    if (!await isPlain(path)) return undefined;
    const value: unknown = JSON.parse(decodeText(await Deno.readFile(path)) ?? "");
    // Whoever could write something else there could change all messages as well.
    return isObject(value) ? pickFields(value, NOTE) as UploadNote : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof SyntaxError || error instanceof FieldError) return undefined;
    throw error;
  }
}
