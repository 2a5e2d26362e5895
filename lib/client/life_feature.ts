/** Whether a server knows what becomes of messages, and what somebody is told whose server does not. */

import type { Request } from "../wire/requests.ts";
import type { Conversation } from "./conversation.ts";

/** The feature of servers that know answers, edits, removals, reactions and pins. */
export const LIFE = "life";

/** The feature of servers that know questions with choices. */
const QUESTIONS = "ask";

const TYPES: ReadonlySet<string> = new Set([
  ...["revise", "remove", "react", "pin", "reactions", "pins"],
]);

/** Why a server can't be asked for something; `undefined` if it can. It would take an answer for any message. */
export function noLife(
  request: Request,
  { features }: Exclude<Conversation["welcome"], undefined>,
): string | undefined {
  const asks = request.type === "answer" || "ask" in request && request.ask !== undefined;
  if (asks && !features?.includes(QUESTIONS)) {
    return "This server has no questions with choices; it is of an earlier version, or a node of it is.";
  }
  const isOfLife = TYPES.has(request.type) || "re" in request && request.re !== undefined;
  if (!isOfLife || features?.includes(LIFE)) return undefined;
  return "This server is of an earlier version: it has no answers, edits, removals, reactions and pins.";
}

/**
 * Whether the server of a conversation has that feature. While there is no connection, what was known of the
 * last one holds.
 */
export function lifeOf(conversation: Pick<Conversation, "welcome">): () => boolean {
  let known = false;
  return () => {
    const { welcome } = conversation;
    if (welcome !== undefined) known = welcome.features?.includes(LIFE) === true;
    return known;
  };
}
