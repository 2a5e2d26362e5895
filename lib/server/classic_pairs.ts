/** Events as a classic client gets them: pairs of frames, a name and what it says. */

import { pairText } from "../wire/encode.ts";
import type { Event, EventOf } from "../wire/events.ts";
import { EDIT_SIGN, SERVER_NAME } from "../wire/names.ts";
import { noPinsText, withQuote } from "../words/commands/life.js";
import { describeMessage } from "../words/commands/talk.js";
import { describe } from "../words/describe.js";
import { captionOf, fetchSentence } from "../words/files.js";
import { nameKey } from "../words/names.js";
import { choicesText } from "../words/question.js";
import { type Encode, Encoded } from "./encoded.ts";
import type { SharedState } from "./host.ts";

/** The ids of commands whose answers have a form of their own: those of `/pins` and `/answer`. */
export const CLASSIC_IDS = { pins: "pins", answer: "answer" } as const;

/** Encodes events as pairs of frames, without the news that the classic protocol has no form for. */
export function encodeClassic(events: readonly Event[]): Encoded {
  return new Encoded(events.map((event) => eventPairs(event)));
}

/** The encoding of each server, which says where its files are fetched. */
const encodings = new WeakMap<SharedState, Encode>();

/** One for all classic clients of a server, so that each batch is encoded once. */
export function encodingOf(shared: SharedState): Encode {
  let encode = encodings.get(shared);
  if (encode === undefined) {
    encode = (events) => new Encoded(events.map((event) => eventPairs(event, shared)));
    encodings.set(shared, encode);
  }
  return encode;
}

function eventPairs(event: Event, shared?: SharedState): string {
  // Plain messages are by far the most frequent events: take the short way for them.
  if (event.type === "message" && !event.action) {
    const text = event.file === undefined ? event.text : fileText(event, shared);
    return pairText(event.from, withQuote(text, event.quote) + questionLine(event));
  }
  if (event.type === "revised") return pairText(event.from, EDIT_SIGN + fileText(event, shared));
  return pairsFor(event).map(([name, text]) => pairText(name, text)).join("");
}

/** The line below a question, by which it can be answered. */
function questionLine(event: EventOf<"message"> | EventOf<"direct">): string {
  const { ask, seq } = event;
  if (ask === undefined || seq === undefined) return "";
  const whose = event.type === "direct" ? event.from : undefined;
  return `\n[${choicesText(ask, seq, whose)}]`;
}

/** What a message says that brings a file, with a link that leads everybody to it who may enter the room. */
export function fileText(
  { room = "", text, file }: Pick<EventOf<"revised">, "room" | "text" | "file">,
  shared: SharedState | undefined,
): string {
  if (file === undefined) return text;
  const { links, house } = shared ?? {};
  const key = nameKey(room);
  const isForAll = house !== undefined && house.state.rooms.access(key) !== "invite";
  const url = isForAll ? links?.link(file, { reader: `room ${key}` }).url : undefined;
  return fetchSentence(file, url, captionOf(text, file));
}

function pairsFor(event: Event): Array<readonly [name: string, text: string]> {
  switch (event.type) {
    case "message":
      return [[
        event.from,
        (event.action ? describeMessage(event) : event.text) + questionLine(event),
      ]];
    case "direct":
      return [[event.from, `(to you) ${withQuote(event.text, event.quote)}${questionLine(event)}`]];
    case "removed":
      return [[SERVER_NAME, removedText(event)]];
    case "pinned":
      return [[SERVER_NAME, pinnedText(event)]];
    case "page":
      return event.id === CLASSIC_IDS.pins && event.messages.length === 0
        ? [[SERVER_NAME, noPinsText(event.room)]]
        : serverPairs(event);
    case "reacted":
    case "emptied":
      return [];
    case "ack":
      return directAck(event);
    case "joined":
    case "left":
      // The original classic server never told who comes and goes, so neither do we.
      return event.id !== undefined && event.type === "joined" ? serverPairs(event) : [];
    default:
      return serverPairs(event);
  }
}

function removedText({ from, chat, reason }: EventOf<"removed">): string {
  const what = chat === undefined ? "a message" : "a message to you";
  return `${from} removed ${what}${reason === undefined ? "" : `: ${reason}`}.`;
}

/** A client of this kind knows no numbers of messages. */
function pinnedText({ from, off }: EventOf<"pinned">): string {
  return off ? `${from} unpinned a message.` : `${from} pinned a message; /pins shows it.`;
}

/** A direct message or an answer leaves no trace on a classic screen unless the server says that it arrived. */
function directAck(event: EventOf<"ack">): Array<readonly [string, string]> {
  if (event.id === CLASSIC_IDS.answer) return [[SERVER_NAME, "You have answered."]];
  return event.id !== undefined && event.room === undefined ? [[SERVER_NAME, "Delivered."]] : [];
}

function serverPairs(event: Event): Array<readonly [string, string]> {
  return (describe(event) ?? []).map((line) => [SERVER_NAME, line] as const);
}
