/** How an account writes its name: another spelling of it, on all its devices. */

import type { HouseState } from "../house_state.ts";
import { alike, checkName } from "../names/check_name.ts";
import type { Account } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { Session } from "../sessions/session.ts";
import { checkMute } from "./checks.ts";

/** The account under that spelling of its name. Throws a {@linkcode Refusal} where it can't have it. */
export function respelled(
  state: HouseState,
  session: Session,
  account: Account,
  name: string,
  at: number,
): Account {
  const { people, registry } = state;
  const key = checkName(name);
  if (key !== account.key) {
    throw new Refusal(
      "not-allowed",
      sentence`${account.name} is your reserved name, and you can change only how it is written: ${name} is another one; ${{
        to: "logout",
      }}`,
    );
  }
  // Others see names.
  for (const room of ["", ...session.rooms]) checkMute(state, session, room, at);
  registry.checkWidth(name, "bad-name");
  const reserved = people.reserved(name, key);
  if (reserved !== undefined && reserved.key !== key) {
    throw new Refusal("name-reserved", `The name ${alike(name, reserved.name)}, which is reserved`);
  }
  if (registry.names.holder(name, key, session.person) !== undefined) {
    throw new Refusal("name-taken", `A name that looks like ${name} is in use here`);
  }
  return { ...account, name };
}
