/**
 * The keys of the view, in one table: what each does is found in it, and so is what `/help keys` and the
 * manual say.
 */

import type { ViewHelp } from "../terminal/help.ts";
import type { PressedKey } from "../terminal/keys.ts";

/** What is told while the next key counts as one with Alt. */
export const PREFIX_HINT = "Ctrl-X: the next key is one with Alt";

/** What a key of the view asks for. */
export type ViewAction =
  | "next-unread"
  | "first"
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
  /** The same in a few words, for those that one needs first. */
  readonly brief?: string;
  readonly action: ViewAction;
}

export const VIEW_KEYS: readonly ViewKey[] = [
  {
    keys: ["alt-a"],
    shown: "Alt-A, /next",
    summary:
      "go to what is new, from the top of the list; first to what is for you, by your name or to you alone",
    brief: "the next with something new",
    action: "next-unread",
  },
  {
    keys: ["alt-u"],
    shown: "Alt-U, /first",
    summary: "go to the first message here that is new, below the line above it",
    brief: "the first that is new here",
    action: "first",
  },
  {
    keys: ["alt-k"],
    shown: "Alt-K, /go",
    summary: "go to a room or person by a few letters of the name",
    brief: "a room or person by letters",
    action: "go",
  },
  {
    keys: ["alt-left"],
    shown: "Alt-Left",
    summary: "go back to where you were, to where you read before you wrote, or to an answer",
    brief: "where you were before",
    action: "back",
  },
  { keys: ["alt-right"], shown: "Alt-Right", summary: "and forth again", action: "forth" },
  {
    keys: ["page-up"],
    shown: "PageUp",
    summary: "read what was said before, back to the beginning",
    brief: "what was said before",
    action: "page-up",
  },
  { keys: ["page-down"], shown: "PageDown", summary: "read on", action: "page-down" },
  { keys: ["shift-up"], shown: "Shift-Up", summary: "a line up", action: "line-up" },
  { keys: ["shift-down"], shown: "Shift-Down", summary: "a line down", action: "line-down" },
  {
    keys: ["end"],
    shown: "End, Escape",
    summary: "return to what was said last; in the line, go to its end",
    brief: "back to what was said last",
    action: "end",
  },
  {
    keys: ["alt-up"],
    shown: "Alt-Up, /pick",
    summary:
      "pick a message: reply, react, edit, copy, links, file, what it answers; or a hit of /search",
    brief: "a message: reply, react, edit",
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
    brief: "for Alt: Ctrl-X K is Alt-K",
    action: "prefix",
  },
];

/** What `/help` says of the view. */
export const VIEW_HELP: ViewHelp = {
  keys: VIEW_KEYS.map(({ shown, summary }) => [shown, summary]),
  first: [
    ...VIEW_KEYS.flatMap(({ shown, brief }) =>
      brief === undefined ? [] : [[shown, brief] as const]
    ),
    ["Alt-1 to Alt-9", "a room by its number"],
    ["F1, /help", "what you see here"],
    ["/help keys", "all keys"],
    ["/view", "back to the stream, or here"],
  ],
};

/** What a key asks for; `undefined`: it is the editor's. */
export function viewAction(name: string): ViewAction | undefined {
  return VIEW_KEYS.find(({ keys }) => keys.includes(name))?.action;
}

/** Whether a key goes to another place, or asks for which: what is chosen here is left then. */
export function goesElsewhere(name: string): boolean {
  const action = viewAction(name);
  return action === "next-unread" || action === "go" || /^alt-[1-9]$/.test(name);
}

/** The key with Alt that stands for a key behind Ctrl-X; `undefined`: there is none. */
export function asAlt(key: PressedKey): PressedKey | undefined {
  if (key.type === "paste") return key;
  if (key.type === "text") return { type: "key", name: `alt-${key.text.toLowerCase()}` };
  if (key.name === "ctrl-e") return { type: "key", name: "compose" };
  return key.name === "escape" ? undefined : { type: "key", name: `alt-${key.name}` };
}
