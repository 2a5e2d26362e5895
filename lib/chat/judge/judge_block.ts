/** What becomes of whom an account does not want to hear. */

import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { keyOf } from "../messages/log_key.ts";
import { isAccount, type PersonId } from "../people/chats.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import type { Block, Change } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";
import { ownAccount } from "./judge_account.ts";
import { mayTalk, nobodyCalled } from "./judge_direct.ts";
import { partyNamed } from "./parties.ts";

/** Blocks somebody, or hears it again. Throws a {@linkcode Refusal} if that can't be. */
export function judgeBlock(
  state: HouseState,
  session: Session,
  { kind, name }: Extract<PeopleAsk, { readonly kind: "block" | "unblock" }>,
  at: number,
): Change[] {
  const { id: account } = ownAccount(state, session);
  if (kind === "unblock") return unblock(state, account, name);
  const party = partyNamed(state, name);
  if (party === undefined || !mayTalk(state, session, party)) throw nobodyCalled(name);
  const { who } = party;
  if (who === `account ${account}`) {
    throw new Refusal("no-such-name", `${party.name} is you; name somebody else to block`);
  }
  if (state.blocks.has(account, who)) return [];
  const blocks = state.blocks.of(account);
  const block: Change = { type: "block", block: { account, who, name: party.name, at } };
  if (blocks.length < state.rules.blocked) return [block];
  // Those who have given their names back say nothing any more, so the first of them makes way.
  const gone = blocks.find(({ who }) => isGone(state, who as PersonId));
  if (gone !== undefined) return [{ type: "unblock", account, who: gone.who }, block];
  throw new Refusal(
    "too-many-blocked",
    `You block ${blocks.length} people, which is the limit; /unblock somebody first`,
  );
}

/**
 * Hears whoever goes by a name, and all who went by it. Who has given it back stays blocked until then: what they
 * have said is still there, and would be read again.
 */
function unblock(state: HouseState, account: string, name: string): Change[] {
  const key = nameKey(name);
  const found = state.blocks.of(account).filter((block) =>
    nameKey(blockedName(state, block)) === key
  );
  if (found.length === 0) {
    throw new Refusal("no-such-name", `You block nobody called ${name}`);
  }
  return found.map(({ who }) => ({ type: "unblock", account, who }));
}

/** Whether it is an account that there is no more. */
function isGone({ people }: HouseState, who: PersonId): boolean {
  return isAccount(who) && people.accountWith(keyOf(who)) === undefined;
}

/** What somebody who is blocked is called now, or was then. */
export function blockedName({ people }: Pick<HouseState, "people">, block: Block): string {
  const who = block.who as PersonId;
  return (isAccount(who) ? people.accountWith(keyOf(who))?.name : undefined) ?? block.name;
}
