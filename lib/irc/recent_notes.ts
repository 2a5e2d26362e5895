/** What one client was told in the last moments: it may be on its way still when the client leaves, and is taken back then. */

/** How long that is remembered, in ms. */
const KEPT_MS = 600;
/** What was told in one place within so many ms counts as one, as told when the last of it was. */
const AS_ONE_MS = 10;
/** With so many they are looked through: the old ones go, and what was told in one place within so many ms counts as one. */
const MANY = 64;
const MANY_AS_ONE_MS = 100;

/** How far was told, by the place. */
type Reached = Map<string, number>;

interface RecentNote {
  readonly reached: Reached;
  readonly key: string;
  /** How far was told there before it; `undefined`: that was not known. */
  readonly before: number | undefined;
  readonly from: number;
  at: number;
}

/** The last moves of marks. Times are in ms of a clock that never goes back. */
export class RecentNotes {
  #notes: RecentNote[] = [];
  #most = MANY;

  /** Moves a mark, and remembers where it was. */
  move(reached: Reached, key: string, seq: number, now: number): void {
    const before = reached.get(key);
    reached.set(key, seq);
    const last = this.#notes.at(-1);
    if (last?.key === key && last.reached === reached && now - last.from < AS_ONE_MS) {
      last.at = now;
      return;
    }
    this.#notes.push({ reached, key, before, from: now, at: now });
    if (this.#notes.length < this.#most) return;
    this.#notes = joined(this.#notes.filter(({ at }) => now - at < KEPT_MS));
    this.#most = Math.max(MANY, 2 * this.#notes.length);
  }

  /** Puts marks back to where they were at `since`; false: that is too long ago. */
  takeBack(since: number, now: number): boolean {
    for (const { reached, key, before, at } of this.#notes.reverse()) {
      if (at < since) continue;
      if (before === undefined) reached.delete(key);
      else reached.set(key, before);
    }
    this.#notes = [];
    return now - since < KEPT_MS;
  }

  /** Lets go of what is old. */
  sweep(now: number): void {
    if (now - (this.#notes.at(-1)?.at ?? now) < KEPT_MS) return;
    this.#notes = [];
    this.#most = MANY;
  }
}

/** One for each place and time. */
function joined(notes: readonly RecentNote[]): RecentNote[] {
  const marks = new Map<Reached, Map<string, RecentNote>>();
  for (const note of notes) {
    const found = marks.get(note.reached) ?? new Map<string, RecentNote>();
    marks.set(note.reached, found);
    const when = `${Math.floor(note.from / MANY_AS_ONE_MS)} ${note.key}`;
    const first = found.get(when);
    if (first === undefined) found.set(when, note);
    else first.at = note.at;
  }
  return [...marks.values()].flatMap((found) => [...found.values()])
    .toSorted((one, other) => one.at - other.at);
}
