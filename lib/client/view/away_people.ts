/** Who says that they are away, as far as the server has told it. Does no IO. */

import type { Event } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";

/** The most of whom that is kept. */
const MOST_AWAY = 2_000;

export class AwayPeople {
  /** What they say of it, by what their names come to. */
  readonly #texts = new Map<string, string>();

  /** Why somebody says that they are away; `undefined`: they are not, or nobody has told it. */
  of(name: string): string | undefined {
    return this.#texts.get(nameKey(name));
  }

  /** Takes what is told of people. */
  take(event: Event): void {
    switch (event.type) {
      case "away":
        return this.#set(event.name, event.text);
      case "person":
        return this.#set(event.name, event.away);
      case "members":
        return event.people?.forEach(({ name, away }) => this.#set(name, away));
      case "renamed":
        this.#set(event.to, this.of(event.from));
        return this.#set(event.from, undefined);
      case "left":
        // It is over when somebody leaves the server.
        return event.gone ? this.#set(event.name, undefined) : undefined;
    }
  }

  /** What is told from now on is all that is known: something may have been missed. */
  forget(): void {
    this.#texts.clear();
  }

  #set(name: string, text: string | undefined): void {
    const key = nameKey(name);
    if (text === undefined || text === "") this.#texts.delete(key);
    else if (this.#texts.size < MOST_AWAY || this.#texts.has(key)) this.#texts.set(key, text);
  }
}
