/**
 * The ids of requests that changed nothing, since what they asked for was so already. No entry is kept for
 * them, but sent again they must not do it after all, when it was undone meanwhile.
 */

import type { LifeFact } from "./life_facts.ts";
import type { Again } from "./receipt.ts";

/** So many are remembered, whoever has asked: those that came last. */
const MOST = 4_096;

/** What was asked for under an id, and what it was told. */
interface Asked {
  readonly what: string;
  readonly again: Again;
}

/** Remembers them as long as the process runs. */
export class UnchangedIds {
  readonly #asked = new Map<string, Asked>();

  /** What a request was told that was sent before; `undefined`: it was not, or it is another one. */
  find(fact: LifeFact): Again | undefined {
    const earlier = this.#asked.get(keyOf(fact) ?? "");
    return earlier?.what === whatOf(fact) ? earlier.again : undefined;
  }

  /** Notes that a request changed nothing. */
  note(fact: LifeFact, again: Again): void {
    const key = keyOf(fact);
    if (key === undefined) return;
    this.#asked.delete(key);
    this.#asked.set(key, { what: whatOf(fact), again });
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MOST) break;
      this.#asked.delete(oldest);
    }
  }

  /** Forgets all: what they were told may not have been kept. */
  clear(): void {
    this.#asked.clear();
  }
}

/** None for a request without an id; the hash of a session has no blank. */
function keyOf({ session, id }: LifeFact): string | undefined {
  return session === undefined || id === undefined ? undefined : `${session} ${id}`;
}

function whatOf(fact: LifeFact): string {
  const { kind, log, re } = fact;
  const key = fact.kind === "react" ? fact.key : "";
  return JSON.stringify([kind, log, re, key, "off" in fact && fact.off === true]);
}
