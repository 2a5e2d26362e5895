/**
 * The events that a server sends, as a table with one row for each. The event's type, the check of what
 * a client receives, and the row in PROTOCOL.md come from this row. PROTOCOL.md is the specification of
 * the event protocol.
 */

import {
  ACK,
  AUDIT_LINE,
  DEVICE,
  FOUND_PERSON,
  LISTED_BAN,
  LISTED_CHAT,
  LISTED_LINK,
  LISTED_MEMBER,
  LISTED_PERSON,
  LISTED_ROOM,
  OWN_SETTINGS,
  PERSON,
  READY,
} from "./event_parts.ts";
import {
  count,
  countOrNull,
  type Fields,
  flag,
  type MessagesOf,
  object,
  type ObjectOf,
  objects,
  optional,
  required,
  secret,
  string,
  strings,
  trueFlag,
} from "./fields.ts";
import { FILE, FILE_EVENTS, FILE_LIMITS, FILE_REFUSAL } from "./file_events.ts";
import { ANSWERED, FOLDED, LIFE_EVENTS, type QUOTE } from "./life_events.ts";
import { utf8Length } from "./text.ts";

/** The version of the event protocol. */
export const PROTOCOL_VERSION = 1;

/**
 * What a server offers beyond the first version: a client that names a feature in its `hello` gets the
 * events and fields that belong to it.
 */
export const FEATURES = ["people", "files", "life", "bytes", "servers", "ask"] as const;

/**
 * The largest event that our clients accept, in bytes. It leaves room for a page, and for a message from
 * a server with larger limits.
 */
export const MAX_EVENT_BYTES = 8 * 1_048_576;

const withheld = optional(string, "`damaged`, `too-large`: why `text` is not what was said");
const retryAfterMs = optional(count, "after how many ms the same may be granted");

const by = optional(string, "the id of the account that said it; a guest's has none");
const notice = optional(trueFlag, "`true`: programs never answer it by themselves");

const file = optional(object(FILE), "what it brings; `text` says so to clients that know no files");

const MESSAGE = {
  room: string,
  seq: required(count, "counts 1, 2, 3 … in its room"),
  from: string,
  at: required(string, "RFC 3339, UTC, ms"),
  text: string,
  action: optional(trueFlag, "`true`: something done, `/me`"),
  notice,
  by,
  file,
  withheld,
  own: optional(trueFlag, "`true`: one's own; live, another of one's devices has said it"),
  chat: optional(string, "in a `page`: the conversation, and then `room` is empty"),
  with: optional(string, "in a `page`: the other of the conversation"),
  all: optional(trueFlag, "`true`: rings everybody, by `@all`; live only"),
  ...{ ...ANSWERED, ...FOLDED },
};

/** Every event and its fields. */
export const EVENTS = {
  welcome: {
    protocol: required(count, "1"),
    server: required(string, "name/version"),
    title: optional(string, "what it is called, for people"),
    epoch: string,
    needs: required(strings, '`["password"]` or empty'),
    limits: object({
      payload: required(count, "the largest that a client may send, in bytes"),
      ...FILE_LIMITS,
    }),
    features: optional(strings, "what a client may name in `hello`, and `files`"),
  },
  ready: READY,
  servers: { servers: required(strings, "as in `ready`; the nodes that are there now") },
  message: MESSAGE,
  direct: {
    from: string,
    to: string,
    at: string,
    text: string,
    by,
    file,
    withheld,
    n: optional(count, "counts what others have said to the person: 1, 2, 3 …"),
    chat: optional(string, "the conversation; this and the next four with `people` only"),
    with: optional(string, "the other's name"),
    seq: optional(count, "counts 1, 2, 3 … in the conversation"),
    own: optional(trueFlag, "`true`: another of one's devices has said it"),
    action: optional(trueFlag, "`true`: something done, `/me`"),
    notice,
    ...ANSWERED,
  },
  ack: ACK,
  joined: {
    room: string,
    name: string,
    seq: optional(count, "this and the next three as in `ready`, in the answer to `join` only"),
    last: optional(count),
    topic: optional(string),
    title: optional(string),
    own: optional(trueFlag, "`true`: another device of yours has done it"),
    read: optional(count, "with `own`: the seq up to which it has been read"),
  },
  left: {
    room: string,
    name: string,
    own: optional(trueFlag, "as in `joined`"),
    reason: optional(string),
    by: optional(string, "who sent them away"),
    why: optional(string, "the reason that was given, or what they said as they left"),
    gone: optional(trueFlag, "`true`: from the server, and so from all rooms"),
  },
  renamed: { from: string, to: string },
  identified: {
    name: required(string, "somebody who is an account's now, or a guest's; by other doors only"),
    account: optional(string, "its id; a guest has none"),
    role: optional(string, "on the server, where that alone has changed"),
  },
  topic: {
    room: string,
    text: required(string, "empty: none"),
    from: optional(string, "who set it"),
    at: optional(string, "when"),
  },
  room: {
    room: string,
    access: required(string, "`open`, `unlisted`, `invite`"),
    title: optional(string),
    topicLocked: optional(trueFlag),
    slow: optional(count, "s between two messages of one person"),
    quiet: optional(trueFlag, "`true`: only hosts speak"),
    hosts: required(strings, "the names of its hosts"),
    removed: optional(trueFlag, "`true`: it is gone"),
  },
  invite: {
    room: string,
    name: optional(string, "who is invited; the one who is told if none"),
    by: string,
    messages: optional(count, "how many can be read then"),
    link: optional(string, "its id"),
    token: optional(secret, "shown once"),
    url: optional(secret, "where a browser takes it, if the server knows that of its page"),
    until: optional(string, "for ever if none"),
    uses: optional(count),
  },
  uninvite: { room: string, name: optional(string), link: optional(string, "neither: yours") },
  invites: { room: string, members: objects(LISTED_MEMBER), links: objects(LISTED_LINK) },
  members: {
    room: string,
    members: required(strings, "names, 2,000 at most"),
    total: count,
    people: optional(objects(LISTED_PERSON), "also those who belong there and are not here"),
    visitors: optional(strings, "names as in `members`, which leaves them out"),
  },
  rooms: {
    rooms: objects(LISTED_ROOM),
    more: optional(flag, "there are others, with fewer members"),
  },
  chats: {
    chats: required(objects(LISTED_CHAT), "those with the latest news first"),
    more: required(flag, "there are others, with earlier news"),
  },
  page: {
    room: required(string, "empty for a conversation, and for a search in all rooms"),
    chat: optional(string, "the conversation"),
    messages: required(objects(MESSAGE), "ascending, each as in `message`"),
    more: required(flag, "there are earlier ones, or more matches"),
    cursor: optional(string, "what to ask with for the next page of a search"),
    ignored: optional(strings, "words by which nothing can be found"),
    upTo: optional(count, "with `life`: what events up to this seq tell is in it already"),
  },
  read: {
    room: optional(string),
    chat: optional(string, "instead of `room`"),
    seq: required(count, "the last that has been read"),
    unread: required(count, "as in `ready`"),
    mentions: count,
  },
  settings: OWN_SETTINGS,
  away: {
    name: string,
    text: optional(string, "why; none: is back"),
  },
  person: PERSON,
  people: {
    people: required(objects(FOUND_PERSON), "by name"),
    more: flag,
  },
  gap: {
    room: optional(string),
    chat: optional(string, "in place of `room`"),
    from: required(count, "the first seq that can no longer be had"),
    to: required(countOrNull, "the last, or `null` when the numbers begin anew"),
  },
  account: {
    action: required(string, "the request's type"),
    name: string,
    role: required(string, "`owner`, `operator`, `member`"),
    rooms: optional(
      strings,
      "to `login`, with `people`: what one has listed, in order",
    ),
  },
  devices: { devices: required(objects(DEVICE), "the one that was used last first") },
  mod: {
    action: string,
    target: string,
    room: optional(string, "everywhere if none"),
    by: string,
    until: optional(string),
    reason: optional(string),
    address: optional(string, "where the person came from"),
  },
  bans: { bans: required(objects(LISTED_BAN), "the newest first"), more: flag },
  audit: { entries: required(objects(AUDIT_LINE), "the newest last"), more: flag },
  ...FILE_EVENTS,
  ...LIFE_EVENTS,
  notice: { text: required(string, "from the server") },
  error: {
    code: required(string, "stable, for programs"),
    text: required(string, "a sentence for a person"),
    messages: optional(count, "to `would-reveal`: how many"),
    ...FILE_REFUSAL,
    retryAfterMs,
  },
  bye: {
    reason: required(string, "stable"),
    text: required(string, "the connection closes after it"),
    retryAfterMs,
  },
  ping: {},
  pong: {},
} satisfies Readonly<Record<string, Fields>>;

type Events = MessagesOf<typeof EVENTS, { readonly id?: string }>;

/** An event that a server sends. It has an `id` if it answers a request that had one. */
export type Event = Events[keyof Events];

/** The event of one type. */
export type EventOf<T extends Event["type"]> = Events[T];

/** A message in a room. */
export type Message = ObjectOf<typeof MESSAGE>;

/** How a message begins that another one answers. */
export type Quote = ObjectOf<typeof QUOTE>;

/** Why the text of a message is withheld, for programs. */
export type Withheld = "damaged" | "too-large";

/** A room in a list of rooms. */
export type RoomSummary = ObjectOf<typeof LISTED_ROOM>;

/** A conversation in a list of them. */
export type ListedChat = ObjectOf<typeof LISTED_CHAT>;

/** A ban or a mute in a list of them. */
export type ListedBan = ObjectOf<typeof LISTED_BAN>;

/** A file that a message brings. */
export type SentFile = ObjectOf<typeof FILE>;

/** A device in a list of them. */
export type ListedDevice = ObjectOf<typeof DEVICE>;

/** A line of the audit trail, which says who did what to whom. */
export type AuditLine = ObjectOf<typeof AUDIT_LINE>;

/** How many bytes a text takes in an event. */
export function bytesInEvent(text: string): number {
  return utf8Length(JSON.stringify(text));
}
