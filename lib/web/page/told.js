// @ts-check
/** What is told to whoever is here: answers to commands, what the server says, and what went wrong. Pure. */

/** @import { Place, PlaceKey } from "./place.js" */
/**
 * `place`: where it stands at the end; `undefined` where it does not, as something earlier is shown there.
 * @typedef {{ readonly text: string, readonly tone: "plain" | "error", readonly place: PlaceKey | undefined }} Told
 */

/** So much of it is kept until it is shown. */
const MOST_TOLD = 20;

export class ToldList {
  /** What was told last while we were in no place. */
  stray = "";
  /** @type {Told[]} */
  #told = [];

  /**
   * Tells something, at the end of the place that is shown.
   * @param {Place | undefined} active
   * @param {string} text
   * @param {Told["tone"]} tone
   */
  tell(active, text, tone) {
    if (active === undefined) this.stray = text;
    else active.timeline.note(text, tone, true);
    const place = active?.timeline.atEnd ? active.key : undefined;
    this.#told = [...this.#told, { text, tone, place }].slice(-MOST_TOLD);
  }

  /** What was told since it was taken last. */
  take() {
    const told = this.#told;
    this.#told = [];
    return told;
  }
}
