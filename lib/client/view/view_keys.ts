/**
 * The keys of the view, in one table: what each does is found in it, and so is what `/help keys` and the
 * manual say.
 */

/** What a key of the view asks for. */
export type ViewAction =
  | "next-unread"
  | "go"
  | "back"
  | "forth"
  | "page-up"
  | "page-down"
  | "line-up"
  | "line-down"
  | "end"
  | "alone"
  | "pick"
  | "people"
  | "prefix";

/** One row: keys that do the same. */
export interface ViewKey {
  /** As the decoder names them (keys.ts). */
  readonly keys: readonly string[];
  /** As people are told. */
  readonly shown: string;
  readonly summary: string;
  readonly action: ViewAction;
}

export const VIEW_KEYS: readonly ViewKey[] = [
  {
    keys: ["alt-a"],
    shown: "Alt-A, /next",
    summary: "go to the next room or person with something new; first what is for you",
    action: "next-unread",
  },
  {
    keys: ["alt-k"],
    shown: "Alt-K, /go",
    summary: "go to a room or person by a few letters of the name",
    action: "go",
  },
  {
    keys: ["alt-left"],
    shown: "Alt-Left",
    summary: "go back to where you were before, or to where you read before you wrote",
    action: "back",
  },
  { keys: ["alt-right"], shown: "Alt-Right", summary: "and forth again", action: "forth" },
  {
    keys: ["page-up"],
    shown: "PageUp",
    summary: "read what was said before, back to the beginning",
    action: "page-up",
  },
  { keys: ["page-down"], shown: "PageDown", summary: "read on", action: "page-down" },
  { keys: ["shift-up"], shown: "Shift-Up", summary: "a line up", action: "line-up" },
  { keys: ["shift-down"], shown: "Shift-Down", summary: "a line down", action: "line-down" },
  {
    keys: ["end"],
    shown: "End, Escape",
    summary: "return to what was said last; in the line, go to its end",
    action: "end",
  },
  {
    keys: ["alt-up"],
    shown: "Alt-Up, /pick",
    summary:
      "pick a message: reply, react, edit, copy, links, file, who reacted; Up, Down take others",
    action: "pick",
  },
  {
    keys: ["alt-n"],
    shown: "Alt-N, /here",
    summary: "show who is here at the right, from 120 columns on; once more, no longer",
    action: "people",
  },
  {
    keys: ["f2"],
    shown: "F2",
    summary: "show the conversation alone, to copy from it; F2 again shows the list",
    action: "alone",
  },
  {
    keys: ["ctrl-x"],
    shown: "Ctrl-X",
    summary: "stands for Alt: Ctrl-X K is Alt-K, where Alt does not reach this program",
    action: "prefix",
  },
];

/** What a key asks for; `undefined`: it is the editor's. */
export function viewAction(name: string): ViewAction | undefined {
  return VIEW_KEYS.find(({ keys }) => keys.includes(name))?.action;
}
