/** How the line editor behaves, and what keys ask for that it can't do by itself. Only types. */

/** What a key asks for. Changes of the text need no action. */
export type EditorAction =
  /** `early`: Enter was pressed before the line could be seen, so it does not mean that it is to be sent. */
  | { readonly type: "submit"; readonly text: string; readonly early?: true }
  /** Ctrl-C with nothing to clear. */
  | { readonly type: "interrupt" }
  /** Ctrl-D on an empty line. */
  | { readonly type: "end" }
  | { readonly type: "clear-screen" }
  | { readonly type: "help" }
  | { readonly type: "suspend" }
  /** Ctrl-X Ctrl-E: the line is to be edited in another program. */
  | { readonly type: "compose" }
  /** Ctrl-N and Ctrl-P. */
  | { readonly type: "next-room" | "previous-room" }
  /** Alt-1 to Alt-9. */
  | { readonly type: "room"; readonly number: number }
  /** Something was not possible: no completion, no more room. */
  | { readonly type: "bell" };

/** The actions that have nothing but their type. */
export type EditorSignal = Exclude<EditorAction["type"], "submit" | "room">;

/** How a line editor behaves. */
export interface EditorOptions {
  /** The longest line, in bytes of UTF-8. */
  readonly maxBytes?: number;
  /** False if Up must not find the line, as for a password. */
  readonly recall?: boolean;
}
