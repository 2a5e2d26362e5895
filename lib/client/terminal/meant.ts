/** Which message a line is about, and what the row shows of it. */

import type { Message } from "../../wire/events.ts";
import { inertLine } from "../../words/inert.js";
import { quoteText } from "../../words/fold.js";
import { isLately } from "../../words/last_said.js";
import { nameKey } from "../../words/names.js";
import type { Place } from "../../words/command.js";
import { partnerIn } from "./conversations.ts";
import type { Known } from "./known.ts";
import { lineOf, type Outgoing } from "./outgoing.ts";
import type { Draft } from "./recalled.ts";
import { writtenOf } from "./shown_messages.ts";

const ABOUT =
  /^\s*\/(?:get|save|re|reply|edit|remove|delete|react|unreact|reactions|pin|unpin)\s+([1-9]\d{0,14})(?:\s|$)/;

/** The beginning of the message that a line is about; empty if it is about none, or that is not known. */
export function aboutLine(line: string, { messages, logKey, rooms }: Known): string {
  const [, number] = ABOUT.exec(line) ?? [];
  if (number === undefined) return "";
  const known = messages.get(logKey(rooms.current), Number(number))?.message;
  if (known === undefined) return `no ${number} on this screen`;
  if (known.text === "") return `${inertLine(known.from)}: removed`;
  return `${inertLine(known.from)}: ${inertLine(quoteText(known.text))}`;
}

/** What the person has said where they look, as far as it was shown, as they would type it; the latest first. */
export function ownLines({ messages, logKey, rooms }: Known): string[] {
  return messages.in(logKey(rooms.current)).filter(({ own }) => own)
    .map(({ message }) => ({ ...writtenOf(message), action: message.action === true }))
    .filter(({ text }) => text !== "")
    .map((said) => lineOf({ type: "say", room: rooms.current, ...said }));
}

/** Where a line is typed, and what was said there last. */
export function typedPlace(known: Known): Place {
  const { names, rooms: { current } } = known;
  const fileAt = (seq: number): Message["file"] => {
    const { message, own } = known.messages.get(known.logKey(current), seq) ?? {};
    return own ? message?.file : undefined;
  };
  const said = { names, mends: known.hasLife(), fileAt, ...lastSaid(known) };
  const partner = partnerIn(current);
  if (partner === undefined) return { room: current, ...said };
  const chat = known.conversations.keyOf(current);
  return { room: "", conversation: chat === undefined ? { to: partner } : { chat }, ...said };
}

/** What the person said last on screen, and what of it waits to be sent. */
function lastSaid(known: Known): Pick<Place, "lastOwn" | "unsent"> {
  const { own, messages, logKey, rooms, standing, now } = known;
  const log = logKey(rooms.current);
  const isRemoved = (seq: number): boolean =>
    [...own.waiting.values()].some(({ request }) =>
      request.type === "remove" && request.re === seq && isHere(request, known)
    );
  const last = messages.lastOwn(log, isRemoved);
  const lastOwn = last && {
    ...writtenOf(last),
    isLately: isLately(new Date(last.at).getTime(), now().getTime()),
    isLast: standing.online && messages.lastIn(log) === last.seq,
  };
  const unsent = [...own.waiting].findLast(([, { request }]) =>
    (request.type === "say" || request.type === "direct") && isHere(request, known)
  );
  const [id = "", { request, isOnItsWay } = {}] = unsent ?? [];
  return {
    ...lastOwn === undefined ? {} : { lastOwn },
    ...request?.type === "say" || request?.type === "direct"
      ? { unsent: { id, request, isOnItsWay: isOnItsWay === true } }
      : {},
  };
}

/** Whether something goes to what is on screen. */
function isHere(request: Outgoing, { rooms: { current }, logOf }: Known): boolean {
  const { room, chat } = logOf(current) ?? {};
  if ("chat" in request && request.chat !== undefined) return request.chat === chat;
  if ("room" in request && request.room !== undefined) {
    return room !== undefined && nameKey(request.room) === nameKey(room);
  }
  const partner = partnerIn(current);
  return "to" in request && request.to !== undefined && partner !== undefined &&
    nameKey(request.to) === nameKey(partner);
}

/** The line that edits a message of ours; `undefined`: there is none. */
export function editLine({ messages, logKey, rooms }: Known, number: number): Draft | undefined {
  const { message, own } = messages.get(logKey(rooms.current), number) ?? {};
  if (!own || message === undefined || message.text === "") return undefined;
  const command = `/edit ${number} `;
  const text = command + writtenOf(message).text;
  return { text, cursor: text.length, from: command.length };
}

/** The number before the last so many messages on screen, as far as they were shown. */
export function numberBeforeLast(
  { rooms, messages, logKey, hasLife }: Known,
  count: number,
): number {
  const { last: end } = rooms.get(rooms.current) ?? { last: 0 };
  // Where nothing else has numbers, each is that of a message.
  if (!hasLife()) return Math.max(0, end - count);
  const shown = messages.in(logKey(rooms.current)).filter(({ message }) => message.text !== "");
  const nth = shown[count - 1]?.message.seq;
  // Nobody knows which numbers of those that were not shown are messages: each is taken for one.
  const last = shown.at(-1)?.message.seq ?? end + 1;
  return Math.max(0, (nth ?? last - (count - shown.length)) - 1);
}
