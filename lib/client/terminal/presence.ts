/** Folds what is told of people who come and go: several in a row become one sentence. */

import { nameKey } from "../../words/names.js";

type Way = "joined" | "left";

interface Change {
  readonly room: string;
  readonly name: string;
  readonly way: Way;
  readonly reason?: string | undefined;
  /** Somebody else did it, which is told in any case. */
  readonly isForced?: boolean;
}

/** Names in a sentence; the others are counted. */
const MAX_NAMED = 3;

/** Who came and who went since it was last told. Who did both is not told, unless they were sent away. */
export class Presence {
  readonly #changes = new Map<string, Change>();

  /** Whether there is something to tell. */
  get pending(): boolean {
    return this.#changes.size > 0;
  }

  note(change: Change): void {
    const key = `${nameKey(change.room)} ${nameKey(change.name)}`;
    const before = this.#changes.get(key);
    if (change.isForced) {
      this.#changes.delete(key);
      this.#changes.set(`${key} forced`, change);
    } else if (before === undefined) this.#changes.set(key, change);
    else if (before.way !== change.way) this.#changes.delete(key);
  }

  /** The sentences: one a person, and one for all who did the same. */
  flush(): string[] {
    const byPerson = Map.groupBy(
      this.#changes.values(),
      ({ name, way }) => `${way} ${nameKey(name)}`,
    );
    this.#changes.clear();
    const moves = [...byPerson.values()].map(moveOf);
    const alike = Map.groupBy(moves, ({ way, rooms }) => `${way} ${rooms.map(nameKey).join(" ")}`);
    return [...alike.values()].map(sentence);
  }
}

/** What one person did, in all rooms together. */
interface Move {
  readonly name: string;
  readonly way: Way;
  readonly rooms: readonly string[];
  readonly reason: string;
}

function moveOf(changes: readonly Change[]): Move {
  const [{ name, way, reason = "" } = { name: "", way: "left" } as Change] = changes;
  return { name, way, rooms: changes.map(({ room }) => room), reason };
}

function sentence(moves: readonly Move[]): string {
  const [first, ...others] = moves;
  if (first === undefined) return "";
  const reason = others.length === 0 && first.reason !== "" ? ` (${first.reason})` : "";
  const names = listOf(moves.map(({ name }) => name), "others");
  return `${names} ${first.way} ${listOf(first.rooms, "rooms")}${reason}.`;
}

/** The first of `names`, and how many `others` there are. */
function listOf(names: readonly string[], others: string): string {
  const shown = names.length > MAX_NAMED ? names.slice(0, MAX_NAMED - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0
    ? [...shown, others === "others" ? `${rest} others` : `${rest} other ${others}`]
    : shown;
  const last = parts.at(-1) ?? "";
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
