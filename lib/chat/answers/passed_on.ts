/**
 * What a door passes on from one client to others, and is no fact, such as that somebody types: whether it may be,
 * by the rules for what is, and what it counts as. Loaded by those doors alone; see `read` of house.ts.
 */

import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import type { HouseParts } from "../house_parts.ts";
import { checkMute } from "../judge/checks.ts";
import { checkSpeech } from "../judge/speaking.ts";
import type { Later } from "../later.ts";
import { countNews } from "../presence.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/**
 * A text that others see of a session wherever it is, as a real name: it is judged as that one is away, and
 * counts against the rates of the session's rooms. A promise means that the next request should wait. Throws a
 * {@linkcode Refusal} (`muted`, `may-be-secret`).
 */
export function passOnText(house: HouseParts, session: Session, text: string): Later<void> {
  for (const room of ["", ...session.rooms]) checkMute(house.state, session, room);
  if (isSecret(text)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  return countNews(house, house.registry.roomsOf(session));
}

/** What becomes of a sign: nothing, unless it may be passed on; then what the next request should wait for. */
export interface PassedOn {
  readonly may: boolean;
  readonly waits: Later<void>;
}

/**
 * A sign that a session is about to say something in the room with that key, or to somebody where it has none. It
 * may be passed on where the session may speak, and counts against the rate of the room.
 */
export function passOnSign(house: HouseParts, session: Session, key?: string): PassedOn {
  const { state, registry } = house;
  const room = key === undefined ? undefined : registry.room(key);
  const waits = room === undefined ? undefined : countNews(house, [room]);
  try {
    if (key === undefined) checkMute(state, session);
    else checkSpeech(state, session, key);
    return { may: true, waits };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { may: false, waits };
  }
}
