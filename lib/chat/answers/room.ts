/** The answer to `room`: how a room is set, and who may enter it. */

import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import { readableRoom, roleIn } from "../judge/checks.ts";
import { MOST_COUNTED } from "../messages/history.ts";
import { type RoomLog, roomLog } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { RoomAsk } from "../people/people_ask.ts";
import { putModeration } from "../put_people.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
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
  const ask = { kind, ...asked };
  const unsaid = await checkReveal(house, session, named, ask);
  await putModeration(
    house,
    unsaid === undefined ? ask : () => {
      unsaid();
      return { ...ask, reveal: true };
    },
    session.hash,
  );
  session.deliver({
    ...roomEvent(house.state, named),
    ...(asked.remove ? { removed: true } as const : {}),
    ...idOf({ id }),
  });
}

/**
 * Throws a {@linkcode Refusal} (`would-reveal`) where everybody could read from now on what was said by
 * invitation only, and that was not asked for. Where there is nothing to read the room may open, if that is
 * still so in the moment in which it does: the check that resolves looks for what is said meanwhile.
 */
async function checkReveal(
  house: HouseParts,
  session: Session,
  { key, name }: Named,
  { access = "invite", reveal = false }: RoomAsk,
): Promise<(() => void) | undefined> {
  const { state, audiences, log } = house;
  const isOpening = access !== "invite" && state.rooms.access(key) === "invite";
  if (reveal || !isOpening || roleIn(state, session, key) === "member") return undefined;
  const heard = audiences.of(key);
  const { said = 0 } = heard ?? {};
  // What was said before is counted when it is stored.
  await log.settled();
  checkUnsaid(name, await messagesIn(house, roomLog(key)));
  return () => {
    const now = audiences.of(key);
    checkUnsaid(name, (now?.said ?? 0) - (now === heard ? said : 0));
  };
}

function checkUnsaid(name: string, messages: number): void {
  if (messages === 0) return;
  const what = messages === 1 ? "1 message was" : `${messages} messages were`;
  throw new Refusal(
    "would-reveal",
    sentence`${what} said in ${name} by invitation only, and everybody could read that; ${{
      to: "reveal",
    }}`,
    undefined,
    false,
    { messages },
  );
}

/** How many messages of a room can be read; of very many, how many entries. */
export async function messagesIn({ index }: HouseParts, log: RoomLog): Promise<number> {
  const messages = (await index.unread(new Map([[log, 0]]))).get(log) ?? 0;
  if (messages < MOST_COUNTED) return messages;
  const { entries: [first] } = await index.page(log, { after: 0, limit: 1 });
  return first === undefined ? 0 : index.last(log) - first.message.seq + 1;
}
