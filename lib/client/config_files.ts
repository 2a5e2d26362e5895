/** How the files in the folder of a person's settings are found and read. */

import { decodeText, reasonOf } from "../wire/text.ts";

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

/** The text in a file. Throws what the system throws, or an `Error` if the file is not UTF-8. */
export function readUtf8(path: string): string {
  const text = decodeText(Deno.readFileSync(path));
  if (text === undefined) throw new Error("it is not UTF-8 text");
  return text.replace(/^\ufeff/, "");
}
