/** The commands for files: what this terminal reads and writes for them. */

import { type Command, wrong } from "../../../words/command.js";
import { FILE_COMMANDS } from "../../../words/commands/files.js";
import type { OwnAction, TerminalCommand } from "./desk.ts";

/** The number of a message, behind where it was said if that is not here, and a path. */
const NUMBERED = /^(?:([#@]\S.*?)\s+)?([1-9]\d{0,14})(?:\s+([\s\S]*))?$/;

/** How a line asks for something that only a program with files can do, by the names of the commands. */
const PARSERS: Readonly<Record<string, Command<OwnAction>["parse"]>> = {
  send: (rest, place) =>
    rest === ""
      ? wrong("/send needs the path of a file, as in: /send plan.pdf; Tab completes it")
      : { kind: "own", speaks: true, run: ({ files }) => files.send(rest, place) },
  get: (rest) => {
    const [, where, number, path = ""] = NUMBERED.exec(rest) ?? [];
    if (number === undefined) {
      const got = rest === "" ? ", as in: /get 41" : `, not ${rest}`;
      return wrong(`/get needs the number of a message with a file${got}; /files lists them`);
    }
    return { kind: "own", run: ({ files }) => files.get(Number(number), path, where) };
  },
};

export const TERMINAL_FILE_COMMANDS: readonly TerminalCommand[] = FILE_COMMANDS.flatMap(
  (shared) => {
    const parse = PARSERS[shared.name];
    return parse === undefined ? [] : [{ ...shared, parse }];
  },
);
