/** What a backup says of itself, in its file `backup.json`. */

import { StoreError } from "../store/faults.ts";
import { FieldError, isObject, pickFields, string } from "../wire/fields.ts";
import { decodeText } from "../wire/text.ts";
import { NOTE_FILE } from "./layout.ts";

/** The version of the layout. One that is newer is not put back: there would be more in it. */
const LAYOUT = 1;

/** What is known of a backup. */
export interface BackupNote {
  /** When the database was copied; ISO 8601. */
  readonly made: string;
  /** The chatroom that has made it, as in `0.1.0`. */
  readonly by: string;
  /** The SHA-256 of the copy of the database, in hexadecimal. */
  readonly database: string;
}

const FIELDS = { made: string, by: string, database: string };

/** The file's content. */
export function writtenBackupNote(note: BackupNote): string {
  return `${JSON.stringify({ layout: LAYOUT, ...note }, undefined, 2)}\n`;
}

/** Reads it. Throws a `StoreError` that begins with `whose`. */
export function readBackupNote(bytes: Uint8Array, whose: string): BackupNote {
  const wrong = (why: string): StoreError =>
    new StoreError(`${whose} can't be put back: its ${NOTE_FILE} ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(decodeText(bytes) ?? "");
  } catch {
    throw wrong("is no JSON");
  }
  if (!isObject(value)) throw wrong("is not one of ours");
  const { layout } = value;
  if (typeof layout === "number" && layout > LAYOUT) {
    throw wrong(`was written by a newer chatroom (layout ${layout}); use that one`);
  }
  try {
    if (layout !== LAYOUT) throw new FieldError("no layout");
    return pickFields(value, FIELDS);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw wrong("is not one of ours");
  }
}
