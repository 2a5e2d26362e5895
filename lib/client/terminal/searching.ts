/** Searches for the person. */

import type { Message } from "../../wire/events.ts";
import type { Ask, Searches, SearchLine } from "../search.ts";
import type { FollowedPlace } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode Searching}. */
export interface SearchingOptions {
  readonly view: View;
  readonly now: () => Date;
  readonly ask: Ask;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Goes to a message that was found; false where that can't be. */
  readonly goTo: (message: Message) => boolean;
  /** Shows what was found for whoever asked for it in a place. */
  readonly answer: (entries: ScreenEntry[], place: string) => void;
}

export class Searching {
  readonly #options: SearchingOptions;
  #searches: Promise<Searches> | undefined;

  constructor(options: SearchingOptions) {
    this.#options = options;
  }

  /** Goes to the hit with this number, or prints what was said around it where it can't be gone to. */
  around(number: number, place: FollowedPlace): void {
    this.run(
      async (searches, ask) =>
        this.#options.goTo(searches.hit(number)) ? [] : await searches.around(number, ask),
      place,
    );
  }

  /** Prints what is found, or why nothing is, for whoever has asked in a place by a line. */
  run(
    find: (searches: Searches, ask: Ask) => Promise<SearchLine[]>,
    asked: FollowedPlace,
    line = "",
  ): void {
    const { view, print, answer, now, ask } = this.#options;
    this.#searches ??= import("../search.ts")
      .then(({ Searches }) => new Searches({ said: (message) => view.said(message) }));
    this.#searches.then((searches) => find(searches, ask)).then(
      (lines) => {
        // It was gone to.
        if (lines.length === 0) return;
        const entries = lines.map(({ text, found, hit }): ScreenEntry => (
          { kind: found ? "found" : "notice", at: now(), text, ...hit && { hit } }
        ));
        answer(entries, asked.place);
      },
      (error: Error) => {
        const isOffline = "code" in error && error.code === "offline" && line !== "";
        const again = `${error.message}; ask again when there is: ${line}`;
        print(isOffline ? [view.error(again)] : view.failed(undefined, error));
      },
    ).finally(() => asked[Symbol.dispose]());
  }
}
