/** Reads and checks one line of an export. */

import { messageText } from "../chat/messages/message_text.ts";
import { dateMs } from "../chat/messages/query.ts";
import type { Reactor } from "../chat/messages/history.ts";
import { questionFlaw } from "../chat/judge/judge_question.ts";
import type { AskedQuestion, ChoiceQuestion } from "../chat/messages/question.ts";
import { checkName, checkRoom } from "../chat/names/check_name.ts";
import { FILE } from "../wire/file_events.ts";
import type { SentFile } from "../wire/events.ts";
import { ASKED } from "../wire/life_events.ts";
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
import { nameKey } from "../words/names.js";
import { ACTION, ANSWER, NOTICE, PIN, REACT, REMOVE, REVISE } from "./columns.ts";
import type { EntryRest } from "./readable.ts";

const FIELDS = {
  type: optional(string),
  room: string,
  seq: optional(count),
  from: string,
  at: string,
  text: optional(string),
  action: optional(flag),
  notice: optional(flag),
  file: optional(object(FILE)),
  withheld: optional(string),
  re: optional(count),
  removed: optional(object({ by: string, at: string })),
  ask: optional(object(ASKED)),
};

/** The same of a line that tells what was done about a message. */
const ABOUT_FIELDS = {
  ...FIELDS,
  by: optional(string),
  who: optional(string),
  key: optional(string),
  off: optional(flag),
  reason: optional(string),
  choice: optional(string),
};

/** The kinds of such lines, by their types. */
const ABOUT_KINDS: ReadonlyMap<string | undefined, number> = new Map([
  ["revised", REVISE],
  ["removed", REMOVE],
  ["reacted", REACT],
  ["pinned", PIN],
  ["answered", ANSWER],
]);

/** The longest key of a reaction, in UTF-16 code units. */
const MAX_KEY = 200;
/** The longest id of somebody who has reacted, in the same. */
const MAX_WHO = 128;

const RFC_3339 =
  /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** What all lines have. */
interface AnyLine {
  /** The key of the room. */
  readonly key: string;
  readonly room: string;
  readonly seq: number | undefined;
  readonly from: string;
  readonly at: number;
  /** The seq, in the file, of what it answers or is about. */
  readonly re: number | undefined;
  /** The text in the form in which messages are stored. Empty if it had only blank lines, or was removed. */
  readonly text: string;
}

/** What was done about a message. */
export interface LineAbout extends AnyLine {
  /** Its kind, see columns.ts. */
  readonly kind: number;
  readonly re: number;
  /** What else there is to it. */
  readonly rest: EntryRest;
  /** Whether something was left out, see import_life.ts. */
  readonly isChanged?: true;
}

/** The message in a line. */
export interface Line extends AnyLine {
  readonly kind?: undefined;
  /** The message is removed by a later line. */
  readonly isEmpty: boolean;
  /** What was said, as in the column `kind` of `message`. */
  readonly said: number;
  /** The file that it brought, under a safe name. */
  readonly file: SentFile | undefined;
  /** What it asks. */
  readonly question: ChoiceQuestion | undefined;
  /** Whether the text differs from that in the file. */
  readonly isChanged: boolean;
}

/**
 * Reads one line. Returns `undefined` if the line stands for a message that was withheld, or of which an
 * export of messages as people read them says that it was removed. Throws a {@linkcode FieldError} or a
 * `Refusal` that says what is wrong with the line.
 */
export function readLine(line: string, maxTextBytes: number): Line | LineAbout | undefined {
  const object = jsonObject(line);
  const kind = ABOUT_KINDS.get(object["type"] as string | undefined);
  if (kind !== undefined) return checkAbout(pickFields(object, ABOUT_FIELDS), kind, maxTextBytes);
  const fields = pickFields(object, FIELDS);
  const isShown = fields.withheld === undefined && fields.removed === undefined;
  return isShown ? check(fields, maxTextBytes) : undefined;
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
  const { type, seq, text: written, action, notice, file, re, ask } = fields;
  if (type !== undefined && type !== "message") {
    throw new FieldError(
      `The field type must be "message" or left out, not ${JSON.stringify(type)}`,
    );
  }
  const place = placeOf(fields);
  if (written === undefined) throw new FieldError("The field text must be there");
  // An export of each entry as it was written has the text of a message that was removed no more.
  if (written === "" && seq === undefined) throw new FieldError("The field text must not be empty");
  const text = checkText(written, maxTextBytes);
  return {
    ...place,
    re,
    text,
    said: action ? ACTION : notice ? NOTICE : 0,
    file: file && checkFile(file),
    question: ask && questionOf(ask, place.at),
    isEmpty: written === "",
    isChanged: text !== written,
  };
}

function checkAbout(
  fields: ObjectOf<typeof ABOUT_FIELDS>,
  kind: number,
  maxTextBytes: number,
): LineAbout {
  const { type, re, text: written = "", by, who, key, off, reason } = fields;
  if (re === undefined) {
    throw new FieldError(`The field re must be there in a line of type ${type}`);
  }
  if (kind === ANSWER) {
    const { from, ...place } = placeOf(fields);
    // An export of each entry as it was written has the choice of an answer to what was removed no more.
    const rest = fields.choice ? { choice: fields.choice } : {};
    const counted = { ...rest, who: reactorOf(by ?? who ?? nameKey(from)) };
    return { ...place, from, kind, re, text: "", rest: fields.choice ? counted : {} };
  }
  if (kind !== REACT) {
    const rest = kind === PIN ? off ? { off } : {} : reason === undefined ? {} : { reason };
    const text = kind === REVISE ? checkText(written, maxTextBytes) : "";
    return { ...placeOf(fields), kind, re, text, rest: rest as EntryRest };
  }
  const { from, ...place } = placeOf(fields);
  const rest = { key: checkKey(key), who: reactorOf(by ?? who ?? nameKey(from)) };
  return { ...place, from, kind, re, text: "", rest: off ? { ...rest, off: true } : rest };
}

/** The question in a line. Those whom it names are people of another server: nobody here is meant. */
function questionOf({ until, ...ask }: AskedQuestion, at: number): ChoiceQuestion {
  const end = until === undefined ? undefined : timeOf(until);
  if (until !== undefined && end === undefined) {
    throw new FieldError(`The field ask.until must be a time, not ${inShort(until)}`);
  }
  const question = {
    ...ask,
    ...(end === undefined ? {} : { forMs: Math.max(0, end - at) }),
    ...(ask.from === undefined ? {} : { who: [] }),
  };
  const flaw = questionFlaw(question);
  if (flaw !== undefined) throw new FieldError(flaw);
  return question;
}

/** The reaction in a line, whatever it is: whether it is one is judged later. */
function checkKey(key: string | undefined): string {
  if (key !== undefined && key !== "" && key.length <= MAX_KEY) return key;
  throw new FieldError(`The field key must have 1 to ${MAX_KEY} letters, not ${inShort(key)}`);
}

/** Ids and addresses are those of another server: nobody here is meant. */
function reactorOf(who: string): Reactor {
  const first = who.replace(/^(?:address imported )+/, "");
  if (first.length <= MAX_WHO) return `address imported ${first}`;
  throw new FieldError(
    `The field by or who must have at most ${MAX_WHO} letters, not ${first.length}`,
  );
}

/** A value that is wrong, for an error. */
function inShort(text: string | undefined): string {
  return text === undefined || text.length <= 60
    ? String(JSON.stringify(text))
    : `${text.length} letters that begin with ${JSON.stringify(text.slice(0, 40))}`;
}

function placeOf(
  { room, seq, from, at }: Pick<ObjectOf<typeof FIELDS>, "room" | "seq" | "from" | "at">,
): Omit<AnyLine, "re" | "text"> {
  const key = checkRoom(room);
  checkName(from);
  if (seq === 0) throw new FieldError("The field seq must be a number from 1 up, not 0");
  const ms = timeOf(at);
  if (ms === undefined) {
    throw new FieldError(
      `The field at must be a time such as 2026-11-23T09:12:00.000Z, not ${JSON.stringify(at)}`,
    );
  }
  return { key, room, seq, from, at: ms };
}

function checkText(written: string, maxTextBytes: number): string {
  const text = messageText(written);
  const bytes = utf8Length(text);
  if (bytes <= maxTextBytes) return text;
  throw new FieldError(
    `The text has ${bytes} bytes, and nobody can say more than ${maxTextBytes} at once; a server ` +
      "of yours that lets people say more has its --max-payload, which import takes too",
  );
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
