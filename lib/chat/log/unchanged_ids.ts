/**
 * The ids of requests that changed nothing, since what they asked for was so already. No entry is kept for
 * them, but sent again they must not do it after all, when it was undone meanwhile.
 */

import type { LifeFact } from "./life_facts.ts";
import type { Again } from "./receipt.ts";

/** So many are remembered, whoever has asked: those that came last. */
export const MOST_UNCHANGED = 4_096;

/** What was asked for under an id, and what it was told. */
interface Asked {
  readonly what: string;
  readonly again: Again;
}

/** Remembers them. */
export interface Unchanged {
  /** What a request was told that was sent before; `undefined`: it was not, or it is another one. */
  find(fact: LifeFact): Again | undefined;
  /** Notes that a request changed nothing. */
  note(fact: LifeFact, again: Again): void;
  /** What was noted may not have been kept. */
  clear(): void;
}

/** Remembers them as long as the process runs. */
export class UnchangedIds implements Unchanged {
  readonly #asked = new Map<string, Asked>();

  find(fact: LifeFact): Again | undefined {
    const earlier = this.#asked.get(unchangedKey(fact) ?? "");
    return earlier?.what === unchangedWhat(fact) ? earlier.again : undefined;
  }

  note(fact: LifeFact, again: Again): void {
    const key = unchangedKey(fact);
    if (key === undefined) return;
    this.#asked.delete(key);
    this.#asked.set(key, { what: unchangedWhat(fact), again });
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MOST_UNCHANGED) break;
      this.#asked.delete(oldest);
    }
  }

  clear(): void {
    this.#asked.clear();
  }
}

/** What a request goes by: none without an id; the hash of a session has no blank. */
export function unchangedKey({ session, id }: LifeFact): string | undefined {
  return session === undefined || id === undefined ? undefined : `${session} ${id}`;
}

/** What it asks for, to tell it from another under the same id. */
export function unchangedWhat(fact: LifeFact): string {
  const { kind, log, re } = fact;
  const key = fact.kind === "react" ? fact.key : "";
  return JSON.stringify([kind, log, re, key, "off" in fact && fact.off === true]);
}
