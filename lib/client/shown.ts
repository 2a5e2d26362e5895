/**
 * What a client in a pipe prints: events as lines for people, as JSON for programs, or as bare text, and
 * why its link has ended.
 */

import { describeMessage } from "../words/commands/talk.js";
import { withQuote } from "../words/commands/life.js";
import { answeredText, askedText } from "../words/question.js";
import type { Event, EventOf } from "../wire/events.ts";
import { EDIT_SIGN } from "../wire/names.ts";
import { inertLine } from "../words/inert.js";
import { inertJson } from "./printer.ts";
import type { Conversation, LinkStatus } from "./conversation.ts";
import type { FileSaver } from "./files/file_saver.ts";
import { localTime, withLocalTimes } from "./local_times.ts";
import { isForPerson, sameName } from "../words/names.js";

/**
 * `lines`: messages, one per line, made inert for a terminal. `json`: all events of use to a program,
 * one per line. `raw`: the text of each message byte for byte and a newline, whatever it does to a
 * terminal. In the last two but `json` an edit is a line with `* ` before the new text, and what else
 * becomes of a message is nothing.
 */
export type Shape = "lines" | "json" | "raw";

/** How a script's client prints. */
export interface ScriptOptions {
  readonly link: Conversation;
  readonly output: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Prints a diagnostic line. */
  readonly complain: (line: string) => void;
  readonly shape: Shape;
  /** Whether lines begin with the room. */
  readonly rooms?: boolean;
  /** Whether lines begin with the time, as it is on this machine. */
  readonly times?: boolean;
  /** Saves the files of the messages that are printed. */
  readonly saver?: FileSaver | undefined;
}

/** Events that are of no use to a script. */
const SILENT = new Set(["ack", "ping", "pong", "welcome"]);

/** The text to print for `event`; empty if it is not printed. */
export function shown(
  event: Event,
  { shape, rooms = false, times = false }: Pick<ScriptOptions, "shape" | "rooms" | "times">,
): string {
  if (shape === "json") return jsonLine(event);
  if (event.type === "answered" && shape === "lines") {
    const line = answeredText(event);
    return `${rooms && event.room !== undefined ? `#${inertLine(event.room)} ` : ""}${
      inertLine(line)
    }\n`;
  }
  if (!isSaid(event)) return "";
  const text = event.type === "revised" ? EDIT_SIGN + event.text : event.text;
  if (shape === "raw") return `${text}\n`;
  const time = times ? `${localTime(new Date(event.at))} ` : "";
  return `${time}${inertLine(lineOf(event, text, rooms))}${howToGet(event)}${whatIsAsked(event)}\n`;
}

type Said = EventOf<"message" | "direct" | "revised">;

/** Whether there is a text in an event that somebody has said, and not taken back. */
function isSaid(event: Event): event is Said {
  const isSaid = event.type === "message" || event.type === "direct" || event.type === "revised";
  return isSaid && event.text !== "";
}

function lineOf(event: Said, text: string, rooms: boolean): string {
  const { from } = event;
  switch (event.type) {
    case "message": {
      const line = describeMessage(event);
      return rooms ? `#${event.room} ${line}` : line;
    }
    case "direct":
      return `${from} (to ${event.own ? event.to : "you"}): ${withQuote(text, event.quote)}`;
    case "revised": {
      const { room, chat, own, to = "" } = event;
      if (chat !== undefined) return `${from} (to ${own ? to : "you"}): ${text}`;
      return rooms ? `#${room} ${from}: ${text}` : `${from}: ${text}`;
    }
  }
}

/** What can be answered to the question of a message; a pipe can't, which says whatever it is given. */
function whatIsAsked(event: Said): string {
  if (event.type === "revised" || event.ask === undefined) return "";
  return ` [${inertLine(askedText(event.ask))}]`;
}

/** How the file of a message can be had. */
function howToGet(event: Said): string {
  const file = event.type === "revised" ? undefined : event.file;
  return file === undefined ? "" : ` (chatroom get ${inertLine(file.id)} fetches it)`;
}

/** Leaves out the secret of the session: a script's log should not have it. */
function jsonLine(event: Event): string {
  if (SILENT.has(event.type)) return "";
  const { session: _, ...rest } = event as Event & { session?: string };
  return `${inertJson(JSON.stringify(rest))}\n`;
}

/** The text of a status, made inert, with local times, and with a hint what to do. */
export function whyEnded({ text, code }: Pick<LinkStatus, "text" | "code">): string {
  const hint = code === "name-reserved"
    ? " Put that into $CHATROOM_LOGIN, or take another name with --name."
    : "";
  return inertLine(withLocalTimes(text)) + hint;
}

/** Whether `event` is a direct message to us, or a message in `room` that names us. */
export function isMeantFor(event: Event, name: string, room: string): boolean {
  if (event.type === "direct") return !sameName(event.from, name);
  if (event.type !== "message" || !sameName(event.room, room)) return false;
  return isForPerson(event, name);
}
