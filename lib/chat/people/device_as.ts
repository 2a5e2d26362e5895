/** A device as others than the house are told of it. */

import type { ListedDevice } from "../../wire/events.ts";
import { deviceOf } from "../sessions/session.ts";
import type { Device } from "./records.ts";

/** A device in a list; `here`: its client is connected. */
export function deviceAs(
  { hash, label, door, since, used }: Device,
  here: boolean,
): ListedDevice {
  return {
    ...{ device: deviceOf(hash), label, door, here },
    ...{ since: new Date(since).toISOString(), seen: new Date(used).toISOString() },
  };
}
