// @ts-check
/** The colours of names in one place: people who talk to one another have different ones. Pure. */

import { nameKey, textHash } from "../../words/names.js";

/** How many speakers before somebody have other colours. */
const NEIGHBOURS = 6;
/** Hues nearer than this look alike, in degrees. */
const ALIKE = 40;
const CIRCLE = 360;
/** Goes to another hue, and comes by all of them. */
const STEP = 140;

/** @type {WeakMap<object, Map<string, number>>} */
const chosen = new WeakMap();

/**
 * The hue of a name, in degrees: the same in every browser, and for every spelling of the name.
 * @type {(name: string) => number}
 */
export function hueOf(name) {
  return ((textHash(nameKey(name)) >>> 8) % 18) * 20;
}

/**
 * The hue of somebody in a place; whoever has not spoken there has that of the name.
 * @type {(place: object, name: string) => number}
 */
export function hueIn(place, name) {
  return chosen.get(place)?.get(nameKey(name)) ?? hueOf(name);
}

/** Gives speakers their hues, in the order in which they speak; one that somebody has stays. */
export class NameColours {
  #hues;
  /** @type {string[]} */
  #recent = [];

  /** @param {object} place */
  constructor(place) {
    this.#hues = chosen.get(place) ?? new Map();
    chosen.set(place, this.#hues);
  }

  /**
   * @param {string} name of who speaks now
   * @returns {number}
   */
  speak(name) {
    const key = nameKey(name);
    let hue = this.#hues.get(key);
    if (hue === undefined) {
      // Those who have a colour already may speak next: what was said before often comes later.
      const others = [...this.#hues.keys()].filter((each) => !this.#recent.includes(each));
      const near = [...others.slice(-NEIGHBOURS), ...this.#recent]
        .map((each) => this.#hues.get(each) ?? 0);
      hue = freeHue(hueOf(name), near);
      this.#hues.set(key, hue);
    }
    this.#recent = [...this.#recent.filter((each) => each !== key), key].slice(-NEIGHBOURS);
    return hue;
  }
}

/** @type {(hue: number, near: readonly number[]) => number} */
function freeHue(hue, near) {
  for (let n = 0; n < CIRCLE / 20; n++) {
    const other = (hue + n * STEP) % CIRCLE;
    if (near.every((each) => distance(each, other) >= ALIKE)) return other;
  }
  // Six can leave none free: then it may be like that of whoever spoke longest ago.
  return freeHue(hue, near.slice(1));
}

/** @type {(a: number, b: number) => number} */
function distance(a, b) {
  const turn = Math.abs(a - b) % CIRCLE;
  return Math.min(turn, CIRCLE - turn);
}
