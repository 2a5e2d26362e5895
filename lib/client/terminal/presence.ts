/** Folds what is told of people who come and go: several in a row become one sentence. */

import { nameKey } from "../../chat/name.ts";

type Way = "joined" | "left";

interface Change {
  readonly room: string;
  readonly name: string;
  readonly way: Way;
  readonly reason?: string | undefined;
}

/** Names in a sentence; the others are counted. */
const MAX_NAMED = 3;

/** Who came and who went since it was last told. Who did both is not told at all. */
export class Presence {
  readonly #changes = new Map<string, Change>();

  /** Whether there is something to tell. */
  get pending(): boolean {
    return this.#changes.size > 0;
  }

  note(change: Change): void {
    const key = `${nameKey(change.room)} ${nameKey(change.name)}`;
    const before = this.#changes.get(key);
    if (before === undefined) this.#changes.set(key, change);
    else if (before.way !== change.way) this.#changes.delete(key);
  }

  /** The sentences, one for each room and way. */
  flush(): string[] {
    const groups = Map.groupBy(
      this.#changes.values(),
      ({ room, way }) => `${way} ${nameKey(room)}`,
    );
    this.#changes.clear();
    return [...groups.values()].map(sentence);
  }
}

function sentence(changes: readonly Change[]): string {
  const [first, ...others] = changes;
  if (first === undefined) return "";
  const reason = others.length === 0 && first.reason ? ` (${first.reason})` : "";
  return `${namesOf(changes.map(({ name }) => name))} ${first.way} ${first.room}${reason}.`;
}

function namesOf(names: readonly string[]): string {
  const shown = names.length > MAX_NAMED ? names.slice(0, MAX_NAMED - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} others`] : shown;
  const last = parts.at(-1) ?? "";
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
