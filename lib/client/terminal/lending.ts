/** Lends the terminal to other programs: to the shell, and to the person's editor with the draft. */

import type { OpenEditor } from "./draft_editor.ts";
import type { HeldLines } from "./drafts.ts";
import type { LineEditor } from "./editor.ts";
import { lend, suspend } from "./hold.ts";
import type { PressedKey } from "./keys.ts";
import type { Stage } from "./stage.ts";
import type { TerminalIo } from "./tty.ts";

/** Options of {@linkcode Lending}. */
export interface LendingOptions {
  readonly io: TerminalIo;
  readonly stage: Stage;
  readonly editor: LineEditor;
  readonly open: OpenEditor | undefined;
  /** The room or conversation that is looked at. */
  readonly place: () => string;
  readonly held: HeldLines;
  readonly tell: (problem: string) => void;
  readonly note: (text: string) => void;
}

const NO_EDITOR = "There is no editor to start from here.";
const ELSEWHERE =
  "You are elsewhere now; what you wrote in the editor is above the line: Up finds it.";

export class Lending {
  readonly #options: LendingOptions;
  /** Resolves when the terminal is ours; until then nobody may read keys from it. */
  ended: Promise<void> = Promise.resolve();
  #isOver = false;
  /** Whether somebody reads a key: that can't be stopped, and would take it from an editor. */
  #isReading = false;

  constructor(options: LendingOptions) {
    this.#options = options;
  }

  /** Waits for a key. */
  async reads(key: Promise<PressedKey | undefined>): Promise<PressedKey | undefined> {
    this.#isReading = true;
    return await key.finally(() => this.#isReading = false);
  }

  /** Gives the terminal to the shell until it brings us to the foreground again. */
  async suspend(): Promise<void> {
    const { io, stage, tell } = this.#options;
    const problem = await suspend(io, stage);
    if (problem !== undefined) tell(problem);
  }

  /**
   * Lets the person edit a text, by default the line, in their editor; it comes back into the row. Where that was
   * asked for before, and nobody has pressed a key now, Enter does it.
   */
  compose(text?: string): void {
    if (this.#isReading) return this.#hold(text);
    this.ended = this.#compose(text ?? this.#options.editor.text);
  }

  /** The chat is over. Resolves when whoever writes in an editor has done so to the end. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.ended;
  }

  async #compose(text: string): Promise<void> {
    const { io, stage, editor, open, place, tell } = this.#options;
    if (open === undefined) return tell(NO_EDITOR);
    // It is seldom needed.
    const { editedDraft } = await import("./draft_editor.ts");
    const { from = 0 } = editor.draft;
    const meantFor = place();
    const edited = await editedDraft(text, {
      open: (path) => lend(io, stage, () => open(path)),
      isOver: () => this.#isOver,
    });
    if ("problem" in edited) return tell(edited.problem);
    if (place() !== meantFor) return this.#keep(edited.text);
    if (edited.text === editor.text) return;
    editor.remember();
    // The words of a command that is edited stay out of reach only where they still are.
    const keeps = editor.text.slice(0, from) === edited.text.slice(0, from);
    editor.show({ text: "", cursor: 0 });
    editor.insert(edited.text);
    editor.show({ text: editor.text, cursor: editor.text.length, from: keeps ? from : 0 });
  }

  #hold(text = ""): void {
    const { held, note } = this.#options;
    held.hold(`/editor ${text}`.trimEnd());
    const told = held.offer("before the answer came");
    if (told !== undefined) note(told);
  }

  /** What was written for a room that is not looked at any more must not be said in another one. */
  #keep(text: string): void {
    const { editor, tell } = this.#options;
    const { draft } = editor;
    editor.show({ text, cursor: 0 });
    editor.remember();
    editor.show(draft);
    tell(ELSEWHERE);
  }
}
