/** What Tab offers behind a command about a message: it is loaded when somebody first presses Tab. */

import type { Known } from "./known.ts";

let late: typeof import("./number_choices.ts") | undefined;

/** Waits until it can be offered. */
export async function loadChoices(): Promise<void> {
  late ??= await import("./number_choices.ts");
}

/** The numbers that a command can be about; nothing before {@linkcode loadChoices}. */
export function offeredNumbers(command: string, known: Known): string[] {
  return late?.numberChoices(command, known) ?? [];
}

/** What may stand behind such a number. */
export function offeredAbout(command: string, seq: number, known: Known): string[] {
  return late?.choicesAbout(command, seq, known) ?? [];
}
