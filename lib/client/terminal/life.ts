/**
 * Takes what becomes of messages: those on screen are painted anew. Of others a line tells what the person
 * should know.
 */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { foldEntry, ownEntry, quoteText, sharedReactionText } from "../../words/fold.js";
import { answeredText } from "../../words/question.js";
import { partnerIn } from "./conversations.ts";
import type { PrintedEntry, ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";
import type { KnownMessage } from "./shown_messages.ts";

/** An event about a message. */
type MessageNews = EventOf<"revised" | "removed" | "reacted" | "pinned" | "answered">;
/** What asks for one. */
export type LifeRequest = RequestOf<"revise" | "remove" | "react" | "pin" | "answer">;

/** Whether an event tells what was done about a message. */
export function isLifeNews(event: { readonly type: string }): event is MessageNews {
  return ["revised", "removed", "reacted", "pinned", "answered"].includes(event.type);
}

/** Whether a request is about a message that was said. */
export function isAboutMessage(request: { readonly type: string }): request is LifeRequest {
  return ["revise", "remove", "react", "pin", "answer"].includes(request.type);
}

/** Somebody has done something about a message; maybe it is us, on another device. */
export function takeLife(event: MessageNews, known: Known): ScreenEntry[] {
  const place = known.placeOf(event);
  // Of a conversation that we do not know nothing was shown.
  if (place === "") return [];
  // It was there when we came, and comes with the earlier messages.
  const room = known.rooms.get(place);
  const isEarlier = event.seq <= (room?.last ?? 0);
  known.rooms.saw(place, event.seq);
  const before = known.messages.get(known.logKey(place), event.re);
  const isNews = before === undefined || !before.own && before.message.text !== "";
  if (room !== undefined && event.type === "removed" && !isEarlier && !event.own && isNews) {
    const mention = before !== undefined && known.isForReader(before.message);
    known.rooms.removed(room, { re: event.re, seq: event.seq, mention });
  }
  const changed = fold(event, place, known);
  // Whoever comes reads what has become of it, and not how.
  if (isEarlier) return shown(changed, event.re, [], known);
  const told = tell(event, before, known);
  // What is pinned is told in any case: it is for everybody, and the message may be long gone.
  if (event.type === "pinned") return [...shown(changed, event.re, [], known), ...told];
  return shown(changed, event.re, told, known);
}

/** The server has done what we asked for about a message. */
export function takeOwnLife(
  { seq = 0, at, count }: EventOf<"ack">,
  request: LifeRequest,
  known: Known,
): ScreenEntry[] {
  const place = known.placeOf(request);
  if (place === "") return [];
  known.rooms.saw(place, seq);
  const event = ownEntry(request, { seq, at, count }, known.name);
  const before = known.messages.get(known.logKey(place), request.re);
  const isOld = before !== undefined && foldEntry(before.message, event) === before.message;
  const shared = isOld && !known.isListed ? sharedReactionText(request) : undefined;
  if (shared !== undefined) return [known.notice(shared)];
  const changed = fold(event, place, known);
  const told = known.notice(ownText(request, before));
  // It can't be taken back, so nobody is to find out by looking what it was.
  if (request.type === "remove") return [...shown(changed, request.re, [], known), told];
  return shown(changed, request.re, [told], known);
}

/** What was said there is not kept any more. */
export function takeEmptied(event: EventOf<"emptied">, known: Known): void {
  const place = known.placeOf(event);
  if (place === "") return;
  known.rooms.saw(place, event.to);
  known.messages.emptied(known.logKey(place), event.from, event.to);
  known.watcher?.emptied(place, event.from, event.to);
}

function fold(
  event: Parameters<Known["messages"]["take"]>[1],
  place: string,
  { messages, stream, logKey }: Known,
): KnownMessage[] {
  stream.fold(place, event);
  return messages.take(logKey(place), event);
}

/** Paints the changed messages anew; `told` is told if the one with this number is not on screen. */
function shown(
  changed: readonly KnownMessage[],
  re: number,
  told: readonly PrintedEntry[],
  known: Known,
): ScreenEntry[] {
  const entries = changed.map(({ message }): ScreenEntry => {
    const otherwise = message.seq === re ? told : [];
    return {
      kind: "changed",
      key: known.messages.keyOf(known.logKey(message.room), message.seq),
      now: known.stream.entryOf(message),
      otherwise,
    };
  });
  return changed.some(({ message }) => message.seq === re) ? entries : [...entries, ...told];
}

/** What is told of it where the message is not on screen. */
function tell(
  event: MessageNews,
  before: KnownMessage | undefined,
  known: Known,
): PrintedEntry[] {
  const { preferences, rooms, blocked } = known;
  const place = known.placeOf(event);
  if (preferences.ignores(event.from) || blocked.says(event)) return [];
  const isHere = rooms.isCurrent(place);
  if (!isHere && preferences.alarmOf(place, false).mutes) return [];
  const text = tellingText(event, before);
  if (text === undefined) return [];
  const where = isHere ? {} : partnerIn(place) === undefined ? { room: place } : {};
  return [{ kind: "notice", at: new Date(event.at), text, ...where }];
}

function tellingText(event: MessageNews, before: KnownMessage | undefined): string | undefined {
  const who = event.own ? "You" : event.from;
  const { re } = event;
  switch (event.type) {
    case "revised":
      return `${who} changed ${re}: ${event.text}`;
    case "removed": {
      const author = before?.message.from;
      const whose = author === undefined || author === event.from ? "" : ` of ${author}`;
      return `${who} removed ${re}${whose}${
        event.reason === undefined ? "." : `: ${event.reason}`
      }`;
    }
    case "reacted": {
      // Others see it when they look; whoever said it wants to know.
      if (before?.own !== true || event.off || event.own) return undefined;
      return `${who}: ${event.key} for your ${re}: ${quoteText(before.message.text)}`;
    }
    case "answered":
      return `${answeredText({ ...event, from: who })}${asked(before)}`;
    case "pinned": {
      const what = before === undefined || before.message.text === ""
        ? "."
        : `: ${before.message.from}: ${quoteText(before.message.text)}`;
      return `${who} ${event.off ? "unpinned" : "pinned"} ${re}${what}`;
    }
  }
}

/** What was asked, behind what was answered. */
function asked(before: KnownMessage | undefined): string {
  const text = before?.message.text ?? "";
  return text === "" ? "." : ` (${quoteText(text)})`;
}

/** What is told of a request of ours where the message is not on screen, and of each removal. */
function ownText(request: LifeRequest, before: KnownMessage | undefined): string {
  const { re } = request;
  switch (request.type) {
    case "revise":
      return `You changed ${re}: ${request.text}`;
    case "remove":
      // The words of others are not said again by whoever takes them away.
      return before?.own && before.message.text !== ""
        ? `You removed ${re}: ${quoteText(before.message.text)}`
        : `You removed ${re}.`;
    case "react":
      return request.off
        ? `${request.key} is taken back from ${re}.`
        : `${re} has your ${request.key}.`;
    case "answer":
      return `You answered question ${re}: ${request.choice}${asked(before)}`;
    case "pin":
      return request.off ? `You unpinned ${re}.` : `You pinned ${re}.`;
  }
}
