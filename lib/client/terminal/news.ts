/** What the server tells in sentences, as entries; and which of it is only noted. */

import { commandBehind } from "../../words/commands/table.js";
import { invitedText } from "../../words/commands/room.js";
import { describe } from "../../words/describe.js";
import type { Event, EventOf } from "../../wire/events.ts";
import { withLocalTimes } from "../local_times.ts";
import { conversationWith, titleOf } from "./conversations.ts";
import type { CountedNews } from "./counted.ts";
import type { ScreenEntry } from "./entry.ts";

/** What the server tells unasked in its own words, with times among them. */
const SERVERS_OWN: ReadonlySet<string> = new Set(["notice", "error", "bye"]);
/** How many rooms with news a greeting names. */
const MAX_NAMED = 8;

/** The entries that tell `event`; `room` is where it happened, if the text does not say it. */
export function newsOf(event: Event, at: Date, room?: string): ScreenEntry[] {
  const kind = event.type === "error" ? "error" : "notice";
  const where = room === undefined ? {} : { room };
  const isDated = SERVERS_OWN.has(event.type) || commandBehind(event)?.dated;
  return (describe(event) ?? []).map((sentence) => {
    const text = isDated ? withLocalTimes(sentence) : sentence;
    return { kind, at, text, ...where };
  });
}

/** Where something is new, and how much; `name` is shown. */
export function newsText(parts: ReadonlyArray<CountedNews & { readonly name: string }>): string {
  const named = parts.slice(0, MAX_NAMED).map(({ name, unread, mentions }) =>
    `${name} ${unread}${mentions > 0 ? ` (${mentions} for you)` : ""}`
  );
  const rest = parts.length - named.length;
  return `New: ${(rest > 0 ? [...named, `${rest} more`] : named).join(", ")}.`;
}

/** What somebody with an account learns when they come in: what is new, and where they are invited. */
export function unreadNews(
  { rooms = [], chats = [], invited = [], missed = 0 }: EventOf<"ready">,
): string[] {
  const parts = [
    ...rooms.map(({ room, unread, mentions }) => ({ name: room, unread, mentions })),
    ...chats.map((chat) => ({
      name: titleOf(conversationWith(chat.with)),
      unread: chat.unread,
      mentions: 0,
    })),
  ].filter(({ unread }) => unread > 0);
  return [
    ...parts.length === 0 ? [] : [newsText(parts)],
    ...missed === 0 ? [] : [
      `${missed} ${missed === 1 ? "message was" : "messages were"} for you while you were away; ` +
      "/missed shows them.",
    ],
    ...invited.map(invitedText),
  ];
}
