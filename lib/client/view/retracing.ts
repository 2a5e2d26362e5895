/** Goes from an answer to what it answers, which may stand far above it, and back again. */

import type { Known } from "../terminal/known.ts";
import type { PlaceReader } from "./place_reader.ts";

/** Options of {@linkcode Retracing}. */
export interface RetracingOptions {
  readonly known: Known;
  readonly reader: PlaceReader;
  /** Goes to a message and picks it; false: it can't be had now. */
  readonly goTo: (place: string, seq: number) => boolean;
  readonly bell: () => void;
  /** Shows a word that need not stay among what was said. */
  readonly pass: (text: string) => void;
}

/** The most answers to which one can go back, one after the other. */
const MOST_STEPS = 50;

export class Retracing {
  readonly #options: RetracingOptions;
  /** The answers from which the person has gone, each with what its place goes by for good. */
  #steps: Array<{ readonly key: string; readonly seq: number }> = [];

  constructor(options: RetracingOptions) {
    this.#options = options;
  }

  /** Goes from an answer to what it answers. */
  go(answer: number, to: number): void {
    const { known, reader, goTo, bell, pass } = this.#options;
    const step = { key: reader.key, seq: answer };
    if (!goTo(known.rooms.current, to)) return bell();
    this.#steps = [...this.#steps, step].slice(-MOST_STEPS);
    pass(`Alt-Left goes back to ${answer}`);
  }

  /** Goes back to the last answer; false: the person has gone on from there otherwise. */
  back(): boolean {
    const { known, reader, goTo } = this.#options;
    // Whoever has returned to the end is done with it.
    if (reader.state.spot === undefined && reader.picked === undefined) this.#steps = [];
    const step = this.#steps.at(-1);
    if (step?.key !== reader.key) return false;
    this.#steps.pop();
    return goTo(known.rooms.current, step.seq);
  }
}
