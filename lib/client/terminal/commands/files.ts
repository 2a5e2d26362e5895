/** The commands for files: what this terminal reads and writes for them. */

import { type Command, wrong } from "../../../words/command.js";
import { FILE_COMMANDS } from "../../../words/commands/files.js";
import type { OwnAction, TerminalCommand } from "./desk.ts";

/** How a line asks for something that only a program with files can do, by the names of the commands. */
const PARSERS: Readonly<Record<string, Command<OwnAction>["parse"]>> = {
  send: (rest, place) =>
    rest === ""
      ? wrong("/send needs the path of a file, as in: /send plan.pdf; Tab completes it")
      : { kind: "own", speaks: true, run: ({ files }) => files.send(rest, place) },
  get: (rest) => {
    const [, number, path = ""] = /^([1-9]\d{0,6})(?:\s+([\s\S]*))?$/.exec(rest) ?? [];
    if (number === undefined) {
      const got = rest === "" ? ", as in: /get 3" : `, not ${rest}`;
      return wrong(`/get needs the number beside a file that was sent${got}; /files lists them`);
    }
    return { kind: "own", run: ({ files }) => files.get(Number(number), path) };
  },
};

export const TERMINAL_FILE_COMMANDS: readonly TerminalCommand[] = FILE_COMMANDS.flatMap(
  (shared) => {
    const parse = PARSERS[shared.name];
    return parse === undefined ? [] : [{ ...shared, parse }];
  },
);
