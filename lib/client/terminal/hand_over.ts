/** Lends a terminal that is held to the shell, and to other programs. */

import { delay } from "@std/async/delay";
import type { Display } from "./display.ts";
import { lent, letGo } from "./hold.ts";
import type { TerminalIo } from "./tty.ts";

/** How long the signal that stops this program may take, in ms. */
const STOP_MS = 20;

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
