/** The names of rooms by what they look like: of open rooms, and of those that were there before. */

import { alike } from "../names/check_name.ts";
import type { Named } from "../names/name_tables.ts";
import { looksOf } from "../names/skeleton.ts";
import { Refusal } from "../refusal.ts";
import type { Past } from "./room_records.ts";

/** With fewer names than this it is not looked which of them still count. */
const FEW = 1_000;

/** All names of rooms. One that is its own key is written once. */
export interface RoomNamesDump {
  readonly names: ReadonlyArray<string | readonly [name: string, key: string]>;
  /** The numbers of those that are found with the case folded; all of them in this order if there are none. */
  readonly folded?: readonly number[];
  /** With how many more it is looked which of them still count. */
  readonly most: number;
}

/**
 * Names of rooms. Some rooms are older than this rule, so several of them may look alike. A name stays
 * until its room no longer counts.
 */
export class RoomNames {
  readonly #counts: (key: string) => boolean;
  /** By what they look like as written, and with the case folded. */
  #shown = new Map<string, readonly Named[]>();
  #folded = new Map<string, readonly Named[]>();
  #most = Infinity;

  /** `counts` says whether there is a room of that key: open, or with a past as the first ones have. */
  constructor(counts: (key: string) => boolean, first: Iterable<Named> = []) {
    this.#counts = counts;
    for (const named of first) this.add(named);
    this.#most = Math.max(FEW, 2 * this.#shown.size);
  }

  /** All of them. */
  get dump(): RoomNamesDump {
    const all = [...this];
    const numbers = new Map(all.map((named, number) => [named, number]));
    const folded = [...this.#folded.values()].flat().flatMap((named) => numbers.get(named) ?? []);
    const isPlain = folded.length === all.length && folded.every((number, at) => number === at);
    return {
      names: all.map(({ name, key }) => name === key ? name : [name, key] as const),
      ...(isPlain ? {} : { folded }),
      most: this.#most,
    };
  }

  /** Knows these names, and no others. */
  load({ names, folded, most }: RoomNamesDump): void {
    const all = names.map((each): Named =>
      typeof each === "string" ? { name: each, key: each } : { name: each[0], key: each[1] }
    );
    const found = folded?.flatMap((number) => all[number] ?? []) ?? all;
    this.#shown = byLook(all, ({ name, key }) => looksOf(name, key).shown);
    this.#folded = byLook(found, ({ name, key }) => looksOf(name, key).folded);
    this.#most = most;
  }

  /** Names that are kept. */
  get size(): number {
    return this.#shown.size;
  }

  /** Another room that has a name which looks like this one. */
  find(name: string, key: string): Named | undefined {
    const { shown, folded } = looksOf(name, key);
    const alike = [...this.#shown.get(shown) ?? [], ...this.#folded.get(folded) ?? []];
    return alike.find((other) => other.key !== key && this.#counts(other.key));
  }

  /** Throws a {@linkcode Refusal} (`room-taken`) for a name that looks like that of another room. */
  check(
    name: string,
    key: string,
    isOpen: (key: string) => boolean,
    { access }: Pick<Past, "access">,
  ): void {
    const other = this.find(name, key);
    if (other === undefined) return;
    throw new Refusal("room-taken", `The room ${takenText(name, other, isOpen, access)}`);
  }

  /** The name of the room with that key, if it is known. */
  named(key: string): Named | undefined {
    const { folded } = looksOf(key, key);
    return this.#folded.get(folded)?.find((named) => named.key === key);
  }

  /** All names, of which some may no longer count. */
  *[Symbol.iterator](): Iterator<Named> {
    for (const alike of this.#shown.values()) yield* alike;
  }

  /** A room has this name. */
  add(named: Named): void {
    const { name, key } = named;
    const { shown, folded } = looksOf(name, key);
    const others = this.#shown.get(shown) ?? [];
    if (others.some((other) => other.key === key)) return;
    this.#shown.set(shown, [...others, named]);
    const folds = this.#folded.get(folded) ?? [];
    if (!folds.some((other) => other.key === key)) this.#folded.set(folded, [...folds, named]);
    if (this.#shown.size > this.#most) this.#prune();
  }

  /** Forgets the names whose rooms are gone. It runs seldom, so that it costs little for each name. */
  #prune(): void {
    this.#shown = this.#counting(this.#shown);
    this.#folded = this.#counting(this.#folded);
    this.#most = Math.max(FEW, 2 * this.#shown.size);
  }

  #counting(names: ReadonlyMap<string, readonly Named[]>): Map<string, readonly Named[]> {
    const kept = new Map<string, readonly Named[]>();
    for (const [look, alike] of names) {
      const counting = alike.filter(({ key }) => this.#counts(key));
      if (counting.length > 0) kept.set(look, counting);
    }
    return kept;
  }
}

function byLook(
  names: readonly Named[],
  lookOf: (named: Named) => string,
): Map<string, readonly Named[]> {
  return Map.groupBy(names, lookOf);
}

/** Why a room can't have a name that looks like that of another one, which may be known by its name alone. */
function takenText(
  name: string,
  { key, name: other }: Named,
  isOpen: (key: string) => boolean,
  access: Past["access"],
): string {
  switch (access(key)) {
    case "unlisted":
      return `${name} looks like one that is in no list; choose another name`;
    case "invite":
      return `${alike(name, other)}, which is by invitation only; choose another name`;
    case "open": {
      const what = isOpen(key) ? "is open" : "has been there before";
      return `${alike(name, other)}, which ${what}; join that, or choose another name`;
    }
  }
}
