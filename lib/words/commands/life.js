// @ts-check
/** The commands for what becomes of a message: answers, edits, removals, reactions, pins, and questions. */

import { ask, logOfPlace, splitName, splitNumber, wrong } from "../command.js";
import { fileSentence } from "../files.js";
import { mendLast, undoLast } from "../last_said.js";
import { sameName } from "../names.js";
import { answeredText } from "../question.js";
import { reactionKey } from "../reaction.js";
import { isSecret, MAY_BE_SECRET } from "../secret.js";
import { readSubstitution } from "../substitution.js";

/** @import { EventOf, Message } from "../../wire/events.ts" */
/** @import { Command, Parsed, Place } from "../command.js" */
/** @typedef {{ readonly room: string } | { readonly chat: string }} LogName the room or conversation that a message is in */

/**
 * How `/edit` reads where what is to be changed can be put into the row: on a terminal and on the page.
 * @type {Pick<Command, "usage" | "summary">}
 */
export const EDIT_IN_ROW = {
  usage: "[NUMBER [TEXT]]",
  summary: "change what you said last, or the message with this number; " +
    "s/lunch/dinner/ changes a word in the last",
};

/** @type {readonly Command[]} */
export const LIFE_COMMANDS = [
  {
    name: "re",
    aliases: ["reply"],
    usage: "NUMBER TEXT",
    summary: "answer the message with this number: /re 41 yes, at noon",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => {
      const [re, text] = splitNumber(rest) ?? [];
      if (re === undefined || !text?.trim()) {
        return wrong("/re needs the number of a message and a text, as in: /re 41 yes, at noon");
      }
      const { room, conversation } = place;
      if (isSecret(text)) return wrong(MAY_BE_SECRET);
      if (conversation === undefined) return ask({ type: "say", room, text, re });
      return "chat" in conversation
        ? ask({ type: "direct", ...conversation, text, re })
        : nothingSaid(conversation.to);
    },
  },
  {
    name: "edit",
    usage: "NUMBER TEXT",
    summary: "say a message of yours anew, by its number: /edit 41 at one",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => {
      const change = place.mends ? readSubstitution(rest) : undefined;
      if (change !== undefined) return mendLast(change, place);
      const [re, text] = splitNumber(rest) ?? [];
      if (re === undefined || !text?.trim()) {
        return wrong(
          "/edit needs the number of a message and its new text, as in: /edit 41 at one; " +
            "s/lunch/dinner/ changes a word in what you said last",
        );
      }
      if (isSecret(text)) return wrong(MAY_BE_SECRET);
      if (text.trim() === '""') return parseNoCaption(re, place);
      return inLog(place, (log) => ask({ type: "revise", ...log, re, text }));
    },
  },
  {
    name: "remove",
    aliases: ["delete"],
    usage: "NUMBER [REASON]",
    summary: "take back a message; operators can remove those of others",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => {
      const [re, reason = ""] = splitNumber(rest) ?? [];
      if (re === undefined) return wrong(needsNumber("remove", rest, "/remove 41"));
      const why = reason.trim() === "" ? {} : { reason: reason.trim() };
      return inLog(place, (log) => ask({ type: "remove", ...log, re, ...why }));
    },
  },
  {
    name: "undo",
    usage: "",
    summary: "take back what you said last here, in the last 15 minutes",
    topic: "messages",
    beyondClassic: true,
    parse: (rest, place) => {
      if (rest !== "") return wrong(`/undo takes nothing, not ${rest}; /remove takes a number`);
      return undoLast(place);
    },
  },
  {
    name: "react",
    usage: "NUMBER EMOJI",
    summary: "react to a message: /react 41 👍",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => parseReaction("react", rest, place, {}),
  },
  {
    name: "unreact",
    usage: "NUMBER EMOJI",
    summary: "take a reaction of yours back",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => parseReaction("unreact", rest, place, { off: true }),
  },
  {
    name: "reactions",
    usage: "NUMBER",
    summary: "show who reacted to a message, and how",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => {
      const [re, more = ""] = splitNumber(rest) ?? [];
      return re === undefined || more !== ""
        ? wrong(needsNumber("reactions", rest, "/reactions 41"))
        : inLog(place, (log) => ask({ type: "reactions", ...log, re }));
    },
    tells: { reactions: reactionLines },
  },
  {
    name: "pin",
    usage: "NUMBER",
    summary: "pin a message to this room, for its hosts and operators",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => parsePin("pin", rest, place, {}),
    tells: {
      pinned: ({ from, re, off }) => [`${from} ${off ? "unpinned" : "pinned"} message ${re}.`],
    },
  },
  {
    name: "unpin",
    usage: "NUMBER",
    summary: "pin it no more",
    topic: "messages",
    takes: "message",
    beyondClassic: true,
    parse: (rest, place) => parsePin("unpin", rest, place, { off: true }),
  },
  {
    name: "answer",
    usage: "NUMBER CHOICE",
    summary: "answer the question with this number: /answer 57 yes",
    topic: "rest",
    takes: "message",
    parse: (rest, place) => {
      // A client that shows no conversations names whose question it answers.
      const [to, named] = rest.startsWith("@") ? splitName(rest.slice(1), place) : [];
      const [re, choice = ""] = splitNumber(named ?? rest) ?? [];
      if (re === undefined || choice.trim() === "") {
        return wrong("/answer needs the number of a question and a choice, as in: /answer 57 yes");
      }
      if (to !== undefined) return ask({ type: "answer", to, re, choice: choice.trim() });
      const log = logOfPlace(place);
      return log === undefined
        ? wrong("Nobody has asked you anything here yet")
        : ask({ type: "answer", ...log, re, choice: choice.trim() });
    },
    tells: { answered: (event) => [`${answeredText(event)}.`] },
  },
  {
    name: "pins",
    usage: "",
    summary: "show what is pinned to this room",
    topic: "messages",
    parse: (_rest, { room, conversation }) =>
      conversation !== undefined ? wrong(NO_PINS) : ask({ type: "pins", room }),
  },
];

/**
 * What is said with a file is taken away: what is left says that it is there, as the server has it, too.
 * @type {(re: number, place: Place) => Parsed}
 */
function parseNoCaption(re, place) {
  const file = place.fileAt?.(re);
  if (file === undefined) {
    return wrong(
      `There is no message ${re} of yours with a file here, whose text could be taken away; ` +
        `/remove ${re} takes a message back`,
    );
  }
  const text = fileSentence(file.name, file.size);
  return inLog(place, (log) => ask({ type: "revise", ...log, re, text }));
}

const NO_PINS = "A conversation has no pins: they are for rooms";

/** What is told where `/pins` finds none; `title`: what the room is called. @type {(title: string) => string} */
export function noPinsText(title) {
  return `Nothing is pinned in ${title}.`;
}

/** @type {(name: string, rest: string, place: Place, how: { readonly off?: true }) => Parsed} */
function parseReaction(name, rest, place, how) {
  const [re, typed = ""] = splitNumber(rest) ?? [];
  if (re === undefined || typed.trim() === "") {
    return wrong(`/${name} needs the number of a message and an emoji, as in: /${name} 41 👍`);
  }
  // As the server writes it, too.
  const key = reactionKey(typed);
  if (key === undefined) return wrong(`/${name} takes one emoji or character, not ${typed.trim()}`);
  return inLog(place, (log) => ask({ type: "react", ...log, re, key, ...how }));
}

/** @type {(name: string, rest: string, place: Place, how: { readonly off?: true }) => Parsed} */
function parsePin(name, rest, { room, conversation }, how) {
  if (conversation !== undefined) return wrong(NO_PINS);
  const [re, more = ""] = splitNumber(rest) ?? [];
  return re === undefined || more !== ""
    ? wrong(needsNumber(name, rest, `/${name} 41`))
    : ask({ type: "pin", room, re, ...how });
}

/**
 * A request about a message of the room or conversation that a line was typed in.
 * @type {(place: Place, request: (log: LogName) => Parsed) => Parsed}
 */
function inLog(place, request) {
  const log = logOfPlace(place);
  if (log !== undefined) return request(log);
  const { conversation } = place;
  return nothingSaid(conversation !== undefined && "to" in conversation ? conversation.to : "");
}

/** @type {(name: string) => Parsed} */
function nothingSaid(name) {
  return wrong(`Nothing was said between you and ${name} yet`);
}

/** @type {(name: string, rest: string, example: string) => string} */
function needsNumber(name, rest, example) {
  const got = rest === "" ? "" : `, not ${rest}`;
  return `/${name} takes the number of a message${got}, as in: ${example}`;
}

/**
 * A text behind the beginning of what it answers: `> bob: lunch? | yes`.
 * @type {(text: string, quote: Message["quote"]) => string}
 */
export function withQuote(text, quote) {
  return quote === undefined ? text : `> ${quote.from}: ${quote.text} | ${text}`;
}

/**
 * What is told in the place of a message that was removed; `author`: who had said it.
 * @type {(author: string, removed: NonNullable<Message["removed"]>) => string}
 */
export function removalText(author, { by, reason }) {
  const who = sameName(author, by) ? "removed" : `removed by ${by}`;
  return reason === undefined ? who : `${who}: ${reason}`;
}

/**
 * Somebody whose account was given back: whoever goes by that name now is somebody else.
 * @type {(name: string) => string}
 */
export function goneName(name) {
  return `${name} (gone)`;
}

/** A line for each reaction. @type {(event: EventOf<"reactions">) => string[]} */
function reactionLines({ re, reactions }) {
  if (reactions.length === 0) return [`Nobody has reacted to message ${re}.`];
  return reactions.map(({ key, names, gone = [], count }) => {
    const all = [...names, ...gone.map(goneName)];
    const others = count - all.length;
    const more = others <= 0 ? "" : ` and ${others} ${others === 1 ? "other" : "others"}`;
    return `${key} ${all.join(", ")}${more}`;
  });
}
