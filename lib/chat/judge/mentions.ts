/** Whom a message mentions: by the function by which clients ring. */

import { isAddressedTo, isForAll, keysAddressed } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { keyOf, type RoomLog } from "../messages/log_key.ts";
import type { ChoiceQuestion } from "../messages/question.ts";
import type { Session } from "../sessions/session.ts";
import { roleIn } from "./checks.ts";
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

/** The ids of the accounts that a question names, of those that could be mentioned. */
export function accountsAsked(
  { people, lists, blocks }: Pick<HouseState, "people" | "lists" | "blocks">,
  session: Session | undefined,
  log: RoomLog,
  question: Pick<ChoiceQuestion, "who"> | undefined,
): readonly string[] {
  if (question?.who === undefined) return NOBODY;
  const listed = lists.accounts(log);
  const own = session && people.accountOf(session)?.id;
  const who = session && whoIsSession({ people }, session);
  return question.who.filter((id) =>
    id !== own && listed.has(id) && !(who !== undefined && blocks.has(id, who))
  );
}

const NOBODY: readonly string[] = [];

/** In a room of more people nobody rings all of them. */
const MOST_RUNG = 100;

/** Whether what a session says in a room is meant for all, and it may ring them. */
export function isMeantForAll(
  state: HouseState,
  session: Session,
  { log, text }: { readonly log: RoomLog; readonly text: string },
): boolean {
  if (!text.includes("@") || !isForAll(text)) return false;
  if (roleIn(state, session, keyOf(log)) === "member") return false;
  const { people, lists, registry } = state;
  const listed = lists.accounts(log);
  const isOther = (member: Session): boolean => {
    const id = people.accountOf(member)?.id;
    return !member.isVisitor && (id === undefined || !listed.has(id));
  };
  const others = [...registry.roomOf(log)?.members ?? []].filter(isOther);
  return listed.size + new Set(others.map(({ person }) => person)).size <= MOST_RUNG;
}

/**
 * The ids of the accounts that have a room listed, but its speaker's own and those that block it: in order
 * of ids, since a house that was loaded does not know who listed the room first.
 */
export function everybodyMentioned(
  { people, lists, blocks }: Pick<HouseState, "people" | "lists" | "blocks">,
  session: Session,
  log: RoomLog,
): readonly string[] {
  const own = people.accountOf(session)?.id;
  const who = whoIsSession({ people }, session);
  return [...lists.accounts(log)].filter((id) => id !== own && !blocks.has(id, who)).sort();
}
