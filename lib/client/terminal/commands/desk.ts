/** What the terminal's own commands can read and change. */

import type { Request } from "../../../wire/requests.ts";
import type { Command } from "../../../words/command.js";
import { fleeting, type ScreenEntry } from "../entry.ts";
import type { FileDesk } from "../files/file_desk.ts";
import type { Going } from "../going.ts";
import type { MeantPerson } from "../meeting.ts";
import type { Preferences } from "../preferences.ts";
import type { Draft } from "../recalled.ts";
import type { View } from "../view.ts";

/** What such a command works with. */
export interface Desk {
  readonly view: View;
  readonly preferences: Preferences;
  readonly files: FileDesk;
  readonly places: Going;
  /** All commands of the terminal. */
  readonly commands: readonly TerminalCommand[];
  readonly now: () => Date;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Asks the server for something, and prints the answer. */
  readonly send: (request: Request) => void;
  /** Opens the conversation with the first of these that there is. */
  readonly meet: (meant: readonly MeantPerson[]) => void;
  /** Puts a line into the row. */
  readonly show: (line: Draft) => void;
  /** Lets the person edit a text in their editor; it comes into the row. */
  readonly compose: (text: string) => void;
  /** Prints what was said around the found message with this number. */
  readonly around: (number: number) => void;
}

/** A line that the terminal carries out itself. */
export interface OwnAction {
  readonly kind: "own";
  /** It sends a message, so it waits until the server has let us in. */
  readonly speaks?: boolean;
  /** A promise that it returns resolves when it has taken the person to another room. */
  readonly run: (desk: Desk) => void | Promise<void>;
}

/** A command of the terminal: one that all doors have, or its own. */
export type TerminalCommand = Command<OwnAction>;

/** A line that the terminal carries out itself, with a sentence as the answer. */
export function answered(answer: (desk: Desk) => string): OwnAction {
  return {
    kind: "own",
    run: (desk) => desk.print([fleeting(desk.view.known.notice(answer(desk)))]),
  };
}

/** The choice that was typed, in any letter case. */
export function choiceIn<T extends string>(text: string, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === text.toLowerCase());
}
