/** Takes back what waits, and offers the line that edits or removes what was said last. */

import type { Parsed } from "../../words/command.js";
import { quoteText } from "../../words/fold.js";
import { lastToEdit } from "../../words/last_said.js";
import type { Request } from "../../wire/requests.ts";
import type { Conversation } from "../conversation.ts";
import type { Drafts } from "./drafts.ts";
import type { LineEditor } from "./editor.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Draft } from "./recalled.ts";
import type { View } from "./view.ts";

const TOO_LATE = "That has been sent meanwhile; try again when it is here.";

/** Options of a {@linkcode TakingBack}. */
export interface TakingBackOptions {
  readonly view: View;
  readonly editor: LineEditor;
  readonly drafts: Drafts;
  readonly conversation: Pick<Conversation, "withdraw">;
  readonly print: (entries: ScreenEntry[]) => void;
  readonly send: (request: Request) => void;
  /** Called when something waits no more. */
  readonly heard: () => void;
}

export class TakingBack {
  readonly #options: TakingBackOptions;

  constructor(options: TakingBackOptions) {
    this.#options = options;
  }

  /**
   * What Up on an empty line brings back to be edited: what waits, or was said lately. What is older is not
   * in the way of the lines that Up finds.
   */
  lastLine(): Draft | undefined {
    const { view, editor, drafts } = this.#options;
    // What is in the row for elsewhere can be about nothing that was said here.
    if (!view.hasLife || drafts.way !== undefined) return undefined;
    const { place } = view;
    const last = lastToEdit(place);
    if (typeof last === "number") return place.lastOwn?.isLately ? view.editLine(last) : undefined;
    if (last?.kind !== "withdraw") return undefined;
    this.withdraw(last);
    return editor.draft;
  }

  /** Takes back what waits: for good, to be edited in the row, or to send something else instead. */
  withdraw({ id, instead, edits }: Extract<Parsed, { kind: "withdraw" }>): void {
    const { view, print, editor, conversation, send, heard } = this.#options;
    if (!conversation.withdraw(id)) return print([view.error(TOO_LATE)]);
    const { line, shown } = view.withdrawn(id);
    const told = instead === undefined ? [view.notice(`Taken back, and not sent: ${line}`)] : [];
    print([...shown, ...told]);
    if (edits) editor.show({ text: line, cursor: line.length });
    if (instead !== undefined) send(instead);
    heard();
  }

  /** Puts the line into the row that removes a message: a removal can't be taken back. */
  askRemove(seq: number): void {
    const { view, print, editor } = this.#options;
    const line = `/remove ${seq}`;
    editor.show({ text: line, cursor: line.length });
    const { lastOwn } = view.place;
    const text = `You said ${seq} last: ${quoteText(lastOwn?.text ?? "")} ` +
      "(Enter takes it back for everybody, Ctrl-C leaves it)";
    print([view.notice(text)]);
  }
}
