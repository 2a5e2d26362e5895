/** Holds a terminal in raw mode, lends it to the shell, and gives it back as it was whatever happens. */

import { delay } from "@std/async/delay";
import { within } from "../../wire/within.ts";
import type { EndSignal } from "../conversation.ts";
import type { PressedKey } from "./keys.ts";
import type { Painter } from "./painter.ts";
import type { TerminalIo } from "./tty.ts";

/** How long leaving may wait for a terminal that takes nothing, in ms. */
const STALLED_MS = 500;
/** A signal that stops this program may take a moment. */
const STOP_MS = 20;

/** Holds the terminal while `use` runs, which is told when it may read no more keys. */
export async function withTerminal<T>(
  io: TerminalIo,
  painter: Painter,
  onSignal: (signal: EndSignal) => void,
  use: (over: AbortSignal) => Promise<T>,
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
    // Stopped from outside and continued, we may find the modes of the shell.
    stops.push(io.onSignal("SIGCONT", () => {
      io.setRaw(true);
      painter.enter();
    }));
    return await use(over.signal);
  } finally {
    over.abort();
    // Changing the mode waits for a write that is under way, without end if nobody reads. Then it is
    // left to the runtime, which restores the mode at the program's end without waiting.
    if (await letGo(painter)) io.setRaw(false);
    for (const stop of stops) stop();
  }
}

/**
 * Gives the terminal back to the shell until it brings us to the foreground again. Resolves with why
 * that was not possible, if it was not.
 */
export async function suspend(io: TerminalIo, painter: Painter): Promise<string | undefined> {
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

/** Takes the row away; false for a terminal that takes nothing. */
async function letGo(painter: Painter): Promise<boolean> {
  return await within(STALLED_MS, painter.leave().then(() => true)) ?? false;
}

/**
 * The next key; `undefined` also when the terminal can't be read any more. What the terminal reports is
 * for the painter, which has asked for it.
 */
export async function nextKey(
  io: TerminalIo,
  painter: Painter,
  over: AbortSignal,
): Promise<PressedKey | undefined> {
  try {
    for (;;) {
      const key = await io.keys.next(over);
      if (key?.type !== "report") return key;
      painter.reported(key);
    }
  } catch {
    return undefined;
  }
}
