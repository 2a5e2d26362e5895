/** Says why a link has ended, for the diagnostics of a script. */

import type { LinkStatus } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import { withLocalTimes } from "./local_times.ts";

/** What to do about it, by the code of the server's refusal. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["name-reserved", "Put that into $CHATROOM_LOGIN, or take another name with --name."],
]);

/** The text of a status, made inert, with local times, and with a hint what to do. */
export function whyEnded({ text, code = "" }: Pick<LinkStatus, "text" | "code">): string {
  const hint = HINTS.get(code);
  return inertLine(withLocalTimes(text)) + (hint === undefined ? "" : ` ${hint}`);
}
