/** Parts of events, mostly the objects in their lists, each as a table of fields; see events.ts. */

import {
  count,
  flag,
  object,
  objects,
  optional,
  required,
  secret,
  string,
  strings,
  trueFlag,
  valuesOf,
} from "./fields.ts";
import { FILE } from "./file_events.ts";

/** A room in a list of rooms. */
export const LISTED_ROOM = {
  room: string,
  members: required(count, "how many"),
  topic: optional(string),
  title: optional(string),
  access: optional(string, "`unlisted`, `invite`; `open` if none"),
};

/** Somebody in a list of who belongs to a room. */
export const LISTED_PERSON = {
  name: string,
  account: optional(string, "none: a guest"),
  role: optional(string, "`owner`, `operator`, `host`; none: a member"),
  here: flag,
  away: optional(string, "what they say of it"),
  visitor: optional(trueFlag),
};

/** A room to which somebody was invited. */
export const INVITED = { room: string, by: string, at: string };

/** Somebody who is invited to a room, for its hosts. */
export const LISTED_MEMBER = {
  name: string,
  by: required(string, "who invited them"),
  at: string,
};

/** A link that invites to a room, for its hosts. */
export const LISTED_LINK = {
  link: string,
  by: string,
  until: optional(string, "for ever if none"),
  uses: optional(count, "how often it may be used"),
  used: required(count, "how often it was"),
  register: optional(trueFlag, "`true`: who comes by it may reserve a name"),
};

/** A device in a list of them. */
export const DEVICE = {
  device: required(string, "what names it"),
  label: required(string, "what it calls itself; empty: nothing"),
  door: required(string, "by what it came: `event`, `web`, `classic`; empty: not known"),
  since: required(string, "when it was signed in"),
  seen: required(string, "when it was here last"),
  here: flag,
  this: optional(trueFlag, "`true`: the one that asks"),
};

/** What an account has set. */
export const OWN_SETTINGS = {
  notify: required(valuesOf(string), "by room: `mentions`, `none`; `all` for the others"),
  hideSeen: required(flag, "others do not learn when one was here"),
  blocked: required(objects({ name: string, account: optional(string) }), "whom one does not hear"),
};

/** A room in the list of an account. */
export const OWN_ROOM = {
  room: string,
  access: required(string, "`open`, `unlisted`, `invite`"),
  title: optional(string),
  topic: optional(string),
  seq: required(count, "that of `resume`, after which what was missed follows; else `last`"),
  last: required(count, "the seq of the latest message"),
  read: required(count, "the seq up to which it has been read"),
  unread: required(count, "messages after that; 1,000 at most"),
  mentions: required(count, "how many of those mention one"),
  notify: optional(string, "as in `settings`"),
  host: optional(trueFlag, "`true`: one is its host"),
};

/** A conversation in a list of them. */
export const LISTED_CHAT = {
  chat: string,
  with: required(string, "the other's name"),
  account: optional(string, "the id of the other's account; a guest has none"),
  gone: optional(trueFlag, "`true`: nothing can be said any more"),
  seq: required(count, "what comes after it follows"),
  last: required(count, "the last seq"),
  read: required(count, "the last that has been read"),
  unread: count,
  at: required(string, "the time of the last"),
  begun: optional(string, "when it was begun"),
};

/** A ban or a mute in a list of them. */
export const LISTED_BAN = {
  kind: required(string, "`ban`, `mute`"),
  target: string,
  room: optional(string, "everywhere if none"),
  by: string,
  at: string,
  until: optional(string, "for ever if none"),
  reason: optional(string),
};

/** What `whois` tells of somebody. */
export const PERSON = {
  name: string,
  account: optional(string, "its id; a guest has none"),
  role: optional(string, "of a reserved name"),
  here: required(flag, "whether it is connected"),
  away: optional(string, "why it says that it is away"),
  rooms: required(strings, "those that both are in or have listed"),
  idleMs: optional(count, "for how long it has done nothing"),
  seen: optional(string, "when it was here last"),
};

/** An account that was found by the beginning of its name. */
export const FOUND_PERSON = {
  name: string,
  account: required(string, "its id"),
  here: required(flag, "whether it is connected"),
  away: optional(string, "why it says that it is away"),
};

/** A line of the audit trail, which says who did what to whom. */
export const AUDIT_LINE = {
  at: string,
  by: string,
  action: string,
  target: string,
  room: optional(string),
  detail: optional(string),
};

/** What somebody who comes in is told. */
export const READY = {
  name: string,
  session: secret,
  room: string,
  seq: required(count, "what comes after it follows"),
  last: optional(count, "with earlier messages: the seq of the last of them"),
  topic: optional(string),
  title: optional(string, "what the room is called for people"),
  direct: required(count, "how many direct messages there were"),
  confined: optional(trueFlag, "`true`: a guest who came by a link"),
  servers: optional(strings, "[where else one may come in](#several-servers), in a cluster"),
  chats: optional(
    objects(LISTED_CHAT),
    "the 100 with the latest news; a device of an account, with `people`",
  ),
  moreChats: optional(trueFlag, "`true`: there are others"),
  lost: optional(trueFlag, "`true`: the session that was named is not known any more"),
  account: optional(string, "the id of the account, for a reserved name; a guest has none"),
  role: optional(string, "of the account: `owner`, `operator`, `member`"),
  rooms: optional(objects(OWN_ROOM), "this and the next two with `people`: what one has listed"),
  invited: optional(
    objects(INVITED),
    "rooms that others have invited the account to, and that it has not listed",
  ),
  settings: optional(object(OWN_SETTINGS)),
  missed: optional(count, "unread mentions and direct messages; 1,000 at most"),
  device: optional(string, "names this session to its person, and lets nobody in"),
};

/** What is told of something that has its place. */
export const ACK = {
  room: optional(string, "for `say`"),
  chat: optional(string, "for `direct`, with `people`"),
  seq: optional(count, "for `say`, and for `direct` with `people`"),
  at: string,
  away: optional(trueFlag, "`true`: the addressee is not here, and will find it"),
  guest: optional(
    trueFlag,
    "`true`: `away` is a guest, who finds it in the same session only",
  ),
  file: optional(object(FILE), "for `done`"),
  count: optional(count, "for `react`, where it was missed: as in `reacted`"),
};
