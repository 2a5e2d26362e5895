/** Decodes bytes to requests and events, and checks every field. */

import { countColons, MAX_DEPTH } from "./depth.ts";
import { type Event, EVENTS } from "./events.ts";
import { fileFrame } from "./file_frame.ts";
import { FieldError, type Fields, isObject, pickFields, string } from "./fields.ts";
import { isRawPayload, MAX_HEAD_BYTES, rawParts } from "./raw.ts";
import { ANY_REQUEST, type Request, type RequestOf, REQUESTS } from "./requests.ts";
import { decodeText } from "./text.ts";
import { hasNameTwice } from "./twice.ts";

/** The result of decoding: a value, an error after which the peer may go on, or a fatal error. */
export type Decoded<T> =
  | { readonly kind: "value"; readonly value: T }
  | {
    readonly kind: "error";
    readonly code: string;
    readonly text: string;
    /** The id of the request, if it could be read. */
    readonly id?: string;
  }
  | { readonly kind: "fatal"; readonly text: string };

const TYPE = { type: string };

const NOT_UTF8 = wrong("bad-utf8", "The payload is not valid UTF-8");

/** A character that is not escaped in a JSON string. */
const PLAIN = String.raw`[^"\\\x00-\x1f]`;

/**
 * A `say` without escapes. It needs no further checks: decoded UTF-8 has no lone surrogates, and an id
 * of 21 UTF-16 code units has at most 63 bytes.
 */
const PLAIN_SAY = new RegExp(
  String
    .raw`^\{"type":"say",(?:"id":"(${PLAIN}{1,21})",)?"room":"(${PLAIN}*)","text":"(${PLAIN}*)"\}$`,
);

/** Decodes a request that a client sent. */
export function decodeRequest(payload: Uint8Array): Decoded<Request> {
  return decode(payload, REQUESTS);
}

/** Decodes an event that a server sent. For an unknown event it returns an `error`; ignore it. */
export function decodeEvent(payload: Uint8Array): Decoded<Event> {
  return decode(payload, EVENTS);
}

function decode<T extends Request | Event>(
  payload: Uint8Array,
  table: Readonly<Record<string, Fields>>,
): Decoded<T> {
  if (isRawPayload(payload)) return decodeRaw(payload, table);
  const text = decodeText(payload);
  if (text === undefined) return NOT_UTF8;
  const piece = decodeFileFrame<T>(text, table);
  if (piece !== undefined) return piece;
  const said = table === REQUESTS ? plainSay(text) : undefined;
  if (said !== undefined) return { kind: "value", value: said as T };
  const parsed = parse(text);
  return "kind" in parsed ? parsed : decodeObject(parsed, table);
}

/** A JSON object, and how many colons its text has outside of strings. */
interface Parsed {
  readonly json: Record<string, unknown>;
  readonly colons: number;
}

/** Parses the text of an object, which may come from anybody. */
function parse(text: string): Parsed | Decoded<never> {
  const colons = countColons(text);
  if (colons === undefined) {
    return { kind: "fatal", text: `The payload is nested deeper than ${MAX_DEPTH} levels` };
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return { json, colons };
    return { kind: "fatal", text: "The payload is not a JSON object" };
  } catch {
    return { kind: "fatal", text: "The payload is not JSON" };
  }
}

/** Decodes a raw payload: its bytes are the field `data` of the object in its JSON. */
function decodeRaw<T extends Request | Event>(
  payload: Uint8Array,
  table: Readonly<Record<string, Fields>>,
): Decoded<T> {
  const parts = rawParts(payload);
  if (parts === undefined) {
    const text =
      `The JSON of a raw payload does not end within ${MAX_HEAD_BYTES} bytes with a zero`;
    return { kind: "fatal", text };
  }
  const text = decodeText(parts.json);
  if (text === undefined) return NOT_UTF8;
  const parsed = parse(text);
  return "kind" in parsed ? parsed : decodeObject(parsed, table, parts.data);
}

/** Decodes a piece of a file. Returns `undefined` for anything else, which then goes through all the checks. */
function decodeFileFrame<T extends Request | Event>(
  text: string,
  table: Readonly<Record<string, Fields>>,
): Decoded<T> | undefined {
  const frame = fileFrame(text);
  const colons = frame === undefined ? undefined : countColons(frame.rest);
  if (frame === undefined || colons === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(frame.rest);
  } catch {
    return undefined;
  }
  if (!isObject(json) || json["data"] !== "" || hasNameTwice(colons, json)) return undefined;
  delete json["data"];
  return decodeObject({ json, colons: colons - 1 }, table, frame.data);
}

/**
 * Decodes a `say` in its most common form: these fields in this order, without escapes. This takes a
 * third of the time of `JSON.parse`. Returns `undefined` for anything else, which then goes through
 * all the checks.
 */
function plainSay(text: string): RequestOf<"say"> | undefined {
  const match = PLAIN_SAY.exec(text);
  if (match === null) return undefined;
  const [, id, room, words] = match as unknown as [string, string | undefined, string, string];
  return id === undefined
    ? { type: "say", room, text: words }
    : { type: "say", id, room, text: words };
}

/** Decodes an object. `data` is its field of that name, if that came beside its JSON. */
function decodeObject<T extends Request | Event>(
  { json, colons }: Parsed,
  table: Readonly<Record<string, Fields>>,
  data?: Uint8Array,
): Decoded<T> {
  let id: string | undefined;
  try {
    id = pickFields(json, ANY_REQUEST).id;
    const { type } = pickFields(json, TYPE);
    // JSON does not say which of the two counts, and other readers of these bytes may take the other.
    const isDataTwice = data !== undefined && Object.hasOwn(json, "data");
    if (table === REQUESTS && (isDataTwice || hasNameTwice(colons, json))) {
      throw new FieldError("A field is there twice; each may be there once");
    }
    const fields = Object.hasOwn(table, type) ? table[type] : undefined;
    if (fields === undefined) {
      const text = `There is no type ${JSON.stringify(type.slice(0, 40))} in protocol 1`;
      return wrong("unknown-type", text, id);
    }
    if (data !== undefined) json["data"] = data;
    const value = pickFields(json, fields, id === undefined ? { type } : { type, id });
    return { kind: "value", value: value as unknown as T };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return wrong("bad-field", error.message, id);
  }
}

function wrong(code: string, text: string, id?: string): Decoded<never> {
  return { kind: "error", code, text, ...(id === undefined ? {} : { id }) };
}
