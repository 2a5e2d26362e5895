/** The event that tells of an entry about a message, live and to those who catch up. */

import type { Event } from "../wire/events.ts";
import { EDIT_SIGN } from "../wire/names.ts";
import { inertLine } from "../words/inert.js";
import type { EmptiedEntry, LifeEntry } from "./messages/entries.ts";

/** Which log an entry is of, as events name it. */
export type EventPlace = { readonly room: string } | { readonly chat: string };

/** Tells of an entry; `own` says that it is the one's own who is told. */
export function lifeEvent(place: EventPlace, entry: LifeEntry, own: boolean): Event {
  const { seq, re, from, by, at } = entry;
  const about = {
    ...place,
    ...{ seq, re, from, at },
    ...(by === undefined ? {} : { by }),
    ...(own ? { own } as const : {}),
  };
  switch (entry.kind) {
    case "revised": {
      const { text, file } = entry;
      return { type: "revised", ...about, text, ...(file === undefined ? {} : { file }) };
    }
    case "removed": {
      const { reason } = entry;
      return { type: "removed", ...about, ...(reason === undefined ? {} : { reason }) };
    }
    case "reacted": {
      const { key, off, count } = entry;
      return {
        ...{ type: "reacted", ...about, key },
        ...(off ? { off } : {}),
        ...(count === undefined ? {} : { count }),
      };
    }
    case "answered":
      return { type: "answered", ...about, choice: entry.choice };
    case "pinned":
      return {
        type: "pinned",
        ...about,
        room: "room" in place ? place.room : "",
        ...(entry.off ? { off: true } : {}),
      };
  }
}

/** Tells that entries hold nothing any more: one event for a run of them. */
export function emptiedEvent(place: EventPlace, run: readonly EmptiedEntry[]): Event {
  const from = run[0]?.seq ?? 0;
  return { type: "emptied", ...place, from, to: run.at(-1)?.seq ?? from };
}

/** Tells of the edit of a direct message to a client that counts those: this is none that has a number. */
export function editNotice(from: string, text: string): Event {
  return { type: "notice", text: `${from} (to you): ${EDIT_SIGN}${inertLine(text)}` };
}
