// @ts-check
/**
 * Tells whoever listens what happens where they are: what is done about messages, and what the page tells
 * there of others. What others do is gathered for a moment, so that a crowd that reacts
 * is one sentence, and of several edits the last is told.
 */

import { doneWords } from "./done_words.js";

/** @import { Done } from "../notify.js" */
/** @import { Place } from "../place.js" */
/** @import { Timeline } from "../timeline.js" */

/** What others do is gathered for so long, in ms. */
const GATHERED_MS = 1_000;
/** Of what was told in a place the last so many are said. */
const MOST_NOTICES = 3;

export class LifeTeller {
  #say;
  #time;
  /** By the message and what is done about it, in the order in which it came. @type {Map<string, Done[]>} */
  #gathered = new Map();
  /** Up to which notice all were said. @type {WeakMap<Timeline, number>} */
  #noticed = new WeakMap();

  /** @param {(text: string) => void} say @param {(at: number) => string} time */
  constructor(say, time) {
    this.#say = say;
    this.#time = time;
  }

  /** @param {Done} done */
  hear(done) {
    const { place, entry, said } = done;
    if (entry.own) return this.#tell([done]);
    const key = `${place.key}\n${said.key} ${entry.type}`;
    if (this.#gathered.size === 0) setTimeout(() => this.#flush(), GATHERED_MS);
    this.#gathered.set(key, [...this.#gathered.get(key) ?? [], done]);
  }

  /** What is shown has changed. @param {Place} place */
  painted({ timeline }) {
    const notices = timeline.items.filter((item) => item.kind === "notice" && !item.isTold);
    const before = this.#noticed.get(timeline);
    const fresh = before === undefined ? [] : notices.filter(({ sub }) => sub > before);
    this.#noticed.set(timeline, Math.max(before ?? 0, ...notices.map(({ sub }) => sub)));
    for (const item of fresh.slice(-MOST_NOTICES)) if (item.kind === "notice") this.#say(item.text);
  }

  #flush() {
    const all = [...this.#gathered.values()];
    this.#gathered.clear();
    for (const done of all) this.#tell(done);
  }

  /** @param {readonly Done[]} done the same thing about one message */
  #tell(done) {
    const words = doneWords(done, this.#time);
    if (words !== "") this.#say(words);
  }
}
