/** What becomes of an account's settings by what one of its sessions asks for. */

import type { HouseState } from "../house_state.ts";
import type { PeopleAsk } from "../people/people_ask.ts";
import type { Change } from "../people/records.ts";
import type { Session } from "../sessions/session.ts";
import { ownAccount } from "./judge_account.ts";
import { listedBy } from "./listed_by.ts";

/** What it comes to; throws a `Refusal` where a room is not listed. */
export function judgeSettings(
  state: HouseState,
  session: Session,
  { notify, hideSeen }: Extract<PeopleAsk, { readonly kind: "settings" }>,
): Change[] {
  const { id } = ownAccount(state, session);
  const changes = Object.entries(notify).map(([room, wanted]): Change => {
    const { notify: _, ...rest } = listedBy(state, session, { room });
    return { type: "listed", listed: wanted === "all" ? rest : { ...rest, notify: wanted } };
  });
  if (hideSeen === undefined) return changes;
  const { seen } = state.lists.settings(id);
  const settings = { account: id, seen, ...(hideSeen ? { hideSeen: true } as const : {}) };
  return [...changes, { type: "settings", settings }];
}
