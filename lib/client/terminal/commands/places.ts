/** The commands that go from one room or conversation to another, and that turn to the view. */

import type { OwnAction, TerminalCommand } from "./desk.ts";

/** A line that the place where the chat is shown carries out. */
function atPlaces(
  run: (places: Parameters<OwnAction["run"]>[0]["places"]) => void | Promise<void>,
): OwnAction {
  return { kind: "own", run: ({ places }) => run(places) };
}

export const PLACE_COMMANDS: readonly TerminalCommand[] = [
  {
    name: "view",
    usage: "",
    summary: "show each room on a screen of its own, and back",
    topic: "rest",
    first: 13,
    parse: () => atPlaces((places) => void places.turn()),
  },
  {
    name: "go",
    usage: "[LETTERS]",
    summary: "look at the room or person of yours whose name has these letters in it",
    topic: "rooms",
    takes: "name",
    parse: (rest) => atPlaces((places) => rest === "" ? places.command("go") : places.go(rest)),
  },
  {
    name: "next",
    usage: "",
    summary: "look at the next room or person with something new; first what is for you",
    topic: "alerts",
    parse: () => atPlaces((places) => places.command("next")),
  },
  {
    name: "first",
    usage: "",
    summary: "go to the first message in the view that is new here",
    topic: "rooms",
    parse: () => atPlaces((places) => places.command("first")),
  },
  {
    name: "here",
    usage: "",
    summary: "show who is here at the right of the view, from 120 columns on, or no longer",
    topic: "rest",
    parse: () => atPlaces((places) => places.command("people")),
  },
  {
    name: "pick",
    usage: "",
    summary: "pick a message in the view, to do something about it",
    topic: "rest",
    parse: () => atPlaces((places) => places.command("pick")),
  },
];
