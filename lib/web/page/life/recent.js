// @ts-check
/** The reactions that somebody uses on this machine, the latest first. */

import { FIRST_REACTIONS } from "./row_actions.js";
import { preference, setPreference } from "../saved.js";

const MOST_KEPT = 24;

/** So many of them, and others where there are not as many. @param {number} most */
export function usualReactions(most) {
  return [...new Set([...kept(), ...FIRST_REACTIONS])].slice(0, most);
}

/** @param {string} key */
export function noteReaction(key) {
  setPreference("reactions", [...new Set([key, ...kept()])].slice(0, MOST_KEPT).join(" "));
}

/** @returns {string[]} */
function kept() {
  return (preference("reactions") ?? "").split(" ").filter((key) => key !== "");
}
