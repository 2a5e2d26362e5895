/** Reads and checks one line of an export. */

import { messageText } from "../chat/messages/message_text.ts";
import { dateMs } from "../chat/messages/query.ts";
import { checkName, checkRoom } from "../chat/names/check_name.ts";
import { FILE } from "../wire/file_events.ts";
import type { SentFile } from "../wire/events.ts";
import { countColons, MAX_DEPTH } from "../wire/depth.ts";
import {
  count,
  FieldError,
  flag,
  isObject,
  object,
  type ObjectOf,
  optional,
  pickFields,
  string,
} from "../wire/fields.ts";
import { utf8Length } from "../wire/text.ts";
import { hasNameTwice } from "../wire/twice.ts";
import { safeFileName } from "../words/files.js";

const FIELDS = {
  type: optional(string),
  room: string,
  seq: optional(count),
  from: string,
  at: string,
  text: string,
  action: optional(flag),
  file: optional(object(FILE)),
  withheld: optional(string),
};

/**
 * The highest seq that a file may have. JavaScript counts exactly up to twice that, so a room that begins
 * there has enough numbers left.
 */
const MAX_SEQ = 2 ** 52;

const RFC_3339 =
  /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** The message in a line. */
export interface Line {
  readonly key: string;
  readonly room: string;
  readonly seq: number | undefined;
  readonly from: string;
  readonly at: number;
  /** The text in the form in which messages are stored. Empty if it had only blank lines. */
  readonly text: string;
  readonly action: boolean;
  /** The file that it brought, under a safe name. */
  readonly file: SentFile | undefined;
  /** Whether the text differs from that in the file. */
  readonly isChanged: boolean;
}

/**
 * Reads one line. Returns `undefined` if the line stands for a message that was withheld. Throws a
 * {@linkcode FieldError} or a `Refusal` that says what is wrong with the line.
 */
export function readLine(line: string, maxTextBytes: number): Line | undefined {
  const fields = pickFields(jsonObject(line), FIELDS);
  return fields.withheld === undefined ? check(fields, maxTextBytes) : undefined;
}

function jsonObject(line: string): Record<string, unknown> {
  const colons = countColons(line);
  if (colons === undefined) throw new FieldError(`It is nested deeper than ${MAX_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The error below says so.
  }
  if (isObject(value)) {
    // JSON does not say which of the two counts.
    if (!hasNameTwice(colons, value)) return value;
    throw new FieldError("A field is there twice; each may be there once");
  }
  throw new FieldError(`It is not a JSON object: ${JSON.stringify(line.slice(0, 60))}`);
}

function check(fields: ObjectOf<typeof FIELDS>, maxTextBytes: number): Line {
  const { type, room, seq, from, at, text: written, action, file } = fields;
  if (type !== undefined && type !== "message") {
    throw new FieldError(
      `The field type must be "message" or left out, not ${JSON.stringify(type)}`,
    );
  }
  const key = checkRoom(room);
  checkName(from);
  if (seq === 0) throw new FieldError("The field seq must be a number from 1 up, not 0");
  if (seq !== undefined && seq > MAX_SEQ) {
    throw new FieldError(`The field seq must be a number up to ${MAX_SEQ}, not ${seq}`);
  }
  if (written === "") throw new FieldError("The field text must not be empty");
  const text = messageText(written);
  const bytes = utf8Length(text);
  if (bytes > maxTextBytes) {
    throw new FieldError(
      `The text has ${bytes} bytes, and nobody can say more than ${maxTextBytes} at once; a server ` +
        "of yours that lets people say more has its --max-payload, which import takes too",
    );
  }
  const ms = timeOf(at);
  if (ms === undefined) {
    throw new FieldError(
      `The field at must be a time such as 2026-11-23T09:12:00.000Z, not ${JSON.stringify(at)}`,
    );
  }
  return {
    key,
    room,
    seq,
    from,
    at: ms,
    text,
    action: action ?? false,
    file: file && checkFile(file),
    isChanged: text !== written,
  };
}

function checkFile(file: SentFile): SentFile {
  const { id, sha256 } = file;
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new FieldError(
      `The field file.sha256 must be 64 hexadecimal digits, not ${
        JSON.stringify(sha256.slice(0, 80))
      }`,
    );
  }
  if (!/^[\w-]{1,64}$/.test(id)) {
    throw new FieldError(
      `The field file.id must be 1 to 64 letters and digits, not ${
        JSON.stringify(id.slice(0, 80))
      }`,
    );
  }
  return { ...file, name: safeFileName(file.name) };
}

/** A time in ms since 1970; `undefined` if it is not in the calendar. */
function timeOf(at: string): number | undefined {
  // Date.parse() takes 30 February for a day in March.
  if (!RFC_3339.test(at) || dateMs(at.slice(0, 10)) === undefined) return undefined;
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return undefined;
  // Years go from 0001 to 9999, also in UTC: a time of another time zone may be in the year 0 or 10000
  // there.
  const years = [at, new Date(ms).toISOString()];
  return years.every((year) => year >= "0001" && RFC_3339.test(year)) ? ms : undefined;
}
