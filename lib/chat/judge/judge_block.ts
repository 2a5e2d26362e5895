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
  if (kind === "unblock") return [unblock(state, account, name)];
  const party = partyNamed(state, name);
  if (party === undefined || !mayTalk(state, session, party)) throw nobodyCalled(name);
  const { who } = party;
  if (who === `account ${account}`) {
    throw new Refusal("no-such-name", `${party.name} is you; name somebody else to block`);
  }
  if (state.blocks.has(account, who)) return [];
  const blocked = state.blocks.of(account).length;
  if (blocked < state.rules.blocked) {
    return [{ type: "block", block: { account, who, name: party.name, at } }];
  }
  throw new Refusal(
    "too-many-blocked",
    `You block ${blocked} people, which is the limit; /unblock somebody first`,
  );
}

function unblock(state: HouseState, account: string, name: string): Change {
  const key = nameKey(name);
  const found = state.blocks.of(account).find((block) =>
    nameKey(blockedName(state, block)) === key
  );
  if (found === undefined) {
    throw new Refusal("no-such-name", `You block nobody called ${name}`);
  }
  return { type: "unblock", account, who: found.who };
}

/** What somebody who is blocked is called now, or was then. */
export function blockedName({ people }: Pick<HouseState, "people">, block: Block): string {
  const who = block.who as PersonId;
  return (isAccount(who) ? people.accountWith(keyOf(who))?.name : undefined) ?? block.name;
}
