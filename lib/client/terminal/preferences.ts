/** The choices of the person at this terminal, and what follows from them for a message. Does no IO. */

import { isForPerson, nameKey, sameName } from "../../words/names.js";
import type { Message } from "../../wire/events.ts";
import { partnerIn } from "./conversations.ts";
import type { LookOptions, Palette } from "./palette.ts";
import type { Bell, Settings } from "../settings.ts";

/** In a room with more people than this, `auto` does not tell who comes and goes. */
const SMALL_ROOM = 20;
/** The most keywords, ignored people, muted rooms, and rooms with a bell of their own; each. */
const MAX_KEPT = 200;
/** The most names that are followed; beyond that the oldest is forgotten. */
const MAX_FOLLOWED = 1_000;

/** When a room rings of which the account wants to be told so much. */
const NOTIFY_BELLS: Readonly<Record<string, Bell>> = {
  all: "on",
  mentions: "mentions",
  none: "off",
};

/** The settings that are lists of words. */
type List = "keywords" | "ignored" | "mutedRooms";

/** The settings as they stand; every change is saved at once. */
export class Preferences {
  readonly #save: (settings: Settings) => void;
  /**
   * The names that ignored people have taken, by key: the name, and `of`, the one on the list. Not saved:
   * the next time somebody else may have such a name.
   */
  readonly #aliases = new Map<string, { readonly name: string; readonly of: string }>();
  #settings: Settings;
  /** What the account wants to be told of each room: `all`, `mentions` or `none`. Its server keeps it. */
  #notify: Readonly<Record<string, string>> = {};
  /** What matched last, for the words of this key. */
  #mention: { readonly key: string; readonly pattern: RegExp } | undefined;

  constructor(settings: Settings, save: (settings: Settings) => void = () => {}) {
    this.#settings = structuredClone(settings);
    this.#save = save;
  }

  get all(): Readonly<Settings> {
    return this.#settings;
  }

  /** The colours that are chosen, or that the terminal has. */
  palette({ color, depth, plain }: Required<LookOptions>): Palette {
    const { colours } = this.#settings;
    const wanted = colours === "auto" ? depth : colours;
    return { depth: color ? wanted : "none", escapes: !plain };
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
    this.change({ [list]: words.filter((other) => !sameName(other, word)) });
    return true;
  }

  /** Whether a person is ignored, also by the name that they have taken since. */
  ignores(name: string): boolean {
    return this.#ignoredAs(name) !== undefined;
  }

  /** Stops ignoring somebody, by any of their names; false if they were not ignored. */
  unignore(name: string): boolean {
    const known = this.#ignoredAs(name);
    if (known === undefined) return false;
    for (const alias of this.#namesOf(known)) this.#aliases.delete(nameKey(alias));
    return this.remove("ignored", known);
  }

  /** Who is ignored, with the names that they have taken since. */
  get ignored(): string[] {
    return this.#settings.ignored.map((name) => {
      const now = this.#namesOf(name);
      return now.length === 0 ? name : `${name} (now ${now.join(", ")})`;
    });
  }

  /** Somebody has another name now. Returns whether they were ignored, and so stay ignored. */
  renamed(from: string, to: string): boolean {
    const known = this.#ignoredAs(from);
    // If they are not ignored, an ignored person may have had their new name before.
    this.#aliases.delete(nameKey(from));
    this.#aliases.delete(nameKey(to));
    if (known !== undefined && !sameName(known, to)) {
      this.#aliases.set(nameKey(to), { name: to, of: known });
    }
    const [oldest = ""] = this.#aliases.keys();
    if (this.#aliases.size > MAX_FOLLOWED) this.#aliases.delete(oldest);
    return known !== undefined;
  }

  /** The name on the list because of which `name` is ignored. */
  #ignoredAs(name: string): string | undefined {
    const { ignored } = this.#settings;
    return ignored.find((other) => sameName(other, name)) ?? this.#aliases.get(nameKey(name))?.of;
  }

  /** The names that the person ignored as `name` has now, as far as the server told us. */
  #namesOf(name: string): string[] {
    const aliases = [...this.#aliases.values()].filter(({ of }) => sameName(of, name));
    return aliases.map(({ name }) => name);
  }

  mutes(room: string): boolean {
    return has(this.#settings.mutedRooms, room);
  }

  /** What the account has chosen for a room, if it has. */
  notifyOf(room: string): string | undefined {
    return Object.entries(this.#notify).find(([of]) => sameName(of, room))?.[1];
  }

  /** Whether the person wants to be called by nothing in a room, on this device or on all. */
  isQuiet(room: string): boolean {
    return this.mutes(room) || this.notifyOf(room) === "none";
  }

  /** When a room rings: as was chosen for it here, or for the account, or for all rooms. */
  bellOf(room: string): Bell {
    const own = Object.entries(this.#settings.bells).find(([of]) => sameName(of, room));
    return own?.[1] ?? NOTIFY_BELLS[this.notifyOf(room) ?? ""] ?? this.#settings.bell;
  }

  /** Whether a message in a room or conversation is kept back, and whether it rings. */
  alarmOf(place: string, isForReader: boolean): { mutes: boolean; rings: boolean } {
    if (partnerIn(place) !== undefined) return { mutes: false, rings: this.all.bell !== "off" };
    const mutes = this.mutes(place);
    const mode = this.bellOf(place);
    return { mutes, rings: !mutes && (mode === "on" || mode === "mentions" && isForReader) };
  }

  /** The account's choices for its rooms, which its server keeps. */
  setNotify(notify: Readonly<Record<string, string>>): void {
    this.#notify = notify;
  }

  setBell(mode: Bell, room?: string): void {
    if (room === undefined) return this.change({ bell: mode, bells: {} });
    const others = Object.entries(this.#settings.bells).filter(([of]) => !sameName(of, room));
    this.change({ bells: Object.fromEntries([...others.slice(-MAX_KEPT), [room, mode]]) });
  }

  /** Whether to tell who comes and goes in a room of so many members. */
  tellsPresence(members: number): boolean {
    const { presence } = this.#settings;
    return presence === "on" || presence === "auto" && members <= SMALL_ROOM;
  }

  /**
   * Matches the words by which something that was said is for the person of this name: it is addressed to
   * them, for all, or has one of their words in it. `undefined`: it is not for them.
   */
  mentionIn(said: Pick<Message, "text" | "all">, name: string): RegExp | undefined {
    const isNamed = name !== "" && isForPerson(said, name);
    const names = isNamed ? [name, ...said.all ? ["@all"] : []] : [];
    const words = [...names, ...this.#settings.keywords];
    if (words.length === 0) return undefined;
    const key = names.join(" ");
    if (this.#mention?.key !== key) this.#mention = { key, pattern: anyOf(words) };
    const { pattern } = this.#mention;
    return isNamed || said.text.search(pattern) >= 0 ? pattern : undefined;
  }
}

/** Matches each of these where it is a word. */
function anyOf(words: readonly string[]): RegExp {
  const any = words.map((word) => RegExp.escape(word)).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${any})(?![\\p{L}\\p{N}_])`, "giu");
}

function has(words: readonly string[], word: string): boolean {
  return words.some((other) => sameName(other, word));
}
