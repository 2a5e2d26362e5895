// @ts-check
/** What an answer of the server brings up on the page, where it is not a message. Pure. */

import { tellCommand } from "../../words/commands/table.js";
import { sameName } from "../../words/names.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Found } from "./finder.js" */
/** @import { Place } from "./place.js" */
/**
 * What somebody asks to be shown.
 * @typedef {{ kind: "help", topic?: string } | { kind: "rooms", rooms: EventOf<"rooms">["rooms"] }
 *   | { kind: "found" } & Found | { kind: "person", person: EventOf<"person"> }
 *   | { kind: "missed" | "pins", page: EventOf<"page"> } | { kind: "reactions", event: EventOf<"reactions"> }
 *   | { kind: "people", text: string } | { kind: "end" } | { kind: "earlier" } | { kind: "files" } | { kind: "choose" }
 *   | { kind: "edit" | "remove", readonly seq: number } | { kind: "again", readonly id: string }} Asked
 */

/**
 * @param {Event} event the answer to a request
 * @param {Request} request
 * @param {Place | undefined} active
 * @returns {Asked | string | undefined} a string is told in the place that is shown
 */
export function shownOf(event, request, active) {
  switch (event.type) {
    case "rooms":
      return { kind: "rooms", rooms: event.rooms };
    case "person":
      return { kind: "person", person: event };
    case "page":
      return request.type === "missed" || request.type === "pins"
        ? { kind: request.type, page: event }
        : undefined;
    case "reactions":
      return { kind: "reactions", event };
    case "members": {
      const text = (tellCommand(event) ?? []).join("; ");
      const isHere = active?.kind === "room" && sameName(active.name, event.room);
      return isHere ? { kind: "people", text } : text;
    }
    case "topic":
      if ("text" in request) return undefined;
      return event.text === ""
        ? `${event.room} has no topic; /topic TEXT sets one.`
        : `The topic: ${event.text}`;
    case "read":
      return request.type === "read" && request.back
        ? "What was said last counts as unread on your other devices."
        : undefined;
  }
  return undefined;
}
