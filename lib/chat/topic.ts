/** The answer to `topic`: what a room is about. */

import type { RequestOf } from "../wire/requests.ts";
import { Asked } from "./asked.ts";
import { roomOf } from "./checks.ts";
import { countSpeech } from "./count_speech.ts";
import type { HouseParts } from "./house_parts.ts";
import { put } from "./put.ts";
import { idOf } from "./reply.ts";
import { openedBy } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Tells or sets what a room is about. */
export function topic(
  house: HouseParts,
  session: Session,
  request: RequestOf<"topic">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room);
  const { id, text } = request;
  const { key, log, name: title, topic } = room;
  if (text === undefined) {
    return session.deliver({ type: "topic", ...idOf(request), room: title, text: topic });
  }
  const from = session.name;
  const fact = {
    kind: "topic",
    by: session.hash,
    log,
    title,
    from,
    text,
    ...openedBy(room),
  } as const;
  const stored = put(house, fact, new Asked(session, id));
  const held = countSpeech(house, house.audiences.of(key), text.length);
  return stored === undefined ? held : stored.then(() => held);
}
