/** Who has invited somebody: an account, whatever its name is now. */

import type { HouseState } from "../house_state.ts";
import type { Account, Member } from "../people/records.ts";

/** Who invites, as it is kept. */
export function inviterFrom(
  by: string,
  account: Account | undefined,
): Pick<Member, "by" | "inviter"> {
  return account === undefined ? { by } : { by, inviter: account.id };
}

/** The name of whoever has invited somebody: as it is now, or was then. */
export function inviterName(
  { people }: Pick<HouseState, "people">,
  { by, inviter = "" }: Pick<Member, "by" | "inviter">,
): string {
  return people.accountWith(inviter)?.name ?? by;
}

/** Whether an account does not want to hear of an invitation: it blocks the one by whom it is. */
export function isUnwanted(
  { blocks }: Pick<HouseState, "blocks">,
  { account, inviter }: Member,
): boolean {
  return inviter !== undefined && blocks.has(account, `account ${inviter}`);
}
