/** What the commands that only the terminal has may look at and change. */

import type { Request } from "../../../wire/requests.ts";
import type { Command } from "../../../words/command.js";
import type { Entry } from "../entry.ts";
import type { Preferences } from "../preferences.ts";
import type { View } from "../view.ts";

/** Where such a command is carried out. */
export interface Desk {
  readonly view: View;
  readonly preferences: Preferences;
  /** All commands of the terminal. */
  readonly commands: readonly TerminalCommand[];
  readonly now: () => Date;
  readonly print: (entries: Entry[]) => void;
  /** Asks the server for something, and prints the answer. */
  readonly send: (request: Request) => void;
  /** Prints what was said around the message with this number of those that were found. */
  readonly around: (number: number) => void;
}

/** A line that is carried out here. */
export interface OwnAction {
  readonly kind: "own";
  /** It says something to others, and so waits until the server has let us in. */
  readonly speaks?: boolean;
  readonly run: (desk: Desk) => void;
}

/** A command of the terminal: one that all doors have, or its own. */
export type TerminalCommand = Command<OwnAction>;

/** A line that is carried out here and answered with a sentence. */
export function answered(answer: (desk: Desk) => string): OwnAction {
  return { kind: "own", run: (desk) => desk.print([desk.view.notice(answer(desk))]) };
}

/** The one of `choices` that was typed, in whatever case. */
export function choiceIn<T extends string>(text: string, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === text.toLowerCase());
}
