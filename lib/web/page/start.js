// @ts-check
/// <reference lib="dom" />
/**
 * What stands above the first message, and in the place of all where one is in no room. It comes when
 * somebody joins.
 */

import { el, paintTopic, setText } from "./head.js";
import { inertLine } from "../../words/inert.js";

/** @import { Place } from "./place.js" */

/** What stands above the first message. @param {Place} place @param {boolean} online */
export function paintStart({ kind, name, timeline }, online) {
  const shown = inertLine(name);
  if (timeline.hasEarlier) setText(el.start, online ? "Looking up what was said before…" : "");
  else if (kind === "direct") {
    setText(el.start, `This is the beginning of what you and ${shown} write to each other here.`);
  } else if (timeline.end === 0) {
    setText(el.start, `Nothing has been said in ${shown} yet. Say hello!`);
  } else if (!timeline.hasFirst) {
    setText(el.start, `What was said in ${shown} before this is no longer kept.`);
  } else setText(el.start, `This is where ${shown} begins.`);
}

/**
 * Where one is when one is in no room.
 * @param {string} stray what was told since
 * @param {boolean} online
 */
export function paintNowhere(stray, online) {
  setText(el.title, "No room");
  paintTopic("");
  const told = stray === "" ? "You have left every room." : inertLine(stray);
  setText(el.start, online || stray !== "" ? `${told} The + beside Rooms finds another.` : "");
  el.personOpen.hidden = el.peopleOpen.hidden = el.jump.hidden = true;
  el.attach.hidden = el.filesOpen.hidden = true;
}
