/** What a house knows when it is made: what is kept, or all that was known before. */

import { loadState } from "./dump.ts";
import type { HouseLimits } from "./house_limits.ts";
import type { HouseOptions } from "./house_options.ts";
import type { HouseState } from "./house_state.ts";
import { Blocks } from "./people/blocks.ts";
import { Chats } from "./people/chats.ts";
import { Lists } from "./people/lists.ts";
import { People } from "./people/people.ts";
import type { IndexPart } from "./replaying.ts";
import { Registry } from "./rooms/registry.ts";
import { pastOf, RoomRecords } from "./rooms/room_records.ts";
import { RoomShares } from "./rooms/room_shares.ts";

/**
 * The state of a house that has read nothing of its log. `index` is what is asked of what is kept. Throws an
 * `Error` for a dump that can't be read.
 */
export function newState(options: HouseOptions, limits: HouseLimits, index: IndexPart): HouseState {
  const { factLog, before, date, addressKey = () => undefined } = options;
  // What was known before has all of that, in its order.
  const kept = before === undefined ? factLog.people : undefined;
  const rooms = new RoomRecords(kept);
  const past = pastOf(index, rooms);
  const registry = new Registry(limits, past, new RoomShares(limits, past));
  const state = {
    registry,
    persons: registry.persons,
    people: new People(date, kept),
    lists: new Lists((log) => index.last(log), kept),
    rooms,
    chats: new Chats(() => limits.newChatsPerHour, kept?.chats),
    blocks: new Blocks(kept?.blocks),
    rules: rulesOf(limits, addressKey),
  };
  if (before !== undefined) loadState(state, before);
  return state;
}

/** The rules that come of limits. */
export function rulesOf(
  limits: HouseLimits,
  addressKey: HouseState["rules"]["addressKey"],
): HouseState["rules"] {
  const { messageBytes, sessionMs, visitorMs, nameMs, accounts, devices } = limits;
  const { unansweredDirects, waitingDirects, keptChats, chatsPerPerson, blocked } = limits;
  const { roomMembers, roomLinks, foundedRooms, editMs } = limits;
  return {
    ...{ messageBytes, sessionMs, visitorMs, nameMs, accounts, devices, addressKey },
    ...{ unansweredDirects, waitingDirects, keptChats, chatsPerPerson, blocked },
    ...{ roomMembers, roomLinks, foundedRooms, editMs },
  };
}
