/** Whether what is said may come after something that the person has not seen. */

import type { RequestOf } from "../../wire/requests.ts";
import { conversationWith } from "./conversations.ts";
import type { Known } from "./known.ts";
import type { Outgoing } from "./outgoing.ts";

/** Where something is said, as it goes here; empty: nobody knows. */
function placeSaid(request: RequestOf<"say" | "direct">, known: Known): string {
  if (request.type === "say") return request.room;
  const { to, chat = "" } = request;
  return to === undefined ? known.placeOf({ chat }) : conversationWith(to);
}

/**
 * What is sent, with a word to the server where not all that was said there is on screen: then it marks nothing else
 * as read. `shows`: whether the last of a place is.
 */
export function asSeen(
  request: Outgoing,
  known: Known,
  shows: (place: string) => boolean,
): Outgoing {
  if (request.type !== "say" && request.type !== "direct") return request;
  return shows(placeSaid(request, known)) ? request : { ...request, unseen: true };
}
