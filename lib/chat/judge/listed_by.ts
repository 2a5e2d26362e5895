/** Finds what a request names in the list of the session's account. */

import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { chatLog, roomLog } from "../messages/log_key.ts";
import type { Listed } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { notInRoom } from "./checks.ts";

/** How a request names a room or a conversation: one of the two. */
interface Named {
  readonly room?: string;
  readonly chat?: string;
}

/**
 * The place in the list. Throws a {@linkcode Refusal} for what the account has not listed, which tells
 * nothing of whether it is there.
 */
export function listedBy(
  { people, lists, registry }: Pick<HouseState, "people" | "lists" | "registry">,
  session: Session,
  { room, chat }: Named,
): Listed {
  if ((room === undefined) === (chat === undefined)) {
    throw new Refusal("bad-field", "One of room and chat must be there, and not both");
  }
  const account = people.accountOf(session);
  const log = chat === undefined
    ? roomLog(registry.room(room ?? "")?.key ?? nameKey(room ?? ""))
    : chatLog(chat);
  const listed = account && lists.get(account.id, log);
  if (listed !== undefined) return listed;
  if (room !== undefined) throw notInRoom(room);
  throw new Refusal("no-such-chat", "You have no such conversation, or no longer");
}
