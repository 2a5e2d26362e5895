/** The answers to `block` and `unblock`. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { ownAccount } from "../judge/judge_account.ts";
import { settingsOf } from "../own_settings.ts";
import { putPeople } from "../put_people.ts";
import type { Session } from "../sessions/session.ts";

/** Has the session's account hear somebody no more, or again. */
export async function block(
  house: HouseParts,
  session: Session,
  { id, type: kind, name }: RequestOf<"block"> | RequestOf<"unblock">,
): Promise<void> {
  const account = ownAccount(house.state, session);
  await putPeople(house, { kind, name }, session.hash);
  session.deliver({ type: "settings", ...idOf({ id }), ...settingsOf(house.state, account.id) });
}
