/** Requests from the server's machine about rooms, as of `chatroom room`, `invite` and `hook`. */

import type { HouseState } from "../house_state.ts";
import { checkRoom } from "../names/check_name.ts";
import type { Named } from "../names/name_tables.ts";
import type { ConsoleRequestOf } from "../people/console_request.ts";
import type { Change } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { hookAdded, hookRemoved } from "./judge_hook.ts";
import { linked } from "./judge_invite.ts";
import { roomChanges } from "./judge_room.ts";

/** What is known where a command asks: all of it while a server runs, and else what is stored. */
export type ConsoleState =
  & Pick<HouseState, "people" | "rooms" | "lists">
  & Partial<Pick<HouseState, "registry" | "rules">>;

/** Who asks, as the audit trail has it, and when. */
interface AskedBy {
  readonly by: string;
  readonly at: number;
}

/** What a request about a room's record comes to; throws a {@linkcode Refusal} if it can't be. */
export function judgeConsoleRoom(
  state: ConsoleState,
  { type: _, room: wanted, ...asked }: ConsoleRequestOf<"room">,
  { by, at }: AskedBy,
): Change[] {
  const room = roomMeant(state, wanted);
  const ask = { kind: "room", room: room.name, ...asked } as const;
  return roomChanges(state, { name: by, role: "owner", account: undefined }, room, ask, at);
}

/** What a request for a link comes to. */
export function judgeConsoleInvite(
  state: ConsoleState,
  { type: _, room: wanted, ...link }: ConsoleRequestOf<"invite">,
  asking: AskedBy,
): Change[] {
  return linked(state, asking, roomMeant(state, wanted), link);
}

/** What a request about a webhook comes to. */
export function judgeConsoleHook(
  state: ConsoleState,
  request: ConsoleRequestOf<"hook">,
  asking: AskedBy,
): Change[] {
  const { registry, rooms } = state;
  if (request.action === "add") {
    return hookAdded(state, request, roomMeant(state, request.room ?? ""), asking);
  }
  const nameOf = (key: string): string => registry?.nameOf(key) ?? rooms.of(key)?.name ?? key;
  return hookRemoved(state, request, nameOf, asking);
}

/**
 * The room that a name means. While a server runs it must be there; otherwise the command has looked for
 * it in the store.
 */
function roomMeant({ registry, rooms }: ConsoleState, wanted: string): Named {
  const key = registry?.room(wanted)?.key ?? checkRoom(wanted);
  if (registry !== undefined && !registry.isThere(key)) {
    throw new Refusal(
      "no-such-room",
      `There is no room ${wanted}: chatroom room list shows those that there are, and whoever joins ` +
        "it opens it",
    );
  }
  return { key, name: registry?.nameOf(key) ?? rooms.of(key)?.name ?? wanted };
}
