// @ts-check
/** The commands for talking: what is said, under which name, about what, and what was said before. */

import { removalText, withQuote } from "./life.js";
import { ask, countIn, personIn, shortTime, speak, splitName, wrong } from "../command.js";

/** @import { EventOf, Message } from "../../wire/events.ts" */
/** @import { Command, Tells } from "../command.js" */

const DEFAULT_HISTORY = 20;
const MAX_HISTORY = 200;

/** @type {Tells} */
const tells = {
  // A search in all rooms names none, and what it found is of several.
  page: ({ room, chat, messages }) =>
    messages.length === 0
      ? [
        chat !== undefined
          ? "There is nothing earlier in this conversation."
          : room === ""
          ? "Nothing was found."
          : `${room} has no earlier messages.`,
      ]
      : messages.map((message) =>
        `[${message.at.slice(0, 16).replace("T", " ")}Z] ` +
        (room === "" ? `${logTitle(message)} ` : "") + describeMessage(message)
      ),
};

/** @type {readonly Command[]} */
export const TALK_COMMANDS = [
  {
    name: "msg",
    aliases: ["dm", "tell"],
    usage: "NAME TEXT",
    summary: 'tell one person only; a name with spaces may be quoted: /msg "Ann Lee" hi',
    topic: "talk",
    first: 1,
    takes: "name",
    parse: (rest, place) => {
      const [to, text] = splitName(rest, place);
      return to === "" || text === ""
        ? wrong("/msg needs a name and a text, as in: /msg ann see you at noon")
        : ask({ type: "direct", to, text });
    },
  },
  {
    name: "me",
    usage: "TEXT",
    summary: "say what you do: /me waves",
    topic: "talk",
    parse: (rest, place) =>
      rest === ""
        ? wrong("/me needs to know what you do, as in: /me waves")
        : speak(rest, place, { action: true }),
  },
  {
    name: "nick",
    aliases: ["name"],
    usage: "NAME",
    summary: "take another name",
    topic: "talk",
    parse: (rest) =>
      rest === ""
        ? wrong("/nick needs the name you want, as in: /nick ann")
        : ask({ type: "rename", name: personIn(rest) }),
    tells: {
      renamed: ({ id, from, to }) =>
        id === undefined ? [`${from} is now ${to}.`] : [`You are ${to} now.`],
    },
  },
  {
    name: "topic",
    usage: "[TEXT]",
    summary: "show what this room is about, or say it anew",
    topic: "rooms",
    parse: (rest, { room }) =>
      ask(rest === "" ? { type: "topic", room } : { type: "topic", room, text: rest }),
    tells: {
      topic: ({ id, room, text, from }) => {
        if (text !== "") return [from === undefined ? topicText(room, text) : setText(from, text)];
        if (id === undefined && from !== undefined) return [`${from} has taken the topic away.`];
        return [`${room} has no topic; /topic TEXT sets one.`];
      },
    },
  },
  {
    name: "history",
    usage: "[COUNT]",
    summary: `show the last messages here, ${DEFAULT_HISTORY} unless told`,
    topic: "talk",
    first: 10,
    parse: (rest, { room, conversation }) => {
      const limit = rest === "" ? DEFAULT_HISTORY : countIn(rest, MAX_HISTORY);
      if (limit === undefined) {
        return wrong(`/history takes a number from 1 to ${MAX_HISTORY}, not ${rest}`);
      }
      if (conversation === undefined) return ask({ type: "history", room, limit });
      return "chat" in conversation
        ? ask({ type: "history", ...conversation, limit })
        : wrong(`Nothing was said between you and ${conversation.to} yet`);
    },
    tells,
  },
  {
    name: "search",
    aliases: ["find"],
    usage: "[WORDS]",
    summary:
      'find what was said: /search lunch "at noon" from:bob in:dev after:2026-11-01; /search alone finds more',
    topic: "talk",
    first: 9,
    takes: "search",
    parse: (rest) => ask({ type: "search", query: rest }),
    tells,
  },
  {
    name: "missed",
    usage: "",
    summary: "show what was said to you since you were last here",
    topic: "talk",
    beyondClassic: true,
    parse: () => ask({ type: "missed" }),
    tells,
  },
  {
    name: "chats",
    usage: "",
    summary: "list your conversations, the latest first",
    topic: "talk",
    beyondClassic: true,
    parse: () => ask({ type: "chats" }),
    tells: {
      chats: ({ chats, more }) =>
        chats.length === 0 ? ["You have no conversations yet; /msg NAME TEXT begins one."] : [
          chats.map(({ with: name, unread, gone }) =>
            `@${name}` + (unread > 0 ? ` (${unread} new)` : gone ? " (gone)" : "")
          ).join(", ") + (more ? " and others" : ""),
        ],
    },
  },
];

/**
 * What somebody said, on one line where the text has one: `ann: hi`, `* ann waves`, or
 * `ann: > bob: lunch? | yes` where it answers something. A name that would look like the beginning of what
 * somebody else says stands as a JSON string: `"ann: hi": bob`.
 * @param {Pick<Message, "from" | "text" | "action" | "quote" | "removed">} message
 * @returns {string}
 */
export function describeMessage({ from, text, action, quote, removed }) {
  const who = nameInLine(from);
  if (removed !== undefined) return `${who}: (${removalText(from, removed)})`;
  const said = withQuote(text, quote);
  return action === true ? `* ${who} ${said}` : `${who}: ${said}`;
}

/** A name before what is said, so that nobody speaks as somebody else. @type {(name: string) => string} */
function nameInLine(name) {
  return /: |^["*>(-]/.test(name) ? JSON.stringify(name) : name;
}

/** Where a message was said, as it is marked. @type {(message: Message) => string} */
export function logTitle({ room, chat, with: partner = "" }) {
  return chat === undefined ? `#${room}` : `@${partner}`;
}

/** @type {(room: string, topic: string) => string} */
export function topicText(room, topic) {
  return `The topic of ${room}: ${topic}`;
}

/**
 * The topic of a room, and who has set it when, as far as that is told.
 * @type {(event: EventOf<"topic">) => string}
 */
export function standingTopic({ room, text, from, at }) {
  const who = from === undefined ? [] : [from];
  const when = at === undefined ? [] : [shortTime(at)];
  const set = [...who, ...when].join(", ");
  return topicText(room, text) + (set === "" ? "" : ` (${set})`);
}

/** @type {(from: string, topic: string) => string} */
function setText(from, topic) {
  return `${from} set the topic: ${topic}`;
}
