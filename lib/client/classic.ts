/** What a client tells its user about a classic server, and what can be sent to one. */

import { nameKey } from "../words/names.js";
import { DEFAULT_ROOM } from "../wire/names.ts";
import type { Request } from "../wire/requests.ts";
import type { LinkStatus } from "./conversation.ts";

/** What a link says when it is online. */
export type OnlineStatus = Pick<LinkStatus, "text" | "fellBack">;

/** The user asked for the classic protocol. */
export const CLASSIC: OnlineStatus = {
  text: "Online. The server speaks the classic protocol: messages only.",
};
/** The user did not, and the server has not answered in the event protocol. */
export const FELL_BACK: OnlineStatus = {
  text: "The server is taken for one of the classic protocol, since it has not answered in ours: " +
    "messages only, and nothing tells whether they arrive.",
  fellBack: true,
};

/** Whether a message that waits to be sent can be sent to a classic server. */
export function hasClassicForm(request: Request): boolean {
  if (request.type === "direct") return false;
  return request.type !== "say" || nameKey(request.room) === nameKey(DEFAULT_ROOM);
}
