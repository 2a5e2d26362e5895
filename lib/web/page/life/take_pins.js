// @ts-check
/** What is pinned, as the server tells it. Pure. */

/** @import { EventOf } from "../../../wire/events.ts" */
/** @import { Place } from "../place.js" */

/**
 * Takes what the server says is pinned; if something has come to be since, it is asked again.
 * @param {Place} place @param {EventOf<"page">} page
 */
export function takePins(place, { messages, upTo = 0 }) {
  const { pinsFrom = 0 } = place;
  if (upTo >= pinsFrom) place.pins = messages.map((message) => ({ ...message, upTo }));
}
