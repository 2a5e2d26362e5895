/** The names that ignored people go by now, as far as it was told how they got them. Does no IO. */

import { nameKey } from "../../words/names.js";

/** The most names that are followed; beyond it the oldest is let go. */
const MAX_FOLLOWED = 1_000;

interface Alias {
  readonly name: string;
  /** The name that was ignored, as the person wrote it. */
  readonly of: string;
}

/** Who goes by another name than the one that was ignored. */
export class Followed {
  readonly #aliases = new Map<string, Alias>();

  /** The ignored name of whom `name` is, if that is another. */
  whoIs(name: string): string | undefined {
    return this.#aliases.get(nameKey(name))?.of;
  }

  /** The names that who was ignored as `name` goes by now. */
  namesOf(name: string): string[] {
    return [...this.#aliases.values()].filter(({ of }) => nameKey(of) === nameKey(name))
      .map(({ name }) => name);
  }

  /**
   * Somebody has taken another name: who was ignored as `of`, or, if that is `undefined`, somebody
   * who is not ignored, even if an ignored person had that name before.
   */
  renamed(from: string, to: string, of: string | undefined): void {
    this.#aliases.delete(nameKey(from));
    this.#aliases.delete(nameKey(to));
    if (of === undefined || nameKey(of) === nameKey(to)) return;
    this.#aliases.set(nameKey(to), { name: to, of });
    if (this.#aliases.size <= MAX_FOLLOWED) return;
    const [oldest = ""] = this.#aliases.keys();
    this.#aliases.delete(oldest);
  }

  /** Lets go of who was ignored as `name`. */
  forget(name: string): void {
    for (const alias of this.namesOf(name)) this.#aliases.delete(nameKey(alias));
  }
}
