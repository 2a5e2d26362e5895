/** Asks for one line at the terminal, such as a name or a password. */

import { LineEditor } from "./editor.ts";
import { type EndSignal, GONE_CODE, INTERRUPT_CODE, SIGNAL_CODES } from "../conversation.ts";
import { nextKey, withTerminal } from "./hold.ts";
import { Painter } from "./painter.ts";
import type { LookOptions, Palette } from "./palette.ts";
import type { Row } from "./screen.ts";
import type { TerminalIo } from "./tty.ts";

/** How {@linkcode askLine} asks. */
export interface AskOptions extends LookOptions {
  /** Shows dots instead of what is typed. */
  readonly secret?: boolean;
  /** Ignores what was typed before the question was shown. */
  readonly fresh?: boolean;
}

/**
 * Asks for one line, such as a name. When it is left unanswered, resolves with the exit code for that:
 * 130 for Ctrl-C and Ctrl-D, 129 and 143 for the signals SIGHUP and SIGTERM, 129 for a terminal that
 * is gone.
 */
export async function askLine(
  io: TerminalIo,
  prompt: string,
  { secret: masked = false, fresh = false, plain = false }: AskOptions = {},
): Promise<string | number> {
  const editor = new LineEditor({ recall: false });
  const left = Promise.withResolvers<number>();
  const lost = (): void => left.resolve(GONE_CODE);
  const palette = (): Palette => ({ depth: "none", escapes: !plain });
  const row = (): Row => ({ prompt, text: editor.text, cursor: editor.cursor, masked });
  const painter = new Painter({ io, row, palette, lost });
  const onSignal = (signal: EndSignal): void => left.resolve(SIGNAL_CODES[signal]);
  const use = (over: AbortSignal): Promise<string | number> =>
    Promise.race([left.promise, readLine(io, over, editor, painter)]);
  if (fresh) {
    // Only a raw terminal hands out a line that has not ended.
    io.setRaw(true);
    await io.keys.drop();
  }
  return await withTerminal(io, painter, onSignal, use);
}

async function readLine(
  io: TerminalIo,
  over: AbortSignal,
  editor: LineEditor,
  painter: Painter,
): Promise<string | number> {
  for (;;) {
    const key = await nextKey(io, painter, over);
    if (key === undefined) return GONE_CODE;
    const action = editor.handle(key);
    if (action?.type === "submit") return action.text;
    if (action?.type === "end" || action?.type === "interrupt") return INTERRUPT_CODE;
    if (action?.type === "bell") painter.bell();
    if (action?.type === "clear-screen") painter.clear();
    painter.refresh();
  }
}
