/** The entry that shows a message. */

import type { Quote } from "../../words/fold.js";
import { answersText, choicesText, isOpenQuestion } from "../../words/question.js";
import { partnerIn } from "./conversations.ts";
import type { PrintedEntry } from "./entry.ts";
import type { EntryMarks } from "./entry_marks.ts";
import type { ShownFiles } from "./files/shown_files.ts";
import type { Rooms } from "./rooms.ts";
import type { ShownMessage, ShownMessages } from "./shown_messages.ts";

/** What an entry depends on besides the message. */
export interface EntryContext {
  readonly rooms: Rooms;
  readonly files: ShownFiles;
  readonly messages: ShownMessages;
  /** Our name. */
  readonly name: () => string;
  readonly isOwn: (name: string) => boolean;
  /** Matches the words by which a message is for the reader; `undefined`: it is not. */
  readonly mention: (message: ShownMessage) => RegExp | undefined;
  /** What a room or conversation goes by for good. */
  readonly logKey: (place: string) => string;
  /** Whether the person sees the numbers of messages. */
  readonly hasNumbers: () => boolean;
  /** Whether the person does not want to hear somebody. */
  readonly hides: (name: string) => boolean;
}

/**
 * The entry for a message, marked with its room unless that is on screen (`isHere`). From now on the person can
 * mean it by its number.
 */
export function messageEntry(
  message: ShownMessage,
  context: EntryContext,
  isHere = context.rooms.isCurrent(message.room),
): PrintedEntry {
  const { from, action, at, room, seq } = message;
  const { isOwn, name, files, messages, logKey } = context;
  const own = message.own === true || isOwn(from);
  const log = logKey(room);
  messages.note(log, message, own);
  // Who comes back gets what was removed without its text, and learns by whom in what follows.
  const isRemoved = message.text === "";
  const { text, ...file } = isRemoved ? { text: "" } : files.said(message);
  const partner = partnerIn(room);
  const key = seq === 0 ? {} : { key: messages.keyOf(log, seq) };
  const number = seq > 0 && context.hasNumbers() ? { number: seq } : {};
  const common = {
    from,
    at: new Date(at),
    own,
    ...file,
    ...key,
    ...number,
    ...marksOf(message, context),
    ...isRemoved ? { removed: message.removed ?? { by: from, at } } : {},
  };
  if (partner !== undefined && !isHere) {
    const done = action === true ? `* ${text}` : text;
    return { kind: "direct", to: own ? partner : name(), text: done, ...common };
  }
  const mention = own ? undefined : context.mention(message);
  return {
    kind: "message",
    text,
    action: action === true,
    ...common,
    ...mention === undefined ? {} : { mention },
    ...isHere ? {} : { room },
  };
}

function marksOf(message: ShownMessage, { hides, hasNumbers }: EntryContext): EntryMarks {
  const { re, quote, edited, pinned, reactions } = message;
  return {
    ...re === undefined ? {} : { quote: quote === undefined ? "gone" : heard(quote, hides) },
    ...re !== undefined && hasNumbers() ? { re } : {},
    ...edited === undefined ? {} : { edited: true },
    ...pinned ? { pinned } : {},
    ...reactions === undefined ? {} : { reactions },
    ...questionOf(message, Date.now()),
  };
}

/**
 * What a message asks as long as it is open, and what was answered. A question of a conversation is answered by
 * whose it is, from any room: its number alone may be that of another question there.
 */
function questionOf(
  { seq, room, ask, answers = [] }: ShownMessage,
  now: number,
): Pick<EntryMarks, "question" | "answers"> {
  if (ask === undefined) return {};
  const isOpen = isOpenQuestion(ask, answers, now);
  return {
    ...isOpen ? { question: choicesText(ask, seq, partnerIn(room)) } : {},
    ...answers.length === 0 ? {} : { answers: answersText(answers) },
  };
}

/** What is answered, without the words of somebody whom the person does not want to hear. */
function heard({ from, text }: Quote, hides: EntryContext["hides"]): Quote {
  return { from, text: hides(from) ? "…" : text };
}
