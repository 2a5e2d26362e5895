/** Refusals for files that can't be stored or read. */

import { Refusal } from "../chat/refusal.ts";
import { reasonOf } from "../wire/text.ts";

/** After how many ms a client should try again to store a file. */
const RETRY_AFTER_MS = 5_000;

/** The refusal of a file that could not be stored: one as it is, or else one that tells of the error. */
export function fileNotStored(name: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // What Deno adds to the system's words is of no use to whoever sends the file.
  const text = `${name} could not be stored: ${reasonOf(error)}; try again later`;
  return new Refusal("not-stored", text, RETRY_AFTER_MS);
}

/** The refusal of bytes that were kept and are not there any more. */
export function fileGone(): Refusal {
  const text = "The bytes of this file are not there any more; ask for it to be sent again";
  return new Refusal("file-gone", text);
}

/** The refusal of more for an upload that has ended. */
export function uploadEnded(id: string): Refusal {
  return new Refusal("no-such-file", `The upload ${id} has ended; begin another one with put`);
}
