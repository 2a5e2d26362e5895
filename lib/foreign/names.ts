/** Names of people and rooms of other programs, as names that may be used here. */

import { checkName, checkRoom, readsAsHook } from "../chat/names/check_name.ts";
import { Refusal } from "../chat/refusal.ts";

/** What may be in a name of any kind here. */
const LETTERS = /[\p{L}\p{N}_.-]/u;
/** How long a name is made, in letters: two columns for each fit. */
const MOST = 16;

/** The first of some spellings that is a name here as it stands, or else one that is made of the first with letters. */
export function personName(...spellings: readonly string[]): string {
  return fitting(spellings, checkPerson, "_") ?? "somebody";
}

/** The same for a room. */
export function roomNamed(...spellings: readonly string[]): string {
  return fitting(spellings, checkRoom, "-") ?? "imported";
}

/** Nobody else has the name of a webhook. */
function checkPerson(name: string): void {
  if (readsAsHook(checkName(name))) throw new Refusal("bad-name", "It is a webhook's");
}

function fitting(
  spellings: readonly string[],
  check: (name: string) => unknown,
  filler: string,
): string | undefined {
  const may = (name: string): boolean => {
    try {
      check(name);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };
  const made = spellings.map((spelling) => plainName(spelling, filler)).filter((name) =>
    name !== ""
  );
  // The server's own names are nobody's, but somebody may have been called so elsewhere.
  return [...spellings, ...made, ...made.map((name) => `${name}${filler}`)].find(may);
}

/** A name without what no name may have. */
function plainName(spelling: string, filler: string): string {
  const letters = [...spelling.slice(0, 200).normalize("NFKC")]
    .map((letter) => LETTERS.test(letter) ? letter : filler);
  return letters.slice(0, MOST).join("").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/**
 * The names of people by their ids, each another: whoever came later goes by what they log in with where somebody
 * has the name already.
 */
export class PeopleNamed {
  readonly #byId = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** Gives an id its name; the spellings are tried in their order. */
  add(id: string, ...spellings: readonly string[]): void {
    const free = spellings.filter((each) => each !== "").map((each) => personName(each))
      .find((name) => !this.#taken.has(name.toLowerCase()));
    const name = free ?? this.#numbered(personName(...spellings));
    this.#taken.add(name.toLowerCase());
    this.#byId.set(id, name);
  }

  /** The name of an id; of one that is not known, made of the spellings. */
  of(id: string, ...spellings: readonly string[]): string {
    return this.#byId.get(id) ?? personName(...spellings.filter((each) => each !== ""), id);
  }

  #numbered(name: string): string {
    for (let n = 2;; n++) {
      const next = `${name.slice(0, MOST)}-${n}`;
      if (!this.#taken.has(next.toLowerCase())) return next;
    }
  }
}
