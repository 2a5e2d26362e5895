/** The entry that shows a message. */

import type { Message } from "../../wire/events.ts";
import { partnerIn } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { ShownFiles } from "./files/shown_files.ts";
import type { Rooms } from "./rooms.ts";

/** A message; of a conversation, `room` is what it goes by here. */
export type ShownMessage = Omit<Message, "seq">;

/** What an entry depends on besides the message. */
export interface EntryContext {
  readonly rooms: Rooms;
  readonly files: ShownFiles;
  /** Our name. */
  readonly name: () => string;
  readonly isOwn: (name: string) => boolean;
  /** Matches the words by which a text is for the reader. */
  readonly mention: () => RegExp | undefined;
}

/** The entry for a message, marked with its room unless that is on screen. */
export function messageEntry(message: ShownMessage, context: EntryContext): ScreenEntry {
  const { from, action, at, room } = message;
  const { rooms, isOwn, name, files } = context;
  const { text, ...file } = files.said(message);
  const own = isOwn(from);
  const partner = partnerIn(room);
  const isHere = rooms.isCurrent(room);
  const common = { from, at: new Date(at), own, ...file };
  if (partner !== undefined && !isHere) {
    const done = action === true ? `* ${text}` : text;
    return { kind: "direct", to: own ? partner : name(), text: done, ...common };
  }
  const mention = own ? undefined : context.mention();
  const isMentioned = mention !== undefined && text.search(mention) >= 0;
  return {
    kind: "message",
    text,
    action: action === true,
    ...common,
    ...isMentioned ? { mention } : {},
    ...isHere ? {} : { room },
  };
}
