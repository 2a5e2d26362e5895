// @ts-check
/** What we said last in a place, and what of it waits to be sent. Pure. */

import { captionOf } from "../../words/files.js";
import { isLately } from "../../words/last_said.js";
import { isMessagePost } from "./pending.js";

/** @import { Place as TypedPlace } from "../../words/command.js" */
/** @import { Waiting } from "./pending.js" */
/** @import { Place } from "./place.js" */
/** @typedef {Pick<TypedPlace, "lastOwn" | "unsent" | "mends" | "fileAt">} LastSaid */

/**
 * How things stand with the server.
 * @typedef {object} Talk
 * @property {{ readonly waiting: readonly Waiting[] }} store
 * @property {boolean} online
 * @property {{ readonly features?: readonly string[] } | undefined} welcome
 */
/** @type {(place: Place | undefined, talk: Talk, now: number) => LastSaid} */
export function lastSaid(place, { store, online, welcome }, now) {
  if (place === undefined) return {};
  const { key, timeline } = place;
  const here = store.waiting.filter((each) => each.place === key);
  const isRemoved = (/** @type {number} */ seq) =>
    here.some(({ post }) => post.type === "remove" && post.re === seq);
  const messages = timeline.items.filter((item) => item.kind === "message")
    .filter(({ era }) => era === timeline.era);
  // Elsewhere than at the end it would be something before what was said last.
  const last = !timeline.atEnd
    ? undefined
    : messages.findLast(({ own, seq, removed }) => own && removed === undefined && !isRemoved(seq));
  const lastOwn = last && {
    seq: last.seq,
    text: last.file === undefined ? last.text : captionOf(last.text, last.file),
    isLately: isLately(last.at, now),
    isLast: online && messages.at(-1) === last,
  };
  const unsent = here.flatMap(({ post, sent = true, failed, asks = false }) =>
    isMessagePost(post)
      ? [{ id: post.id, request: post, isOnItsWay: asks || sent && failed === undefined }]
      : []
  ).at(-1);
  return {
    fileAt(seq) {
      const said = timeline.said(seq);
      return said?.own ? said.file : undefined;
    },
    mends: welcome?.features?.includes("life") === true,
    ...(lastOwn === undefined ? {} : { lastOwn }),
    ...(unsent === undefined ? {} : { unsent }),
  };
}
