/** Holds a terminal in raw mode, lends it to the shell, and always gives it back as it was. */

import { delay } from "@std/async/delay";
import { within } from "../../wire/within.ts";
import type { EndSignal } from "../conversation.ts";
import type { PressedKey } from "./keys.ts";
import type { Display } from "./display.ts";
import type { TerminalIo } from "./tty.ts";

/** How long to wait when leaving a terminal that takes no output, in ms. */
const STALLED_MS = 500;
/** How long the signal that stops this program may take, in ms. */
const STOP_MS = 20;

/** The terminals that another program uses, until this settles. */
const lent = new WeakMap<TerminalIo, Promise<unknown>>();

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

/**
 * Gives the terminal to the shell until it brings us to the foreground again. Resolves with the reason
 * if that was not possible.
 */
export async function suspend(io: TerminalIo, painter: Display): Promise<string | undefined> {
  if (!await letGo(painter)) {
    painter.enter();
    return undefined;
  }
  io.setRaw(false);
  let problem: string | undefined;
  try {
    io.suspend();
    await delay(STOP_MS);
  } catch (error) {
    problem = (error as Error).message;
  }
  io.setRaw(true);
  painter.enter();
  return problem;
}

/**
 * Gives the terminal to a program that `use` starts and waits for. Resolves with what that resolves with when the
 * terminal is ours again.
 */
export async function lend<T>(io: TerminalIo, painter: Display, use: () => Promise<T>): Promise<T> {
  await letGo(painter);
  io.setRaw(false);
  // What is typed for that program as a signal comes to us, too.
  const stops = (["SIGINT", "SIGQUIT"] as const).map((signal) => io.onSignal(signal, () => {}));
  const using = use();
  lent.set(io, using.catch(() => {}));
  try {
    return await using;
  } finally {
    lent.delete(io);
    for (const stop of stops) stop();
    io.setRaw(true);
    painter.enter();
  }
}

/** Erases the row; false if the terminal takes no output. */
async function letGo(painter: Display): Promise<boolean> {
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
