/** The answer to `settings`: what an account has set for all its devices. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { ownAccount } from "../judge/judge_account.ts";
import { putPeople } from "../put_people.ts";
import type { Session } from "../sessions/session.ts";
import { settingsOf } from "../own_settings.ts";

/** Tells the settings of the session's account, after what is asked for has been set. */
export async function settings(
  house: HouseParts,
  session: Session,
  request: RequestOf<"settings">,
): Promise<void> {
  const account = ownAccount(house.state, session);
  const { notify, hideSeen, id } = request;
  if (notify !== undefined || hideSeen !== undefined) {
    const ask = {
      kind: "settings",
      notify: notify ?? {},
      ...(hideSeen === undefined ? {} : { hideSeen }),
    } as const;
    await putPeople(house, ask, session.hash);
  }
  session.deliver({ type: "settings", ...idOf({ id }), ...settingsOf(house.state, account.id) });
}
