/** Asks for one line at the terminal, such as a name or a password. */

import { LineEditor } from "./editor.ts";
import { type EndSignal, nextKey, withTerminal } from "./hold.ts";
import { Painter } from "./painter.ts";
import type { Row } from "./screen.ts";
import type { TerminalIo } from "./tty.ts";

/** How a terminal looks. */
export interface LookOptions {
  /** False leaves out colour and every other attribute, as `NO_COLOR` asks. */
  readonly color?: boolean;
  /** No escapes at all; what comes while something is typed waits for Enter. */
  readonly plain?: boolean;
}

/** How {@linkcode askLine} asks. */
export interface AskOptions extends LookOptions {
  /** Shows dots instead of what is typed. */
  readonly secret?: boolean;
}

/**
 * Asks for one line, such as a name. Resolves with `undefined` for Ctrl-C, Ctrl-D and a terminal that
 * is gone.
 */
export async function askLine(
  io: TerminalIo,
  prompt: string,
  { secret: masked = false, plain = false }: AskOptions = {},
): Promise<string | undefined> {
  const editor = new LineEditor({ recall: false });
  const gone = Promise.withResolvers<undefined>();
  const lost = (): void => gone.resolve(undefined);
  const row = (): Row => ({ prompt, text: editor.text, cursor: editor.cursor, masked });
  const painter = new Painter({ io, row, color: false, plain, lost });
  let signalled: EndSignal | undefined;
  const onSignal = (signal: EndSignal): void => {
    signalled = signal;
    lost();
  };
  const use = (): Promise<string | undefined> =>
    Promise.race([gone.promise, readLine(io, editor, painter)]);
  try {
    return await withTerminal(io, painter, onSignal, use);
  } finally {
    if (signalled !== undefined) io.raise(signalled);
  }
}

async function readLine(
  io: TerminalIo,
  editor: LineEditor,
  painter: Painter,
): Promise<string | undefined> {
  for (;;) {
    const key = await nextKey(io);
    if (key === undefined) return undefined;
    const action = editor.handle(key);
    if (action?.type === "submit") return action.text;
    if (action?.type === "end" || action?.type === "interrupt") return undefined;
    if (action?.type === "bell") painter.bell();
    if (action?.type === "clear-screen") painter.clear();
    painter.refresh();
  }
}
