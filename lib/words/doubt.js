// @ts-check
/** A line that may be meant as a command, and would be said aloud: with blanks before its slash. */

import { findCommand } from "./parse.js";

/** @import { CommandWords } from "./command.js" */

export class Doubt {
  #line = "";

  /**
   * Why a line that would be said is not said yet; `undefined`: it is meant so, as it comes a second time
   * or looks like no command.
   * @type {(line: string, commands: readonly CommandWords[]) => string | undefined}
   */
  about(line, commands) {
    const wasAsked = line === this.#line;
    this.#line = "";
    const [, command] = /^\s+(\/\S+)/.exec(line) ?? [];
    if (command === undefined || wasAsked) return undefined;
    if (findCommand(command.slice(1), commands) === undefined) return undefined;
    this.#line = line;
    return `Not said: blanks stand before ${command}. ` +
      "Take them away for the command, or press Enter again to say the line.";
  }
}
