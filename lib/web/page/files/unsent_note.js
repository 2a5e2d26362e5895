// @ts-check
/**
 * Notes which files are on their way, so that a page which is loaded anew can say what of them was not
 * sent: what somebody chose, a browser lets no other page read. It is kept as drafts are, for this tab
 * and until somebody signs out.
 */

import { inertLine } from "../../../words/inert.js";
import { draft, saveDraft } from "../saved.js";

/** @import { PlaceKey } from "../place.js" */
/** @import { QueuedFile } from "./upload_queue.js" */
/** @typedef {{ readonly name: string, readonly place: PlaceKey }} UnsentFile */

/** No place is known by this. */
const KEY = "\nuploads";
/** So many names are told. */
const MOST_NAMED = 5;

/** @param {readonly Pick<QueuedFile, "name" | "place" | "state">[]} uploads */
export function noteUnsent(uploads) {
  const unsent = uploads.filter(({ state }) => state !== "failed");
  const note = unsent.map(({ name, place }) => ({ name, place: place.key }));
  const text = note.length === 0 ? "" : JSON.stringify(note);
  if (text !== draft(KEY)) saveDraft(KEY, text);
}

/** What was on its way when this page was left; it is told once. @returns {UnsentFile[]} */
export function takeUnsent() {
  const text = draft(KEY);
  saveDraft(KEY, "");
  try {
    const noted = JSON.parse(text || "[]");
    return Array.isArray(noted)
      ? noted.filter(({ name, place }) => typeof name === "string" && typeof place === "string")
      : [];
  } catch {
    return [];
  }
}

/** @type {(names: readonly string[]) => string} */
export function unsentText(names) {
  const shown = names.slice(0, MOST_NAMED).map(inertLine);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more files` : shown.length > 1 ? shown.pop() : undefined;
  const all = last === undefined ? shown.join() : `${shown.join(", ")} and ${last}`;
  const [were, them] = names.length === 1 ? ["was", "it"] : ["were", "them"];
  return `${all} ${were} not sent, because this page was left meanwhile. Choose ${them} again to ` +
    `send ${them}.`;
}
