/**
 * What a client may ask: a table, one row a request, from which come its type, the check of what is
 * sent and the row in PROTOCOL.md. The server answers each by an event (events.ts).
 */

import {
  count,
  counts,
  type Fields,
  flag,
  type MessagesOf,
  object,
  type ObjectOf,
  optional,
  required,
  secret,
  string,
} from "./fields.ts";

/** The longest password of a server, in UTF-16 code units; what is longer is refused unread. */
export const MAX_SERVER_PASSWORD = 1_024;

const RESUME = { epoch: string, seq: counts, direct: optional(count) };

/** Every request and its fields. */
export const REQUESTS = {
  hello: {
    name: optional(string, "that of the first frame"),
    room: optional(string, "`lobby`"),
    password: optional(secret, "the server's"),
    login: optional(secret, "the password of the name"),
    session: optional(secret),
    resume: optional(object(RESUME)),
    scrollback: optional(count, "how many earlier messages"),
    visitor: optional(flag, "`true`: is not announced"),
    exact: optional(flag, "`true`: takes no number"),
  },
  say: {
    room: string,
    text: string,
    action: optional(flag, "`true`: something done, `/me`"),
  },
  direct: { to: string, text: string },
  join: { room: string, scrollback: optional(count, "as in `hello`") },
  leave: { room: string },
  rename: { name: string },
  topic: { room: string, text: optional(string, "sets it") },
  who: { room: string },
  rooms: {},
  history: {
    room: string,
    before: optional(count, "a seq"),
    limit: optional(count, "50; 200 at most"),
  },
  search: {
    query: required(string, "what must be there"),
    room: optional(string, "all that the session is in"),
    from: optional(string, "a name"),
    before: optional(count, "a seq"),
    cursor: optional(string, "that of the page before, to go on after it"),
    skip: optional(count, "how many matches to pass over: those of earlier pages"),
    limit: optional(count, "as in `history`"),
  },
  register: { password: required(secret, "for the name that the session goes by") },
  login: {
    password: secret,
    name: optional(string, "the reserved name that was last refused, or one's own"),
  },
  passwd: { password: required(secret, "the new one") },
  unregister: {},
  mod: {
    action: required(string, "`kick`, `ban`, `unban`, `mute`, `unmute`, `op`, `deop`"),
    target: required(string, "a name or an address"),
    room: optional(string, "where it is asked"),
    only: optional(flag, "`true`: acts in `room` alone, whatever the role"),
    forMs: optional(count, "for ever"),
    reason: optional(string),
  },
  bans: { room: optional(string) },
  audit: { limit: optional(count, "20; 200 at most") },
  quit: {},
  ping: {},
  pong: {},
} satisfies Readonly<Record<string, Fields>>;

type Requests = MessagesOf<typeof REQUESTS, { readonly id?: string }>;

/** What a client may ask. `id` is chosen by the client and comes back with the answer. */
export type Request = Requests[keyof Requests];

/** The request of one type. */
export type RequestOf<T extends Request["type"]> = Requests[T];

/** Where a client was when its connection ended: the last seq that it saw in each of its rooms. */
export type ResumePoint = ObjectOf<typeof RESUME>;
