/** What becomes of conversations when they are begun, and when a guest becomes an account. */

import type { HouseState } from "../house_state.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import type { Account, Change, Party } from "../people/records.ts";
import { openerOf } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { checkMute } from "./checks.ts";
import { isGone, whoIsSession } from "./parties.ts";

/** Begins a conversation, if there is none yet. Throws a {@linkcode Refusal} if it may not be. */
export function judgeBegin(
  state: HouseState,
  session: Session,
  { key, to }: Extract<PeopleAsk, { readonly kind: "chat" }>,
  at: number,
): Change[] {
  const { chats, people, registry, rules } = state;
  checkMute(state, session, undefined, at);
  const who = whoIsSession(state, session);
  if (chats.between(who, to.who) !== undefined) return [];
  if (isGone(state, to)) throw new Refusal("no-such-name", `${to.name} has just left`);
  if (chats.size >= rules.keptChats) {
    throw new Refusal(
      "too-many-chats",
      `The server keeps ${chats.size} conversations, which is its limit; its operator can raise it`,
    );
  }
  const own = chats.begunBy(who);
  if (own >= rules.chatsPerPerson) {
    throw new Refusal("too-many-chats", `You have begun ${own} conversations, which is the limit`);
  }
  chats.checkBegun(openerOf(people, people.accountOf(session), session.address), registry.time);
  const parties = [{ who, name: session.name }, to] as const;
  return [{ type: "chat", chat: { key: freeKey(state, key), parties, at } }];
}

/** A key that is taken by others is that of a guest who has become an account since. */
function freeKey({ chats }: HouseState, key: string): string {
  let free = key;
  for (let count = 2; chats.get(free) !== undefined; count++) free = `${key}-${count}`;
  return free;
}

/** A guest reserves a name: its conversations are the account's from now on, under the same keys. */
export function moveChats(
  state: HouseState,
  session: Session,
  { id, name }: Pick<Account, "id" | "name">,
): Change[] {
  const who = whoIsSession(state, session);
  const own: Party = { who: `account ${id}`, name };
  const moved = (party: Party): Party => party.who === who ? own : party;
  return state.chats.of(who).map((record): Change => {
    const [one, other] = record.parties;
    return { type: "chat", chat: { ...record, parties: [moved(one), moved(other)] } };
  });
}

/** A guest reserves a name: whoever blocks the guest blocks the account from now on. */
export function moveBlocks(
  state: HouseState,
  session: Session,
  { id }: Pick<Account, "id">,
): Change[] {
  const who = whoIsSession(state, session);
  return state.blocks.all.filter((block) => block.who === who).flatMap((block): Change[] => [
    { type: "unblock", account: block.account, who },
    { type: "block", block: { ...block, who: `account ${id}` } },
  ]);
}
