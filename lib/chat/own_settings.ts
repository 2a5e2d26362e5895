/** What accounts have set, as their own devices are told. */

import type { EventOf } from "../wire/events.ts";
import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { isRoomLog } from "./messages/log_key.ts";
import type { SettingsNews } from "./news.ts";
import { ownDevices } from "./read_marks.ts";

/** The settings of an account. */
export function settingsOf(
  { lists }: Pick<HouseState, "lists">,
  account: string,
): Omit<EventOf<"settings">, "type" | "id"> {
  const { hideSeen = false } = lists.settings(account);
  const set = [...lists.of(account).values()].flatMap(({ log, name, notify }) =>
    notify === undefined || !isRoomLog(log) ? [] : [[name, notify] as const]
  );
  return { notify: Object.fromEntries(set), hideSeen };
}

/** Tells the devices of an account that its settings have changed; whoever set them gets an answer. */
export function tellSettings(house: HouseParts, { account, by }: SettingsNews): void {
  const event = { type: "settings", ...settingsOf(house.state, account) } as const;
  for (const device of ownDevices(house, account)) {
    if (device.hasPeople && device.hash !== by) device.deliver(event);
  }
}
