/** The answer to `chats`: the conversations of a person, those with the latest news first. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { listChats } from "../chat_list.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { after, type Later } from "../later.ts";
import { isChatLog } from "../messages/log_key.ts";
import { countUnread } from "../read_marks.ts";

/** Conversations in one answer at most. */
const MAX_CHATS = 200;

/** Lists the conversations of the session's person. */
export function chats(
  house: HouseParts,
  session: Session,
  { id, before, limit = 100 }: RequestOf<"chats">,
): Later<void> {
  if (before !== undefined && Number.isNaN(Date.parse(before))) {
    throw new Refusal("bad-field", `The field before must be a time, not ${before.slice(0, 40)}`);
  }
  const most = Math.max(1, Math.min(limit, MAX_CHATS));
  const account = house.state.people.accountOf(session)?.id;
  const marks = account === undefined ? [] : house.state.lists.of(account).values();
  const chatMarks = [...marks].filter(({ log }) => isChatLog(log));
  return after(countUnread(house, account ?? "", chatMarks), ({ unread }) => {
    const listed = listChats(house, session, { most, before, unread });
    session.deliver({ type: "chats", ...idOf({ id }), ...listed } satisfies EventOf<"chats">);
    // As with every list, the next request waits until it has gone out.
    return session.peer?.drained();
  });
}
