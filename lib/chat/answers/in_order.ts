/** A session's requests take effect for others in the order in which they were made. */

import type { Request } from "../../wire/requests.ts";
import type { HouseParts } from "../house_parts.ts";
import type { Session } from "../sessions/session.ts";
import { answer } from "./answer.ts";

/**
 * Whether a request changes at once what others see of the session, so that it waits until all that
 * the session said before has been stored and told: others see its requests in their order.
 */
const WAITS: Readonly<Record<Request["type"], boolean>> = {
  ...{ join: true, leave: true, rename: true, topic: true, mod: true },
  ...{ register: true, login: true, passwd: true, unregister: true, hello: true, quit: true },
  // The store keeps these in order.
  ...{ say: false, direct: false },
  // Nobody else sees anything of these.
  ...{ who: false, rooms: false, history: false, search: false, bans: false, audit: false },
  ...{ ping: false, pong: false },
};

/** What the store keeps in order by itself. */
const SAID: ReadonlySet<Request["type"]> = new Set(["say", "direct"]);

function waits({ traits }: Session, { type }: Request): boolean {
  return WAITS[type] || traits.ordered && !SAID.has(type);
}

/**
 * Answers one request of a session, after what it has said before where others would see that. A
 * promise means that the next request should wait. Throws a {@linkcode Refusal} for what can't be
 * granted.
 */
export function answerInOrder(
  house: HouseParts,
  session: Session,
  request: Request,
): void | Promise<void> {
  if (!waits(session, request)) return answer(house, session, request);
  const idle = session.idle();
  if (idle !== undefined) return answerAfter(idle, house, session, request);
  house.audiences.flush(session);
  return answer(house, session, request);
}

async function answerAfter(
  idle: Promise<void>,
  house: HouseParts,
  session: Session,
  request: Request,
): Promise<void> {
  const { peer } = session;
  await idle;
  // The connection may have been ended meanwhile.
  if (session.peer === peer) await answerInOrder(house, session, request);
}
