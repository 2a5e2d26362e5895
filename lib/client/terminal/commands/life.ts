/** What this terminal does in its own way with a message: it puts the text into the row to be edited. */

import type { Parsed, Place } from "../../../words/command.js";
import { EDIT_IN_ROW, LIFE_COMMANDS } from "../../../words/commands/life.js";
import { meantByEdit } from "../../../words/last_said.js";
import type { OwnAction, TerminalCommand } from "./desk.ts";

export const TERMINAL_LIFE_COMMANDS: readonly TerminalCommand[] = LIFE_COMMANDS
  .filter(({ name }) => name === "edit").map((shared) => ({
    ...shared,
    ...EDIT_IN_ROW,
    parse: (rest, place) => {
      if (rest === "") return openLast(place);
      return /^[1-9]\d{0,14}$/.test(rest) ? open(Number(rest)) : shared.parse(rest, place);
    },
  }));

function openLast(place: Place): OwnAction | Parsed {
  const last = meantByEdit(place);
  return typeof last === "number" ? open(last) : last;
}

function open(number: number): OwnAction {
  return {
    kind: "own",
    run: ({ view, show, print }) => {
      const line = view.editLine(number);
      if (line === undefined) {
        const text =
          `There is no message ${number} of yours on this screen; /history shows earlier ` +
          `ones, and /edit ${number} TEXT says it anew.`;
        return print([view.error(text)]);
      }
      show(line);
    },
  };
}
