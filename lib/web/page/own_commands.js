// @ts-check
/** The commands that the page has, and no other door. They come with the others. */

import { ask, countIn, wrong } from "../../words/command.js";
import { placeLog } from "./place.js";

/** @import { Command } from "../../words/command.js" */
/** @import { Place } from "./place.js" */

/** The most messages that `/unread` takes. */
const MAX_UNREAD = 1_000;

/** @param {Place | undefined} place where they are typed @returns {readonly Command[]} */
export function ownCommands(place) {
  return [
    {
      name: "unread",
      usage: "[COUNT]",
      summary: "count the last message here, or so many of them, as unread on your devices",
      topic: "alerts",
      parse: (rest) => {
        const count = rest === "" ? 1 : countIn(rest, MAX_UNREAD);
        if (count === undefined) {
          return wrong(`/unread takes a number from 1 to ${MAX_UNREAD}, not ${rest}`);
        }
        const log = place && placeLog(place);
        const end = place?.timeline.end ?? 0;
        if (log === undefined || end === 0) return wrong("There is no message here to count");
        return ask({ type: "read", ...log, seq: Math.max(0, end - count), back: true });
      },
    },
  ];
}
