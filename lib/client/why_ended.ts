/** Why a link has ended, in a sentence for somebody who reads what a script says. */

import type { LinkStatus } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import { withLocalTimes } from "./local_times.ts";

/** What can be done about it, by the code of the server's refusal. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["name-reserved", "Put that into $CHATROOM_LOGIN, or take another name with --name."],
]);

/** The text of a status, inert, with local times, and with what can be done about it. */
export function whyEnded({ text, code = "" }: Pick<LinkStatus, "text" | "code">): string {
  const hint = HINTS.get(code);
  return inertLine(withLocalTimes(text)) + (hint === undefined ? "" : ` ${hint}`);
}
