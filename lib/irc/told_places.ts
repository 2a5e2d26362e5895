/** Up to which number one IRC client has got what was said, in each room and conversation. */

import { nameKey } from "../words/names.js";

/** The most rooms and conversations of one client; those in which nothing was told for longest go. */
export const MOST_TOLD_PLACES = 500;

/** Where something is said. */
export interface ToldPlace {
  readonly room?: string | undefined;
  readonly chat?: string | undefined;
}

/** A room or a conversation as one word. */
export function toldKey({ room, chat }: ToldPlace): string {
  return chat === undefined ? `#${nameKey(room ?? "")}` : `@${chat}`;
}

/** Of so many messages that a client has said in one place it is known that it shows them; the first go. */
const MOST_SAID = 100;

const NONE: ReadonlySet<number> = new Set();

/** The last number that was told, by the place. */
export class ToldPlaces {
  readonly #places = new Map<string, number>();
  /** The numbers beyond that of what the client has said itself. */
  readonly #said = new Map<string, Set<number>>();
  #isShared = false;
  /** How long the client took to answer last, in ms, by whatever connection; `undefined`: it was not asked yet. */
  tookMs: number | undefined;

  /** How far was told in a place; `undefined`: it is not known. */
  in(place: ToldPlace): number | undefined {
    return this.#places.get(toldKey(place));
  }

  /** All of them, those that changed last at the end. */
  get all(): ReadonlyArray<readonly [key: string, seq: number]> {
    return [...this.#places];
  }

  /** What the client has said itself, and shows, beyond what it was told: by the numbers. */
  saidIn(key: string): ReadonlySet<number> {
    return this.#said.get(key) ?? NONE;
  }

  /** Whether clients that run beside each other have these. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Clients that run beside each other have these: what one of them says the others do not show. */
  share(): void {
    this.#isShared = true;
    this.#said.clear();
  }

  /** The client has said something. */
  said(key: string, seq: number): void {
    if (this.#isShared) return;
    const said = this.#said.get(key) ?? new Set();
    this.#said.set(key, said.add(seq));
    const [first = 0] = said;
    if (said.size > MOST_SAID) said.delete(first);
    const [place = ""] = this.#said.keys();
    if (this.#said.size > MOST_TOLD_PLACES) this.#said.delete(place);
  }

  /** Moves on; never back. */
  reach(key: string, seq: number): void {
    const said = this.#said.get(key) ?? NONE;
    const beyond = [...said].filter((each) => each > seq);
    if (beyond.length > 0) this.#said.set(key, new Set(beyond));
    else this.#said.delete(key);
    const before = this.#places.get(key) ?? 0;
    this.#places.delete(key);
    this.#places.set(key, Math.max(before, seq));
    if (this.#places.size <= MOST_TOLD_PLACES) return;
    this.#places.delete(this.#places.keys().next().value ?? "");
  }
}
