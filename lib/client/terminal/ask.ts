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
  /**
   * Once there is an answer nothing is echoed before the terminal is used again, or {@linkcode endQuiet} is called: a
   * secret may be typed before it is asked for. It is called with an exit code when Ctrl-C or a signal comes then.
   */
  readonly quiet?: (code: number) => void;
}

/**
 * Asks for one line, such as a name. When it is left unanswered, resolves with the exit code for that:
 * 130 for Ctrl-C and Ctrl-D, 129 and 143 for the signals SIGHUP and SIGTERM, 129 for a terminal that
 * is gone.
 */
export async function askLine(
  io: TerminalIo,
  prompt: string,
  { secret: masked = false, fresh = false, plain = false, quiet }: AskOptions = {},
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
  let answer: string | number = GONE_CODE;
  const giveBack = (): void => {
    // Windows would make no signal of Ctrl-C then.
    if (quiet === undefined || typeof answer === "number" || Deno.build.os === "windows") {
      return io.setRaw(false);
    }
    io.keys.quiet(true);
    io.setQuiet(quiet);
  };
  const asks = async (over: AbortSignal): Promise<string | number> => answer = await use(over);
  return await withTerminal(io, painter, onSignal, asks, giveBack);
}

/** The terminal echoes again, if it does not. What was typed meanwhile may have been a secret, and is for nobody. */
export async function endQuiet(io: TerminalIo): Promise<void> {
  if (!io.keys.isQuiet) return;
  await io.keys.drop();
  io.keys.quiet(false);
  io.setRaw(false);
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
