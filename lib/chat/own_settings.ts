/** What accounts have set, as their own devices are told. */

import type { EventOf } from "../wire/events.ts";
import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { blockedName } from "./judge/judge_block.ts";
import { isRoomLog, keyOf } from "./messages/log_key.ts";
import type { SettingsNews } from "./news.ts";
import { isAccount, type PersonId } from "./people/chats.ts";
import { ownDevices } from "./read_marks.ts";

/** The settings of an account. */
export function settingsOf(
  state: Pick<HouseState, "lists" | "blocks" | "people">,
  account: string,
): Omit<EventOf<"settings">, "type" | "id"> {
  const { lists, blocks } = state;
  const { hideSeen = false } = lists.settings(account);
  const set = [...lists.of(account).values()].flatMap(({ log, name, notify }) =>
    notify === undefined || !isRoomLog(log) ? [] : [[name, notify] as const]
  );
  const blocked = blocks.of(account).map((each) => ({
    name: blockedName(state, each),
    ...(isAccount(each.who as PersonId) ? { account: keyOf(each.who) } : {}),
  }));
  return { notify: Object.fromEntries(set), hideSeen, blocked };
}

/** Tells the devices of an account that its settings have changed; whoever set them gets an answer. */
export function tellSettings(house: HouseParts, { account, by }: SettingsNews): void {
  const event = { type: "settings", ...settingsOf(house.state, account) } as const;
  for (const device of ownDevices(house, account)) {
    if (device.hasPeople && device.hash !== by) device.deliver(event);
  }
}
