/** The list of a person's conversations, as its devices are told it. */

import type { EventOf, ListedChat } from "../wire/events.ts";
import type { HouseParts } from "./house_parts.ts";
import { isGone, otherParty, partyName, whoIsSession } from "./judge/parties.ts";
import { isoTime } from "./log/times.ts";
import { chatLog, keyOf } from "./messages/log_key.ts";
import { isAccount, type PersonId } from "./people/chats.ts";
import type { ChatRecord } from "./people/records.ts";
import type { Unread } from "./read_marks.ts";
import type { Hello } from "./sessions/peer.ts";
import type { Session } from "./sessions/session.ts";

/** A part of the list, and whether there is more. */
interface ChatList {
  readonly chats: readonly ListedChat[];
  readonly more: boolean;
}

type ListParts = Pick<HouseParts, "state" | "index">;

/** What of the conversations is listed. */
interface Wanted {
  readonly most: number;
  /** Only those with news before that time. */
  readonly before?: string | undefined;
  /** What has not been read in each. */
  readonly unread: Unread["unread"];
}

/** The conversations with the latest news. */
export function listChats(
  house: ListParts,
  session: Session,
  { most, before, unread }: Wanted,
): ChatList {
  const { state, index } = house;
  const who = whoIsSession(state, session);
  const end = before === undefined ? Infinity : Date.parse(before);
  const all = state.chats.of(who).filter(({ key }) =>
    index.last(chatLog(key)) > 0 && state.chats.newsAt(key) < end
  );
  const chats = all.slice(0, most).map((record) => listed(house, record, who, unread));
  return { chats, more: all.length > most };
}

/** Conversations that `ready` lists. */
const READY_CHATS = 100;

/** What `ready` says of the conversations of a device's account. */
export function ownChats(
  house: ListParts,
  session: Session,
  { resume }: Pick<Hello, "resume">,
  { unread }: Unread,
): Pick<EventOf<"ready">, "chats" | "moreChats"> {
  const isDevice = session.hasPeople && !session.isVisitor &&
    house.state.people.accountOf(session) !== undefined;
  if (!isDevice) return {};
  const { chats, more } = listChats(house, session, { most: READY_CHATS, unread });
  const seen = resume?.chats ?? {};
  const from = ({ chat, last }: ListedChat): number =>
    Object.hasOwn(seen, chat) ? Math.min(seen[chat] ?? last, last) : last;
  return {
    chats: chats.map((each) => ({ ...each, seq: from(each) })),
    ...(more ? { moreChats: true } : {}),
  };
}

function listed(
  { state, index }: ListParts,
  record: ChatRecord,
  who: PersonId,
  unread: Unread["unread"],
): ListedChat {
  const { key } = record;
  const log = chatLog(key);
  const other = otherParty(record, who);
  const last = index.last(log);
  const mark = isAccount(who) ? state.lists.get(keyOf(who), log) : undefined;
  return {
    chat: key,
    with: partyName(state, other),
    ...(isAccount(other.who) ? { account: keyOf(other.who) } : {}),
    ...(isGone(state, other) ? { gone: true } : {}),
    seq: last,
    last,
    read: mark?.read ?? last,
    unread: mark === undefined ? 0 : unread.get(log) ?? 0,
    at: isoTime(state.chats.newsAt(key)),
    begun: isoTime(record.at),
  };
}
