/** The answer to `room`: how a room is set, and who may enter it. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { readableRoom, roleIn } from "../judge/checks.ts";
import { type RoomLog, roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { RoomAsk } from "../people/people_ask.ts";
import { putModeration } from "../put_people.ts";
import { Refusal } from "../refusal.ts";
import { roomEvent } from "../room_effects.ts";
import type { Session } from "../sessions/session.ts";

/** Tells how a room is set, or sets it otherwise. */
export async function room(
  house: HouseParts,
  session: Session,
  { type: kind, id, ...asked }: RequestOf<"room">,
): Promise<void> {
  const named = readableRoom(house.state, session, asked.room);
  const isAsking = Object.keys(asked).length === 1;
  if (isAsking) return session.deliver({ ...roomEvent(house.state, named), ...idOf({ id }) });
  const reveal = await checkReveal(house, session, named, { kind, ...asked });
  await putModeration(house, { kind, ...asked, ...(reveal ? { reveal } : {}) }, session.hash);
  session.deliver({
    ...roomEvent(house.state, named),
    ...(asked.remove ? { removed: true } as const : {}),
    ...idOf({ id }),
  });
}

/**
 * Whether everybody may read from now on what was said by invitation only; throws a {@linkcode Refusal}
 * (`would-reveal`) that says how much that is where it was not asked for.
 */
async function checkReveal(
  house: HouseParts,
  session: Session,
  { key, name }: Named,
  { access = "invite", reveal = false }: RoomAsk,
): Promise<boolean> {
  const { state } = house;
  const isOpening = access !== "invite" && state.rooms.access(key) === "invite";
  if (reveal || !isOpening || roleIn(state, session, key) === "member") return reveal;
  const messages = await messagesIn(house, roomLog(key));
  if (messages === 0) return true;
  const what = messages === 1 ? "1 message was" : `${messages} messages were`;
  throw new Refusal(
    "would-reveal",
    `${what} said in ${name} by invitation only, and everybody could read that; ` +
      "say it again with reveal if that is meant",
    undefined,
    false,
    { messages },
  );
}

/** How many messages of a room can be read. */
export async function messagesIn({ index }: HouseParts, log: RoomLog): Promise<number> {
  const { entries: [first] } = await index.page(log, { after: 0, limit: 1 });
  return first === undefined ? 0 : index.last(log) - first.message.seq + 1;
}
