/** What the person at this terminal has chosen, and what follows from it for a message. Does no IO. */

import { nameKey } from "../../words/names.js";
import type { Bell, Settings } from "../settings.ts";
import { Followed } from "./followed.ts";

/** A room with more people is a large one, in which `auto` tells nobody's coming and going. */
export const SMALL_ROOM = 20;
/** The most words, people and rooms that are kept of each kind. */
const MAX_KEPT = 200;

/** The lists that have words put in and taken out. */
type List = "keywords" | "ignored" | "mutedRooms";

/** The settings as they stand; every change is saved at once. */
export class Preferences {
  readonly #save: (settings: Settings) => void;
  /** Not saved: by the next time somebody else may go by such a name. */
  readonly #followed = new Followed();
  #settings: Settings;
  #mention: RegExp | undefined;
  #mentionOf = "";

  constructor(settings: Settings, save: (settings: Settings) => void = () => {}) {
    this.#settings = structuredClone(settings);
    this.#save = save;
  }

  get all(): Readonly<Settings> {
    return this.#settings;
  }

  change(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    this.#mention = undefined;
    this.#save(structuredClone(this.#settings));
  }

  /** Puts `word` on a list; false when it was there, or when the list is full. */
  add(list: List, word: string): boolean {
    const words = this.#settings[list];
    if (has(words, word) || words.length >= MAX_KEPT) return false;
    this.change({ [list]: [...words, word] });
    return true;
  }

  /** Takes `word` off a list; false when it was not there. */
  remove(list: List, word: string): boolean {
    const words = this.#settings[list];
    if (!has(words, word)) return false;
    this.change({ [list]: words.filter((other) => nameKey(other) !== nameKey(word)) });
    return true;
  }

  /** Whether a person is ignored, also by the name that they have taken since. */
  ignores(name: string): boolean {
    return this.#ignoredAs(name) !== undefined;
  }

  /** Ignores somebody no more, by whichever of their names; false when they were not ignored. */
  unignore(name: string): boolean {
    const known = this.#ignoredAs(name);
    if (known === undefined) return false;
    this.#followed.forget(known);
    return this.remove("ignored", known);
  }

  /** Who is ignored, with the names that they have taken since. */
  get ignored(): string[] {
    return this.#settings.ignored.map((name) => {
      const now = this.#followed.namesOf(name);
      return now.length === 0 ? name : `${name} (now ${now.join(", ")})`;
    });
  }

  /** Somebody has another name now; whether it is one who was ignored, and stays so. */
  renamed(from: string, to: string): boolean {
    const known = this.#ignoredAs(from);
    this.#followed.renamed(from, to, known);
    return known !== undefined;
  }

  /** The name on the list that makes `name` an ignored one. */
  #ignoredAs(name: string): string | undefined {
    const { ignored } = this.#settings;
    return ignored.find((other) => nameKey(other) === nameKey(name)) ?? this.#followed.whoIs(name);
  }

  mutes(room: string): boolean {
    return has(this.#settings.mutedRooms, room);
  }

  bellOf(room: string): Bell {
    const own = Object.entries(this.#settings.bells).find(([of]) => nameKey(of) === nameKey(room));
    return own?.[1] ?? this.#settings.bell;
  }

  setBell(mode: Bell, room?: string): void {
    if (room === undefined) return this.change({ bell: mode, bells: {} });
    const others = Object.entries(this.#settings.bells).filter(([of]) =>
      nameKey(of) !== nameKey(room)
    );
    this.change({ bells: Object.fromEntries([...others.slice(-MAX_KEPT), [room, mode]]) });
  }

  /** Whether it is told who comes and goes in a room of so many members. */
  tellsPresence(members: number): boolean {
    const { presence } = this.#settings;
    return presence === "on" || presence === "auto" && members <= SMALL_ROOM;
  }

  /** Matches `name` and the keywords as whole words, whatever their case. */
  mentionOf(name: string): RegExp | undefined {
    if (this.#mention !== undefined && this.#mentionOf === name) return this.#mention;
    const words = [name, ...this.#settings.keywords].filter((word) => word !== "");
    if (words.length === 0) return undefined;
    const any = words.map((word) => RegExp.escape(word)).join("|");
    this.#mention = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${any})(?![\\p{L}\\p{N}_])`, "giu");
    this.#mentionOf = name;
    return this.#mention;
  }
}

function has(words: readonly string[], word: string): boolean {
  return words.some((other) => nameKey(other) === nameKey(word));
}
