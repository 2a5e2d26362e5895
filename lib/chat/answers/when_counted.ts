/** What counts in a conversation waits, near the limit, until what is under way has been counted. */

import type { HouseParts } from "../house_parts.ts";
import { whoIsSession } from "../judge/parties.ts";
import type { Later } from "../later.ts";
import type { Session } from "../sessions/session.ts";

/** Does something that counts as unanswered in a conversation, once it is known how much has counted. */
export function whenCounted<Result>(
  house: HouseParts,
  session: Session,
  key: string,
  work: () => Later<Result>,
): Later<Result> {
  const { chats, rules } = house.state;
  const unanswered = chats.unanswered(key, whoIsSession(house.state, session));
  const devices = [...session.person.sessions];
  const underWay = devices.reduce((sum, each) => sum + each.underWay, 0);
  // What is under way may be one too many, so the next waits until that has been counted.
  const busy = unanswered + underWay < rules.unansweredDirects
    ? []
    : devices.flatMap((each) => each.idle() ?? []);
  if (busy.length === 0) return work();
  return Promise.all(busy).then(() => whenCounted(house, session, key, work));
}
