/** What this terminal does in its own way with a message: it puts the text into the row to be edited. */

import type { Parsed, Place } from "../../../words/command.js";
import { ask, wrong } from "../../../words/command.js";
import { LIFE_COMMANDS, NOT_ARRIVED } from "../../../words/commands/life.js";
import { isSecret, MAY_BE_SECRET } from "../../../words/secret.js";
import { substitute, type Substitution } from "../../../words/substitution.js";
import type { OwnAction, TerminalCommand } from "./desk.ts";

export const TERMINAL_LIFE_COMMANDS: readonly TerminalCommand[] = LIFE_COMMANDS
  .filter(({ name }) => name === "edit").map((shared) => ({
    ...shared,
    usage: "[NUMBER] [TEXT]",
    summary: "put what you said last into the row to change it, or the message with this number; " +
      "s/lunch/dinner/ changes a word in the last",
    parse: (rest, place) => {
      if (rest === "") return openLast(place);
      return /^[1-9]\d{0,14}$/.test(rest) ? open(Number(rest)) : shared.parse(rest, place);
    },
  }));

/** Changes a word in what was said last. */
export function changeLast(change: Substitution, place: Place): Parsed {
  const { lastOwn, isSaying, room, conversation } = place;
  const blank = "a blank before s/ says the line";
  if (isSaying) return wrong(NOT_ARRIVED);
  if (lastOwn === undefined) return wrong(`You said nothing here lately to change; ${blank}`);
  const text = substitute(lastOwn.text, change);
  if (text === undefined) {
    return wrong(`What you said last here has no "${change.from}" in it; ${blank}`);
  }
  if (text.trim() === "") {
    return wrong(`Nothing would be left of it; /undo takes it back; ${blank}`);
  }
  if (isSecret(text)) return wrong(MAY_BE_SECRET);
  const log = conversation !== undefined && "chat" in conversation ? conversation : { room };
  return ask({ type: "revise", ...log, re: lastOwn.seq, text });
}

function openLast({ lastOwn, isSaying }: Place): OwnAction | Parsed {
  if (isSaying) return wrong(NOT_ARRIVED);
  return lastOwn === undefined
    ? wrong("You said nothing here lately; /edit NUMBER changes something earlier")
    : open(lastOwn.seq);
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
