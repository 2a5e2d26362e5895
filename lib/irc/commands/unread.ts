/** What an account has not read, as far as it is told to a client that can't ask for it. */

import type { House } from "../../chat/house.ts";
import { isChatLog, isRoomLog, keyOf } from "../../chat/messages/log_key.ts";
import type { Hello } from "../../chat/sessions/peer.ts";
import { nameKey } from "../../words/names.js";

/** The most of one place: clients can't tell it from what is said now. */
const MOST = 50;

/** From where on the owner of a name is told what was said, if it is let in. */
export function resumeOf(house: House, name: string): Pick<Hello, "resume"> {
  const { people, lists } = house.state;
  const account = people.account(nameKey(name));
  if (account === undefined) return {};
  const { index } = house;
  const seq: Record<string, number> = {};
  const chats: Record<string, number> = {};
  for (const { log, name, read } of lists.of(account.id).values()) {
    const last = index.last(log);
    const from = Math.max(Math.min(read, last), last - MOST);
    if (isRoomLog(log)) seq[name] = from;
    else if (isChatLog(log)) chats[keyOf(log)] = from;
  }
  return { resume: { epoch: index.epoch, seq, chats } };
}
