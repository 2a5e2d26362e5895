// @ts-check
/**
 * What a tab keeps over a reload, as text: first what must not be lost, then as much of the direct
 * conversations as there is room for. Pure.
 */

import { nameKey } from "../../words/names.js";
import { placeOfPost } from "./outgoing.js";
import { placeKey } from "./place.js";

/** @typedef {import("./store.js").Saved} Saved */

/** In which form it is kept. The first had none, and knew a place by the key of its name. */
const FORM = 2;

/**
 * Who we are, where, and what is not sent yet.
 * @param {Saved} saved
 * @returns {string}
 */
export function sessionText(saved) {
  return JSON.stringify({ ...saved, directs: [], form: FORM });
}

/**
 * The conversations, with the newest of their messages in so many characters.
 * @param {Saved["directs"]} directs
 * @param {number} most
 * @returns {string}
 */
export function talksText(directs, most) {
  let left = most;
  const newest = directs
    .flatMap(({ messages }) => messages)
    .sort((a, b) => b.at.localeCompare(a.at))
    .filter((message) => (left -= JSON.stringify(message).length) >= 0);
  const kept = new Set(newest);
  return JSON.stringify(
    directs.map((each) => ({ ...each, messages: each.messages.filter((m) => kept.has(m)) })),
  );
}

/**
 * @param {string} session
 * @param {string} talks
 * @returns {Saved}
 */
export function unpacked(session, talks) {
  const { form, ...saved } = JSON.parse(session);
  if (form !== FORM) return upgraded(saved);
  return { ...saved, directs: JSON.parse(talks) };
}

/**
 * @param {Saved & { active: string }} saved by a page of version 0.1
 * @returns {Saved}
 */
function upgraded({ active, waiting, directs, ...saved }) {
  const isDirect = directs.some(({ name }) => `@${nameKey(name)}` === active);
  const shown = isDirect ? placeKey("direct", active.slice(1)) : placeKey("room", active);
  return {
    ...saved,
    directs,
    waiting: waiting.map((each) => ({ ...each, place: placeOfPost(each.post) })),
    active: active === "" ? "" : shown,
  };
}
