/** How the files in the folder of a person's settings are found and read. */

import { readNamedText } from "../named/named_file.ts";
import { reasonOf } from "../wire/text.ts";

/** The largest file of settings or of known servers, in bytes. */
const MAX_BYTES = 1_048_576;

/** The path of a file in `dir`. */
export function fileIn(dir: string, name: string): string {
  return `${dir}${dir.includes("\\") ? "\\" : "/"}${name}`;
}

/** Why a file can't be used. `flags` would give the permission for it. */
export function fileProblem(error: Error, flags: string): string {
  return error instanceof Deno.errors.NotCapable
    ? `the permission is missing; run with ${flags}`
    : reasonOf(error);
}

/** The text in a file. Throws what {@linkcode readNamedText} throws. */
export function readUtf8(path: string, most = MAX_BYTES): string {
  return readNamedText(path, { most });
}
