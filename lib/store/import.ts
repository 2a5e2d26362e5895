/** Imports messages from an export, all of them or none. */

import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { Refusal } from "../chat/refusal.ts";
import type { SentFile } from "../wire/events.ts";
import { MAX_PAYLOAD_BYTES } from "../wire/frame.ts";
import { FieldError } from "../wire/fields.ts";
import { type Line, type LineAbout, readLine } from "./import_line.ts";
import { ImportNotes } from "./import_notes.ts";
import { ImportError, type ImportReport, ImportWriter } from "./import_writer.ts";
import { metaOf, setMeta } from "./meta.ts";

/** How to import. */
export interface ImportOptions {
  /** Also imports a file that was imported before. */
  readonly again?: boolean;
  /** The largest text, in bytes of UTF-8, as the server's `--max-payload` has it. */
  readonly maxTextBytes?: number;
  /** The address that a text stands for, or `undefined` if it is none. */
  readonly addressOf?: (text: string) => string | undefined;
  /**
   * Brings the bytes of a file to where they are kept, before its message is stored. Returns the file with
   * the type that these bytes have; `undefined` if they are not to be had. Then, and if this is left out,
   * the message is stored as a text.
   */
  readonly takeFile?: (file: SentFile) => Promise<SentFile | undefined>;
  /** Where what was read last is in what it comes from, as errors begin; if left out, `Line` and its number. */
  readonly placeOf?: () => string;
}

/** How long a line may be besides its text, in bytes: names, a time, and what later exports may add. */
const REST_BYTES = 65_536;
/** How many bytes of JSON one byte of text takes at most, such as `\u0001`. */
const JSON_FACTOR = 6;

/** The longest line that an import reads, in bytes, when texts may have `maxTextBytes`. */
export function maxLineBytes(maxTextBytes: number): number {
  return maxTextBytes * JSON_FACTOR + REST_BYTES;
}

/**
 * Stores the messages in `lines`, and what was done about them, each a JSON object as an export writes it, in one transaction.
 *
 * Messages get the next numbers in their room. A room without messages begins with the number of its
 * first message in the file, so that a room that was exported whole gets its old numbers back.
 *
 * Throws an {@linkcode ImportError} and stores nothing if a line is bad, or if a file with the same
 * bytes was imported before.
 */
export async function importMessages(
  db: DatabaseSync,
  lines: AsyncIterable<string>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { again = false, maxTextBytes = MAX_PAYLOAD_BYTES, addressOf, takeFile, placeOf } = options;
  const hash = createHash("sha256");
  db.exec("BEGIN IMMEDIATE");
  try {
    const writer = new ImportWriter(db, new ImportNotes(db, addressOf));
    let number = 0;
    for await (const line of lines) {
      number++;
      hash.update(`${line}\n`);
      if (line.trim() === "") continue;
      const place = placeOf?.() ?? `Line ${number}`;
      const parsed = parse(line, place, maxTextBytes);
      if (parsed === undefined) {
        writer.withheld++;
        continue;
      }
      if (parsed.kind === undefined) {
        const file = parsed.file && await takeFile?.(parsed.file);
        writer.write(parsed, place, file);
      } else writer.writeAbout(parsed, place);
    }
    // An empty file is not noted, since all empty files are the same.
    if (writer.report.messages > 0) remember(db, hash.digest("hex"), again);
    writer.finish();
    db.exec("COMMIT");
    return writer.report;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Notes that a file was imported. Throws an {@linkcode ImportError} if it was before. */
function remember(db: DatabaseSync, digest: string, again: boolean): void {
  const key = `imported ${digest}`;
  const earlier = metaOf(db, key);
  if (earlier !== undefined && !again) {
    throw new ImportError(
      `This was imported already, at ${earlier}; nothing was stored (--again does it once more)`,
    );
  }
  setMeta(db, key, new Date().toISOString());
}

/** Reads one line. Throws an {@linkcode ImportError} with its place if it is bad. */
function parse(
  line: string,
  place: string,
  maxTextBytes: number,
): Line | LineAbout | undefined {
  try {
    return readLine(line, maxTextBytes);
  } catch (error) {
    if (!(error instanceof FieldError || error instanceof Refusal)) throw error;
    throw new ImportError(`${place}: ${error.message}; nothing was stored`);
  }
}
