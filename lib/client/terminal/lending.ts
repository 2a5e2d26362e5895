/** Lends the terminal to other programs: to the shell, and to the person's editor with the draft. */

import type { OpenEditor } from "./draft_editor.ts";
import type { Drafts } from "./drafts.ts";
import type { HeldLines } from "./held_lines.ts";
import type { LineEditor } from "./editor.ts";
import type { PressedKey } from "./keys.ts";
import type { Stage } from "./stage.ts";
import type { TerminalIo } from "./tty.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode Lending}. */
export interface LendingOptions {
  readonly io: TerminalIo;
  readonly stage: Stage;
  readonly editor: LineEditor;
  readonly open: OpenEditor | undefined;
  readonly view: View;
  readonly held: HeldLines;
  readonly drafts: Drafts;
  readonly tell: (problem: string) => void;
  readonly note: (text: string) => void;
}

const NO_EDITOR = "There is no editor to start from here.";

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
    const { suspend } = await import("./hand_over.ts");
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
    const { io, stage, open, tell } = this.#options;
    if (open === undefined) return tell(NO_EDITOR);
    // It is seldom needed.
    const { composeLine } = await import("./draft_editor.ts");
    const { lend } = await import("./hand_over.ts");
    const told = await composeLine(text, {
      ...this.#options,
      open: (path) => lend(io, stage, () => open(path)),
      isOver: () => this.#isOver,
    });
    if (told !== undefined) tell(told);
  }

  #hold(text = ""): void {
    const { held, drafts, note } = this.#options;
    held.hold(`/editor ${text}`.trimEnd());
    drafts.here();
    const told = drafts.offer("before the answer came");
    if (told !== undefined) note(told);
  }
}
