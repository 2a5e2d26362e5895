/** The answer to `mod`: what one person does to another. */

import type { Event } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import type { HouseParts } from "./house_parts.ts";
import type { ModAction } from "./people_ask.ts";
import { putPeople } from "./put_people.ts";
import { idOf } from "./reply.ts";
import type { Session } from "./session.ts";

/** Does what is asked, such as a ban. */
export async function moderate(
  house: HouseParts,
  session: Session,
  { type: kind, id, ...asked }: RequestOf<"mod">,
): Promise<void> {
  const { mod, changes } = await putPeople(house, { kind, ...asked }, session.hash);
  if (mod === undefined) throw new Error("What somebody does to another was not judged");
  for (const change of changes) if (change.type === "audit") house.onModerated(change.line);
  session.deliver({ ...answerOf(mod), ...idOf({ id }) });
}

function answerOf({ action, target, title, until, reason, by, address }: ModAction): Event {
  return {
    type: "mod",
    action,
    target,
    ...(title === "" ? {} : { room: title }),
    by,
    ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
    ...(reason === "" ? {} : { reason }),
    ...(address === undefined || address === "" ? {} : { address }),
  };
}
