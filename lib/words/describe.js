// @ts-check
/** Events as sentences for a person: what the classic door says, and a terminal between the messages. */

import { tellCommand } from "./commands/table.js";

/**
 * The sentences that tell `event`, or `undefined` for one that is not for people (`ack`, `ping` …)
 * or that has a form of its own (`message`, `direct`).
 * @type {(event: import("../wire/events.ts").Event) => string[] | undefined}
 */
export function describe(event) {
  switch (event.type) {
    case "gap": {
      const where = event.room ?? "a conversation";
      return [
        event.to === null
          ? `Messages in ${where} after number ${event.from - 1} may be missing: ` +
            "the server has begun a new history."
          : `Messages ${event.from} to ${event.to} in ${where} can no longer be had.`,
      ];
    }
    case "notice":
    case "error":
    case "bye":
      return [event.text];
    default:
      return tellCommand(event);
  }
}
