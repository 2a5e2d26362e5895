/** What is different with a server of the classic protocol: what its user is told, and what can be sent to it. */

import { nameKey } from "../words/names.js";
import { DEFAULT_ROOM } from "../wire/names.ts";
import type { Request } from "../wire/requests.ts";
import type { LinkStatus } from "./conversation.ts";

/** What is told when a connection is up. */
export type OnlineStatus = Pick<LinkStatus, "text" | "fellBack">;

/** The classic protocol was asked for. */
export const CLASSIC: OnlineStatus = {
  text: "Online. The server speaks the classic protocol: messages only.",
};
/** It was not, and the server has not answered in ours. */
export const FELL_BACK: OnlineStatus = {
  text: "The server is taken for one of the classic protocol, since it has not answered in ours: " +
    "messages only, and nothing tells whether they arrive.",
  fellBack: true,
};

/** Whether a message that is kept until it can be sent may go to a classic server. */
export function hasClassicForm(request: Request): boolean {
  if (request.type === "direct") return false;
  return request.type !== "say" || nameKey(request.room) === nameKey(DEFAULT_ROOM);
}
