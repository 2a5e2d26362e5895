/** What an account has listed on the server, taken over: rooms, conversations, settings, read marks. */

import type { Event, EventOf, ListedChat } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import type { Blocked } from "./blocked.ts";
import { type Conversations, partnerIn } from "./conversations.ts";
import type { Known } from "./known.ts";
import type { Preferences } from "./preferences.ts";
import type { JoinedRoom, Rooms } from "./rooms.ts";

/** Where it is taken over to. */
export interface ListedParts {
  readonly rooms: Rooms;
  readonly conversations: Conversations;
  readonly preferences: Preferences;
  readonly blocked: Blocked;
  readonly invited: Known["invited"];
}

/** How a server says what is new in a room or conversation. */
interface Standing {
  readonly seq: number;
  readonly last: number;
  readonly read: number;
  readonly unread: number;
  readonly mentions?: number;
}

/**
 * Takes over what `ready` lists. The list is the server's: a room that is not in it any more was left on
 * another device, or the server has older data again. Returns whether the server keeps a list for us, and
 * which rooms are `gone` from it.
 */
export function takeListed(
  ready: EventOf<"ready">,
  parts: ListedParts,
): { readonly isListed: boolean; readonly gone: readonly string[] } {
  const { rooms } = parts;
  const { rooms: listed, chats = [], moreChats, settings, invited = [] } = ready;
  parts.conversations.olderThan = moreChats ? chats.at(-1)?.at : undefined;
  if (listed === undefined) return { isListed: false, gone: [] };
  if (settings !== undefined) takeSettings(settings, parts);
  const seen = new Map(parts.invited);
  parts.invited.clear();
  for (const { room, by } of invited) {
    const key = nameKey(room);
    parts.invited.set(key, seen.get(key) ?? { room, by, isNew: true });
  }
  const keys = new Set(listed.map(({ room }) => nameKey(room)));
  const gone = rooms.all.map(({ name }) => name)
    .filter((name) => partnerIn(name) === undefined && !keys.has(nameKey(name)));
  for (const name of gone) rooms.drop(name);
  for (const each of listed) stand(rooms, each.room, each);
  rooms.arrange(listed.map(({ room }) => room));
  for (const chat of [...chats].reverse()) takeChat(chat, parts);
  return { isListed: true, gone };
}

/** Somebody has invited the person, or has taken that back; what others are told of is left out. */
export function takeInvitation(
  event: Event,
  { invited, isOwn }: Pick<Known, "invited" | "isOwn">,
): void {
  if (event.type !== "invite" && event.type !== "uninvite") return;
  const { id, type, room, name } = event;
  if (name === undefined ? id !== undefined : !isOwn(name)) return;
  if (type === "uninvite") invited.delete(nameKey(room));
  else if (id === undefined) invited.set(nameKey(room), { room, by: event.by, isNew: true });
}

/** Something was read on another device, or counts as unread again: a conversation opens then. */
export function takeRead(
  event: EventOf<"read">,
  { rooms, conversations, placeOf }: Pick<Known, "rooms" | "conversations" | "placeOf">,
): [] {
  const { chat, seq, unread, mentions } = event;
  const place = placeOf(event);
  if (chat !== undefined && place !== "" && unread > 0 && rooms.get(place) === undefined) {
    const { last } = conversations.standing(chat);
    Object.assign(rooms.join(place), { unseen: true, last });
  }
  // In a conversation all is for the person, which the server does not count apart.
  rooms.wasRead(place, seq, unread, chat === undefined ? mentions : unread);
  return [];
}

/** Notes a conversation, and opens it if there is something new in it. `isOld`: there are none with earlier news. */
export function takeChat(
  chat: ListedChat,
  { rooms, conversations }: ListedParts,
  isOld = false,
): void {
  conversations.note(chat.chat, chat, isOld);
  const name = conversations.place(chat.chat) ?? "";
  if (chat.unread > 0 || rooms.get(name) !== undefined) {
    stand(rooms, name, { ...chat, mentions: chat.unread });
  }
}

/** Takes over the conversations of an account that is ours now: those with the latest news. */
export function takeNewest({ chats, more }: EventOf<"chats">, parts: ListedParts): [] {
  for (const chat of [...chats].reverse()) takeChat(chat, parts);
  parts.conversations.olderThan = more ? chats.at(-1)?.at : undefined;
  return [];
}

/** Notes older conversations that were asked for. */
export function takeOlder({ chats, more }: EventOf<"chats">, parts: ListedParts): void {
  const { conversations } = parts;
  for (const chat of chats) takeChat(chat, parts, true);
  conversations.olderThan = more ? chats.at(-1)?.at : undefined;
}

export function takeSettings(
  { blocked, notify }: NonNullable<EventOf<"ready">["settings"]>,
  parts: Pick<ListedParts, "blocked" | "preferences">,
): void {
  parts.blocked.set(blocked);
  parts.preferences.setNotify(notify);
}

function stand(
  rooms: Rooms,
  name: string,
  { seq, last, read, unread, mentions = 0 }: Standing,
): void {
  const known = rooms.get(name);
  const room: JoinedRoom = known ?? rooms.join(name);
  if (known === undefined) room.unseen = true;
  // Where it was looked at, what we missed follows, and is there when it has come.
  Object.assign(room, { last: room.unseen ? last : Math.min(seq, last), read });
  room.seen = Math.max(room.seen ?? 0, read);
  if (rooms.isCurrent(name) && !room.unseen) return;
  // What we missed follows, and is among them.
  Object.assign(room, {
    unread,
    mentions: Math.min(unread, mentions),
    counted: last,
    newFrom: read + 1,
  });
}
