/** Whom a message mentions: by the function by which clients ring. */

import { isAddressedTo, keysAddressed } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import type { RoomLog } from "../messages/log_key.ts";
import type { Session } from "../sessions/session.ts";
import { whoIsSession } from "./parties.ts";

/**
 * The ids of the accounts that a text in a room is addressed to: of those that have the room listed, and
 * so may read it, but not its speaker's own.
 */
export function accountsMentioned(
  { people, lists, blocks }: Pick<HouseState, "people" | "lists" | "blocks">,
  session: Session | undefined,
  log: RoomLog,
  text: string,
): readonly string[] {
  const listed = lists.accounts(log);
  if (listed.size === 0) return NOBODY;
  const own = session && people.accountOf(session);
  const found: string[] = [];
  for (const key of keysAddressed(text)) {
    const account = people.account(key);
    if (account === undefined || account === own || !listed.has(account.id)) continue;
    if (!isAddressedTo(text, account.name)) continue;
    // What somebody says whom one blocks is no mention.
    if (session !== undefined && blocks.has(account.id, whoIsSession({ people }, session))) {
      continue;
    }
    found.push(account.id);
  }
  return found;
}

const NOBODY: readonly string[] = [];
