/** Which message a line is about, and what the row shows of it. */

import { inertLine } from "../../words/inert.js";
import { quoteText } from "../../words/fold.js";
import type { Known } from "./known.ts";
import { writtenOf } from "./shown_messages.ts";

/** Servers let a message be edited for a day unless they are told otherwise; in ms. */
const EDITABLE_MS = 86_400_000;
const ABOUT =
  /^\s*\/(?:get|save|re|edit|remove|delete|react|unreact|reactions|pin|unpin)\s+([1-9]\d{0,14})(?:\s|$)/;

/** The beginning of the message that a line is about; empty if it is about none, or that is not known. */
export function aboutLine(line: string, { messages, logKey, rooms }: Known): string {
  const [, number] = ABOUT.exec(line) ?? [];
  if (number === undefined) return "";
  const known = messages.get(logKey(rooms.current), Number(number))?.message;
  if (known === undefined) return `no ${number} on this screen`;
  if (known.text === "") return `${inertLine(known.from)}: removed`;
  return `${inertLine(known.from)}: ${inertLine(quoteText(known.text))}`;
}

/** The line that edits a message of ours, by default the last one that can be edited. */
export function editLine(known: Known, number?: number): string | undefined {
  const { messages, logKey, rooms, hasLife, now, own } = known;
  if (!hasLife() || number === undefined && own.isSaying) return undefined;
  const log = logKey(rooms.current);
  const meant = number === undefined ? undefined : messages.get(log, number);
  const message = number === undefined ? messages.lastOwn(log) : meant?.own && meant.message;
  if (!message || message.text === "") return undefined;
  // What is too old is not in the way of the lines that Up finds.
  const isOld = now().getTime() - new Date(message.at).getTime() > EDITABLE_MS;
  if (number === undefined && isOld) return undefined;
  const { seq, text } = writtenOf(message);
  return `/edit ${seq} ${text}`;
}
