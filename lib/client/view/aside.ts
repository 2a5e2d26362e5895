/**
 * The drafts in whose place a line about a message that was picked stands in the row: they come back when that
 * line is sent or left.
 */

import type { Drafts } from "../terminal/drafts.ts";
import type { LineEditor } from "../terminal/editor.ts";

/** A line that answers a message. */
const REPLY = /^\/re \d+ /;

/** A line that waits for Enter to remove a message. */
const REMOVAL = /^\/remove \d+$/;

/** Options of {@linkcode DraftsAside}. */
export interface DraftsAsideOptions {
  readonly editor: LineEditor;
  readonly drafts: Pick<Drafts, "here" | "way" | "aside">;
}

export class DraftsAside {
  readonly #options: DraftsAsideOptions;

  constructor(options: DraftsAsideOptions) {
    this.#options = options;
  }

  /** Sets the draft aside: another line comes into the row. */
  keep(): void {
    const { editor, drafts } = this.#options;
    // What is picked is here, whatever room the row is for.
    drafts.here();
    const { draft } = editor;
    // A removal that nobody has confirmed is no draft.
    if (REMOVAL.test(draft.text)) return;
    if (REPLY.test(draft.text)) {
      // What was written behind it is the draft as it is now.
      const text = draft.text.replace(REPLY, "");
      if (text !== "") drafts.aside = { text, cursor: text.length };
    } else if (draft.text !== "" && (drafts.aside === undefined || !draft.text.startsWith("/"))) {
      drafts.aside = draft;
    }
  }

  /** Shows a line in the row; with `before` the draft goes on behind it, unless that is a command. */
  show(line: string, before = false): void {
    this.keep();
    const { editor, drafts } = this.#options;
    const { text = "" } = drafts.aside ?? {};
    const shown = before && !text.startsWith("/") ? line + text : line;
    editor.show({ text: shown, cursor: shown.length });
  }

  /** The line in the row is left: shows the draft again; false if there is none. Up finds the line. */
  giveBack(): boolean {
    const { editor, drafts } = this.#options;
    const { aside } = drafts;
    drafts.aside = undefined;
    if (aside === undefined && REMOVAL.test(editor.text)) {
      editor.show();
      return true;
    }
    if (aside === undefined || editor.text === aside.text) return false;
    editor.remember();
    editor.show(aside);
    return true;
  }

  /** A line was carried out: shows the draft again, unless that was part of it. */
  submitted(line: string): void {
    const { editor, drafts } = this.#options;
    if (drafts.aside === undefined) return;
    if (line.includes(drafts.aside.text)) drafts.aside = undefined;
    else if (editor.text === "" && drafts.way === undefined) this.giveBack();
  }
}
