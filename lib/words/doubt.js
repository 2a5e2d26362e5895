// @ts-check
/**
 * A line that may be meant as a command, and would be said aloud: with blanks before its slash, or as a shell has it.
 * And one that gives up more than a slip should.
 */

import { findCommand } from "./parse.js";

/** @import { CommandWords } from "./command.js" */

/** What leaves other programs of a terminal. */
const LEAVES = new Set(["exit", "quit", "logout", "q", ":q", ":q!", ":wq", ":x"]);

const UNREGISTER =
  "Not done yet: your name is anybody's then, and you have no list of rooms and no " +
  "conversations any more. Enter again gives it back.";

export class Doubt {
  #line = "";

  /**
   * Why a line is not said or done yet; `undefined`: it is meant so, as it comes a second time
   * or looks like no command. `place`: where it would be said, at a terminal that one leaves by a command.
   * @type {(line: string, commands: readonly CommandWords[], place?: string) => string | undefined}
   */
  about(line, commands, place) {
    const wasAsked = line === this.#line;
    this.#line = "";
    if (wasAsked) return undefined;
    const why = place !== undefined && LEAVES.has(line.trim().toLowerCase())
      ? `Not said yet: Enter again says it to ${place}; /quit leaves.`
      : /^\/unregister\s*$/i.test(line)
      ? UNREGISTER
      : besideSlash(line, commands);
    if (why !== undefined) this.#line = line;
    return why;
  }
}

/** @type {(line: string, commands: readonly CommandWords[]) => string | undefined} */
function besideSlash(line, commands) {
  const [, command] = /^\s+(\/\S+)/.exec(line) ?? [];
  if (command === undefined || findCommand(command.slice(1), commands) === undefined) {
    return undefined;
  }
  return `Not said: blanks stand before ${command}. ` +
    "Take them away for the command, or press Enter again to say the line.";
}
