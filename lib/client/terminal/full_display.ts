/** What the stage and a full-screen view know of each other. Only types. */

import type { Display } from "./display.ts";
import type { ScreenEntry } from "./entry.ts";
import type { ViewHelp } from "./help.ts";
import type { PressedKey } from "./keys.ts";

/** A full-screen view, as the stage uses it. */
export interface FullDisplay extends Display {
  /** Why the terminal has no room for it; `undefined`: it has. */
  readonly lacking: string | undefined;
  /** Whether what was said last there is on screen. */
  shows(place: string): boolean;
  /** The rooms and conversations in the order in which they are shown, by what they go by here. */
  readonly places: readonly string[];
  readonly help: ViewHelp;
  /** Begins to show the chat; `end` returns what the stream shows then. */
  begin(): void;
  end(): ScreenEntry[];
  /** Shows the answer to a command, which may be long, in the place where it was asked. */
  answer(entries: readonly ScreenEntry[], place: string): void;
  /** Whether a key does something here. */
  binds(name: string): boolean;
  /** The runtime may write over the screen in the next moments: code is loaded. */
  suspect(): void;
  /** Takes a key; returns one that is for the editor. */
  handle(key: PressedKey): PressedKey | undefined;
  /** Shows a word that need not stay among what was said. */
  pass(text: string): void;
  /** A line of the row was carried out. */
  submitted(line: string): void;
  /** Does what a command of the view asks for. */
  command(name: ViewCommand): void;
  /** Offers to answer the invitation to a room; false: there is none. */
  offers(place: string): boolean;
  /** Goes to a message; false: it can't be had now. */
  goTo(place: string, seq: number): boolean;
  /** The chat is over: what is told from now on is to be read when the screen is given back. */
  parting(): void;
}

/** What commands ask of the view that have keys, too. */
export type ViewCommand = "go" | "next" | "first" | "back" | "alone" | "pick" | "people";

/** Options of a `Stage`. */
export interface StageOptions {
  readonly stream: Display;
  /** Loads the view. */
  readonly load: () => Promise<FullDisplay>;
  /** Tells the person something. */
  readonly tell: (text: string) => void;
  /** Another program has the screen, or does not any more. */
  readonly elsewhere: (is: boolean) => void;
  /** Whether the terminal takes escapes: without, there is only the stream. */
  readonly hasEscapes: () => boolean;
}
