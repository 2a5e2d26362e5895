/** Holds a terminal in raw mode, and always gives it back as it was. */

import { within } from "../../wire/within.ts";
import type { EndSignal } from "../conversation.ts";
import type { PressedKey } from "./keys.ts";
import type { Display } from "./display.ts";
import type { TerminalIo } from "./tty.ts";

/** How long to wait when leaving a terminal that takes no output, in ms. */
const STALLED_MS = 500;

/** The terminals that another program uses, until this settles. */
export const lent = new WeakMap<TerminalIo, Promise<unknown>>();

/**
 * Holds the terminal while `use` runs; `over` aborts when it may read no more keys. `giveBack` sets how the terminal is
 * after that, by default as it was.
 */
export async function withTerminal<T>(
  io: TerminalIo,
  painter: Display,
  onSignal: (signal: EndSignal) => void,
  use: (over: AbortSignal) => Promise<T>,
  giveBack: () => void = () => io.setRaw(false),
): Promise<T> {
  const stops: Array<() => void> = [];
  const over = new AbortController();
  io.setRaw(true);
  io.keys.begin();
  try {
    painter.enter();
    stops.push(io.onResize(() => painter.resized()));
    stops.push(io.onSignal("SIGTERM", () => onSignal("SIGTERM")));
    stops.push(io.onSignal("SIGHUP", () => onSignal("SIGHUP")));
    // If we were stopped from outside, the terminal may be in the shell's mode now.
    stops.push(io.onSignal("SIGCONT", () => {
      if (lent.has(io)) return;
      io.setRaw(true);
      painter.enter();
    }));
    return await use(over.signal);
  } finally {
    over.abort();
    await lent.get(io);
    // Changing the mode waits for the current write, for ever if nobody reads. Then leave it to the
    // runtime, which restores the mode at the end of the program without waiting.
    if (await letGo(painter)) giveBack();
    for (const stop of stops) stop();
  }
}

/** Erases the row; false if the terminal takes no output. */
export async function letGo(painter: Display): Promise<boolean> {
  return await within(STALLED_MS, painter.leave().then(() => true)) ?? false;
}

/**
 * The next key; `undefined` also when the terminal can't be read any more. Passes reports of the terminal
 * to the painter, which has asked for them, and whether its window has the focus to `focused`.
 */
export async function nextKey(
  io: TerminalIo,
  painter: Display,
  over: AbortSignal,
  focused: (here: boolean) => void = () => {},
): Promise<PressedKey | undefined> {
  try {
    for (;;) {
      const key = await io.keys.next(over);
      if (key?.type === "report") painter.reported(key);
      else if (key?.type === "focus") focused(key.here);
      else return key;
    }
  } catch {
    return undefined;
  }
}
