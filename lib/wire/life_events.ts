/** What events tell of the life of a message: answers, edits, removals, reactions and pins; see events.ts. */

import {
  count,
  type Fields,
  object,
  objects,
  oneOf,
  optional,
  required,
  string,
  strings,
  trueFlag,
} from "./fields.ts";
import { FILE } from "./file_events.ts";

/** How a message begins that another one answers. */
export const QUOTE = {
  from: required(string, "who said it"),
  text: required(string, "how it begins: one line, 80 characters at most"),
};

/** That a message was removed. */
const REMOVAL = {
  by: required(string, "who removed it"),
  at: string,
  reason: optional(string),
};

/** One of the reactions to a message. */
const REACTION = {
  key: required(string, "an emoji, or another single character"),
  count: required(count, "of how many people"),
  mine: optional(trueFlag, "`true`: one's own is among them"),
};

/** What a message asks. */
export const ASKED = {
  choices: required(strings, "what can be answered"),
  until: optional(string, "when it is too late; never if none"),
  from: optional(strings, "who may answer, by reserved name"),
  role: optional(oneOf(["host", "operator", "owner"]), "or whoever has this role, or a higher one"),
  quorum: optional(count, "how many people must say the same; 1 if none"),
};

/** What somebody has answered. */
const GIVEN_ANSWER = { from: string, choice: string, at: string };

const edited = optional(string, "when it was last; in a `page`, and where it was missed");

/** What a message answers, and that it was edited before it is told. */
export const ANSWERED = {
  re: optional(count, "the seq of what it answers; this and the next two with `life`"),
  quote: optional(object(QUOTE), "how that begins; none: it was removed or is gone"),
  edited,
  ask: optional(object(ASKED), "the question that it asks; with `ask`"),
};

/** What has become of a message, in a `page`. */
export const FOLDED = {
  removed: optional(object(REMOVAL), "in a `page`, as the next two; then `text` is empty"),
  reactions: optional(objects(REACTION), "in the order in which they were first given"),
  pinned: optional(trueFlag),
  answers: optional(objects(GIVEN_ANSWER), "with `ask`: who answered what, in their order"),
};

/** What events about a message have in common. */
const ABOUT = {
  room: optional(string),
  chat: optional(string, "in place of `room`"),
  seq: required(count, "its own, in the same order as messages"),
  re: required(count, "the seq of the message that it is about"),
  from: string,
  by: optional(string, "as in `message`"),
  at: string,
};

const own = optional(trueFlag, "as in `message`");

/** The events of the feature `life`, and `answered`, which is of `ask`. */
export const LIFE_EVENTS = {
  revised: {
    ...ABOUT,
    to: optional(string, "in a conversation, as the next: as in `direct`"),
    with: optional(string),
    text: required(string, "the new one"),
    file: optional(object(FILE), "what the message brings; `text` goes on saying so"),
    own,
  },
  removed: { ...ABOUT, reason: optional(string), own },
  reacted: {
    ...ABOUT,
    key: required(string, "as in `reactions` of a `message`"),
    off: optional(trueFlag, "`true`: taken back"),
    count: optional(
      count,
      "where it was missed: of those whose it is now, how many had given it by then",
    ),
    own,
  },
  pinned: {
    ...{ room: string, seq: ABOUT.seq, re: ABOUT.re, from: string, by: ABOUT.by, at: string },
    off: optional(trueFlag, "`true`: pinned no more"),
    own,
  },
  answered: { ...ABOUT, choice: required(string, "one of those of the question"), own },
  emptied: {
    room: optional(string),
    chat: optional(string, "in place of `room`"),
    from: required(count, "the first seq that holds nothing any more"),
    to: required(count, "the last"),
  },
  reactions: {
    room: optional(string),
    chat: optional(string, "in place of `room`"),
    re: count,
    reactions: objects({
      key: string,
      names: required(strings, "100 at most, with the next"),
      gone: optional(strings, "those whose account was given back, as they were called"),
      count: required(count, "of how many people"),
    }),
  },
} satisfies Readonly<Record<string, Fields>>;
