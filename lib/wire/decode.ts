/** From bytes to requests and events, with every field checked before anybody else sees it. */

import { countColons, MAX_DEPTH } from "./depth.ts";
import type { Event, Request, RequestOf } from "./event.ts";
import { FieldError, type Fields, isObject, pickFields } from "./fields.ts";
import { decodeText } from "./text.ts";
import { hasNameTwice } from "./twice.ts";

/** The longest `id` of a request, in UTF-8 bytes. */
export const MAX_ID_BYTES = 64;

/** What came of decoding: a value, an error after which the peer may go on, or the end of it. */
export type Decoded<T> =
  | { readonly kind: "value"; readonly value: T }
  | {
    readonly kind: "error";
    readonly code: string;
    readonly text: string;
    /** The request's, where it could be read. */
    readonly id?: string;
  }
  | { readonly kind: "fatal"; readonly text: string };

const string = { kind: "string" } as const;
const optionalString = { kind: "string", optional: true } as const;
const count = { kind: "count" } as const;
const optionalCount = { kind: "count", optional: true } as const;
const optionalFlag = { kind: "boolean", optional: true } as const;

const ID: Fields = { id: optionalString };
const TYPE: Fields = { type: string };

/** Every request and its fields. */
export const REQUEST_FIELDS: Readonly<Record<Request["type"], Fields>> = {
  hello: {
    name: optionalString,
    room: optionalString,
    password: optionalString,
    login: optionalString,
    session: optionalString,
    resume: {
      kind: "object",
      optional: true,
      inside: { epoch: string, seq: { kind: "counts" }, direct: optionalCount },
    },
    scrollback: optionalCount,
    visitor: optionalFlag,
    exact: optionalFlag,
  },
  say: { room: string, text: string, action: optionalFlag },
  direct: { to: string, text: string },
  join: { room: string, scrollback: optionalCount },
  leave: { room: string },
  rename: { name: string },
  topic: { room: string, text: optionalString },
  who: { room: string },
  rooms: {},
  history: { room: string, before: optionalCount, limit: optionalCount },
  search: {
    query: string,
    room: optionalString,
    from: optionalString,
    before: optionalCount,
    cursor: optionalString,
    skip: optionalCount,
    limit: optionalCount,
  },
  register: { password: string },
  login: { password: string, name: optionalString },
  passwd: { password: string },
  unregister: {},
  mod: {
    action: string,
    target: string,
    room: optionalString,
    only: optionalFlag,
    forMs: optionalCount,
    reason: optionalString,
  },
  bans: { room: optionalString },
  audit: { limit: optionalCount },
  quit: {},
  ping: {},
  pong: {},
};

const message: Fields = {
  room: string,
  seq: count,
  from: string,
  at: string,
  text: string,
  action: optionalFlag,
  withheld: optionalString,
};

const ban: Fields = {
  kind: string,
  target: string,
  room: optionalString,
  by: string,
  at: string,
  until: optionalString,
  reason: optionalString,
};

const auditLine: Fields = {
  at: string,
  by: string,
  action: string,
  target: string,
  room: optionalString,
  detail: optionalString,
};

/** Every event and its fields. */
export const EVENT_FIELDS: Readonly<Record<Event["type"], Fields>> = {
  welcome: {
    protocol: count,
    server: string,
    title: optionalString,
    epoch: string,
    needs: { kind: "strings" },
    limits: { kind: "object", inside: { payload: count } },
  },
  ready: {
    name: string,
    session: string,
    room: string,
    seq: count,
    last: optionalCount,
    topic: optionalString,
    direct: count,
    lost: optionalFlag,
  },
  message,
  direct: {
    from: string,
    to: string,
    at: string,
    text: string,
    withheld: optionalString,
    n: count,
  },
  ack: { room: optionalString, seq: optionalCount, at: string },
  joined: {
    room: string,
    name: string,
    seq: optionalCount,
    last: optionalCount,
    topic: optionalString,
  },
  left: {
    room: string,
    name: string,
    reason: optionalString,
    by: optionalString,
    why: optionalString,
  },
  renamed: { from: string, to: string },
  topic: { room: string, text: string, from: optionalString },
  members: {
    room: string,
    members: { kind: "strings" },
    total: count,
    visitors: { kind: "strings", optional: true },
  },
  rooms: {
    rooms: { kind: "objects", inside: { room: string, members: count, topic: optionalString } },
    more: { kind: "boolean", optional: true },
  },
  page: {
    room: string,
    messages: { kind: "objects", inside: message },
    more: { kind: "boolean" },
    cursor: optionalString,
    ignored: { kind: "strings", optional: true },
  },
  gap: { room: string, from: count, to: { kind: "count or null" } },
  account: { action: string, name: string, role: string },
  mod: {
    action: string,
    target: string,
    room: optionalString,
    by: string,
    until: optionalString,
    reason: optionalString,
    address: optionalString,
  },
  bans: { bans: { kind: "objects", inside: ban }, more: { kind: "boolean" } },
  audit: { entries: { kind: "objects", inside: auditLine }, more: { kind: "boolean" } },
  notice: { text: string },
  error: { code: string, text: string, retryAfterMs: optionalCount },
  bye: { reason: string, text: string, retryAfterMs: optionalCount },
  ping: {},
  pong: {},
};

/** A character that stands for itself in a JSON string. */
const PLAIN = String.raw`[^"\\\x00-\x1f]`;

/** Decoded UTF-8 holds whole characters only; an id of 21 units has no more than 63 bytes. */
const PLAIN_SAY = new RegExp(
  String
    .raw`^\{"type":"say",(?:"id":"(${PLAIN}{1,21})",)?"room":"(${PLAIN}*)","text":"(${PLAIN}*)"\}$`,
);

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Decodes what a client sent. */
export function decodeRequest(payload: Uint8Array): Decoded<Request> {
  return decode(payload, REQUEST_FIELDS);
}

/** Decodes what a server sent. An event that is not known here is an `error`; pass over it. */
export function decodeEvent(payload: Uint8Array): Decoded<Event> {
  return decode(payload, EVENT_FIELDS);
}

function decode<T extends Request | Event>(
  payload: Uint8Array,
  table: Readonly<Record<string, Fields>>,
): Decoded<T> {
  const text = decodeText(payload);
  if (text === undefined) {
    return { kind: "error", code: "bad-utf8", text: "The payload is not valid UTF-8" };
  }
  const said = table === REQUEST_FIELDS ? plainSay(text) : undefined;
  if (said !== undefined) return { kind: "value", value: said as T };
  const colons = countColons(text);
  if (colons === undefined) {
    return { kind: "fatal", text: `The payload is nested deeper than ${MAX_DEPTH} levels` };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "fatal", text: "The payload is not JSON" };
  }
  if (!isObject(json)) return { kind: "fatal", text: "The payload is not a JSON object" };
  return decodeObject(json, table, colons);
}

/**
 * A `say` in the form in which most come: these fields in this order, nothing in them escaped. It is
 * read in a third of the time that JSON takes. Anything else goes the long way and is judged there.
 */
function plainSay(text: string): RequestOf<"say"> | undefined {
  const match = PLAIN_SAY.exec(text);
  if (match === null) return undefined;
  const [, id, room, words] = match as unknown as [string, string | undefined, string, string];
  return id === undefined
    ? { type: "say", room, text: words }
    : { type: "say", id, room, text: words };
}

function decodeObject<T extends Request | Event>(
  json: Record<string, unknown>,
  table: Readonly<Record<string, Fields>>,
  colons: number,
): Decoded<T> {
  let id: string | undefined;
  try {
    id = pickFields(json, ID).id as string | undefined;
    if (id !== undefined && id.length * 3 > MAX_ID_BYTES && byteLength(id) > MAX_ID_BYTES) {
      const text = `An id has at most ${MAX_ID_BYTES} bytes; this one has ${byteLength(id)}`;
      return { kind: "error", code: "bad-field", text };
    }
    const { type } = pickFields(json, TYPE) as { type: string };
    // Which of the two was meant nobody can say, and readers of the same bytes might differ.
    if (table === REQUEST_FIELDS && hasNameTwice(colons, json)) {
      throw new FieldError("A field is there twice; each may be there once");
    }
    const fields = Object.hasOwn(table, type) ? table[type] : undefined;
    if (fields === undefined) {
      const text = `There is no type ${JSON.stringify(type.slice(0, 40))} in protocol 1`;
      return { kind: "error", code: "unknown-type", text, ...(id === undefined ? {} : { id }) };
    }
    const value = pickFields(json, fields, id === undefined ? { type } : { type, id });
    return { kind: "value", value: value as unknown as T };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const { message } = error;
    return {
      kind: "error",
      code: "bad-field",
      text: message,
      ...(id === undefined ? {} : { id }),
    };
  }
}
