// @ts-check
/// <reference lib="dom" />
/** What is said of files that are sent. Pure. */

import { inertLine } from "../../../words/inert.js";

/** @import { Place } from "../place.js" */

/** Where something is sent, as people call it. @type {(place: Pick<Place, "kind" | "name">) => string} */
export function placeLabel({ kind, name }) {
  return `${kind === "room" ? "#" : ""}${inertLine(name)}`;
}

/**
 * How long it takes at a rate until all has arrived; empty while nobody knows.
 * @type {(bytes: number, rate: number) => string}
 */
export function leftText(bytes, rate) {
  if (rate <= 0) return "";
  const seconds = Math.ceil(bytes / rate);
  if (seconds < 60) return `, ${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `, ${minutes} min left` : `, ${Math.ceil(minutes / 60)} h left`;
}

/**
 * A name for a picture that was pasted, which browsers call all the same.
 * @type {(name: string, at: Date) => string}
 */
export function pastedName(name, at) {
  if (!/^image\.\w+$/.test(name)) return name;
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  return `picture ${local.slice(0, 19).replace("T", " ").replaceAll(":", "-")}${name.slice(5)}`;
}

/**
 * The names of the folders among what was dropped.
 * @type {(items: ReadonlyArray<Pick<DataTransferItem, "kind" | "webkitGetAsEntry">>) => string[]}
 */
export function foldersIn(items) {
  return items.flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    return entry?.isDirectory ? [entry.name] : [];
  });
}
