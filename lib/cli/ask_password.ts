/** Asks a person for a password at the terminal. */

import { askLine, type AskOptions } from "../client/terminal/ask.ts";
import type { TerminalIo } from "../client/terminal/tty.ts";
import { NOT_UTF8, UsageError } from "./flags.ts";

/**
 * Asks for a password; resolves with an exit code if the person does not answer. Throws a
 * {@linkcode UsageError} for a password that is not UTF-8.
 */
export async function askPassword(
  io: TerminalIo,
  question: string,
  look: Omit<AskOptions, "secret">,
): Promise<string | number> {
  const answer = await askLine(io, question, { ...look, secret: true });
  if (typeof answer === "number" || !answer.includes(NOT_UTF8)) return answer;
  throw new UsageError("That password did not come as UTF-8; set the terminal to UTF-8");
}
