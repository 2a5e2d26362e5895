/**
 * The requests of clients, as a table with one row for each. The request's type, the check of what a
 * server receives, and the row in PROTOCOL.md come from this row. The server answers with events
 * (events.ts).
 */

import {
  atMost,
  bytes,
  count,
  counts,
  FieldError,
  type Fields,
  flag,
  type MessagesOf,
  object,
  type ObjectOf,
  oneOf,
  optional,
  required,
  secret,
  string,
  strings,
  trueFlag,
  valuesOf,
} from "./fields.ts";
import { utf8Length } from "./text.ts";

/** The longest `id`, in UTF-8 bytes. */
const MAX_ID_BYTES = 64;
/** The most bytes of a chunk; as much as its frame may have is less, unless the server takes larger ones. */
export const MAX_CHUNK_BYTES = 262_144;
/** The longest ban or mute that is not for ever, in ms (10 years). */
const MAX_FOR_MS = 10 * 365 * 86_400_000;

/** The field that every request may have. The client chooses the `id`, and the answer repeats it. */
export const ANY_REQUEST = { id: optional({ ...string, read: readId }) };

/** The password of a name. One that is too long is refused without hashing it. */
const namePassword = atMost(256, secret);

/** Who may enter a room. */
const access = oneOf(["open", "unlisted", "invite"]);

/** The message that a request is about. */
const about = required(count, "the seq of a message");
const room = optional(string);
const chat = optional(string, "in place of `room`");
const off = optional(trueFlag, "`true`: takes it back");

const unseen = optional(flag, "`true`: what was said before it may not have been seen");
const notice = optional(flag, "`true`: programs never answer it by themselves; not with `action`");

/** A question that a message asks, and who may answer it. */
const question = optional(
  object({
    choices: required(strings, "what can be answered; 10 at most, of 64 characters"),
    forMs: optional(atMost(MAX_FOR_MS, count), "how long; for ever if none"),
    from: optional(strings, "reserved names: only who is logged in to one of them; 20 at most"),
    role: optional(oneOf(["host", "operator", "owner"]), "or who has this role, or a higher one"),
    quorum: optional(count, "how many people must say the same; 1 if none, 10 at most"),
  }),
  "a question with choices",
);

const RESUME = { epoch: string, seq: counts, direct: optional(count), chats: optional(counts) };

/** Of what in a room to be notified. */
const NOTIFY = oneOf(["all", "mentions", "none"]);

/** Every request and its fields. */
export const REQUESTS = {
  hello: {
    name: optional(string, "that of the first frame"),
    room: optional(string, "`lobby`"),
    password: optional(atMost(1_024, secret), "the server's"),
    login: optional(namePassword, "the password of the name"),
    invite: optional(secret, "the token of a link, in place of `password`"),
    session: optional(secret),
    beside: optional(flag, "`true`, with `session`: another session of the same person"),
    resume: optional(object(RESUME)),
    scrollback: optional(count, "how many earlier messages"),
    visitor: optional(flag, "`true`: is not announced"),
    exact: optional(flag, "`true`: takes no number"),
    features: optional(strings, "those of `welcome` that the client knows"),
    label: optional(atMost(64, string), "what its device is called, for its person"),
  },
  say: {
    room: string,
    text: string,
    action: optional(flag, "`true`: something done, `/me`"),
    notice,
    re: optional(count, "the seq of what it answers"),
    ask: question,
    unseen,
  },
  direct: {
    to: optional(string, "a name"),
    chat: optional(string, "a conversation, in place of `to`"),
    text: string,
    action: optional(flag, "`true`: something done, `/me`"),
    notice,
    re: optional(count, "as in `say`"),
    ask: question,
    unseen,
  },
  revise: {
    room,
    chat,
    re: about,
    text: required(string, "the new one; empty takes away what is said with a file"),
  },
  remove: { room, chat, re: about, reason: optional(atMost(200, string)) },
  react: { room, chat, re: about, key: required(atMost(64, string), "a single character"), off },
  pin: { room: string, re: about, off },
  answer: {
    room,
    chat,
    to: optional(string, "in place of `chat`: the other of the conversation"),
    re: about,
    choice: required(string, "one of those of the question"),
  },
  reactions: { room, chat, re: about },
  pins: { room: string },
  join: {
    room: string,
    access: optional(access, "`open`, `unlisted`, `invite`: who may enter a room that it opens"),
    scrollback: optional(count, "as in `hello`"),
    alone: optional(flag, "`true`: on this device only, and in no list"),
  },
  leave: {
    room: string,
    text: optional(atMost(200, string), "what the room is told; left out if one may not say it"),
    alone: optional(flag, "`true`: the account's list and its other devices stay as they are"),
  },
  rename: { name: string },
  topic: { room: string, text: optional(atMost(300, string), "sets it") },
  who: { room: string },
  rooms: {},
  chats: {
    before: optional(string, "a time: only those with news before it"),
    limit: optional(count, "100; 200 at most"),
  },
  block: { name: string },
  unblock: { name: string },
  room: {
    room: string,
    access: optional(access, "as in `join`"),
    reveal: optional(flag, "`true`: everybody may read what was said by invitation only"),
    title: optional(atMost(80, string), "for people; empty: none"),
    topicLocked: optional(flag, "`true`: only hosts set the topic"),
    slow: optional(atMost(21_600, count), "s between two messages of one person; 0: none"),
    quiet: optional(flag, "`true`: only hosts speak"),
    host: optional(string, "a reserved name, to hand the room over to"),
    remove: optional(flag, "`true`: for good, with all that was said"),
  },
  invite: {
    room: string,
    name: optional(string, "who is invited"),
    link: optional(
      object({
        forMs: optional(atMost(MAX_FOR_MS, count), "for ever if none"),
        uses: optional(count, "as often as wanted if none"),
        register: optional(flag, "`true`: who comes by it may reserve a name"),
      }),
      "in place of `name`",
    ),
  },
  uninvite: {
    room: string,
    name: optional(string),
    link: optional(string, "its id, in place of `name`"),
  },
  invites: { room: string },
  history: {
    room: optional(string),
    chat: optional(string, "in place of `room`"),
    before: optional(count, "a seq"),
    after: optional(count, "a seq: the first ones after it, and not the last ones"),
    limit: optional(count, "50; 200 at most"),
    files: optional(flag, "`true`: only messages that bring a file"),
  },
  search: {
    query: required(atMost(500, string), "what must be there"),
    room: optional(string, "all that the session is in"),
    chat: optional(string, "in place of `room`"),
    from: optional(string, "a name"),
    before: optional(count, "a seq"),
    cursor: optional(string, "that of the page before, to go on after it"),
    skip: optional(count, "how many matches to pass over: those of earlier pages"),
    limit: optional(count, "as in `history`"),
  },
  missed: {
    before: optional(string, "the `at` of a message: only those before it"),
    limit: optional(count, "as in `history`"),
  },
  read: {
    room: optional(string),
    chat: optional(string, "instead of `room`"),
    seq: required(count, "the last that has been read; at most the last that there is"),
    back: optional(flag, "`true`: also if more has been read: what follows is unread again"),
  },
  settings: {
    notify: optional(valuesOf(NOTIFY), "by room: `all`, `mentions`, `none`"),
    hideSeen: optional(flag, "`true`: others do not learn when one was here"),
  },
  away: { text: optional(atMost(200, string), "why, in one line; none: back") },
  whois: { name: string },
  people: {
    prefix: required(string, "how their names begin"),
    limit: optional(count, "20; 200 at most"),
  },
  register: { password: required(namePassword, "for the name that the session goes by") },
  login: {
    password: namePassword,
    name: optional(string, "the reserved name that was last refused, or one's own"),
  },
  passwd: { password: required(namePassword, "the new one") },
  unregister: {},
  devices: {},
  logout: {
    device: optional(string, "one of `devices`; this one if none"),
    others: optional(flag, "`true`: all but this one, and not this one"),
  },
  mod: {
    action: required(string, "`kick`, `ban`, `unban`, `mute`, `unmute`, `op`, `deop`"),
    target: required(string, "a name or an address"),
    room: optional(string, "where it is asked"),
    only: optional(flag, "`true`: acts in `room` alone, whatever the role"),
    forMs: optional(atMost(MAX_FOR_MS, count), "for ever if none"),
    reason: optional(atMost(200, string)),
  },
  bans: { room: optional(string) },
  audit: { limit: optional(count, "20; 200 at most") },
  put: {
    name: required(atMost(1_000, string), "of the file"),
    size: optional(count, "in bytes; none: known at the end only"),
    sha256: optional(string, "in hexadecimal"),
    room: optional(string, "where it is to be sent; this, `to` or `chat`"),
    to: optional(string, "as in `direct`"),
    chat: optional(string, "as in `direct`"),
    file: optional(string, "the upload to go on with"),
  },
  chunk: {
    file: required(string, "that of `slot`"),
    offset: count,
    data: required(bytes, "base64 of 32,768 bytes at most; or raw, of `raw` in `limits` at most"),
  },
  done: {
    file: required(string, "that of `slot`"),
    sha256: optional(string, "what must have come, in hexadecimal"),
    text: optional(string, "what is said with it"),
  },
  get: {
    file: required(string, "the `id` in `file` of a message"),
    offset: count,
    credit: required(count, "how many bytes may come"),
  },
  credit: { file: string, credit: required(count, "how many more; 8 MiB at most may be open") },
  cancel: { file: required(string, "an upload, or a file that is coming") },
  link: { file: required(string, "as in `get`") },
  quit: { text: optional(atMost(200, string), "as in `leave`, for all rooms") },
  ping: {},
  pong: {},
} satisfies Readonly<Record<string, Fields>>;

type Requests = MessagesOf<typeof REQUESTS, ObjectOf<typeof ANY_REQUEST>>;

/** A request of a client. */
export type Request = Requests[keyof Requests];

/** The request of one type. */
export type RequestOf<T extends Request["type"]> = Requests[T];

/** What a client had seen when its connection ended: the last seq in each of its rooms. */
export type ResumePoint = ObjectOf<typeof RESUME>;

function readId(value: unknown): string | undefined {
  const id = string.read(value, "id");
  if (id === undefined || id.length * 3 <= MAX_ID_BYTES) return id;
  const bytes = utf8Length(id);
  if (bytes <= MAX_ID_BYTES) return id;
  throw new FieldError(`An id has at most ${MAX_ID_BYTES} bytes; this one has ${bytes}`);
}

/** A request for a server of the first version, which has no read marks and knows no field about them. */
export function withoutUnseen(request: Request): Request {
  if (request.type !== "say" && request.type !== "direct") return request;
  const { unseen: _, ...known } = request;
  return known;
}
