/** A command that is run: its output goes on as it comes, and so do signals and its end. */

import { NO_COMMAND_CODE, NOT_RUN_CODE } from "../client/conversation.ts";
import { reasonOf } from "../wire/text.ts";
import { within } from "../wire/within.ts";
import { inertLine } from "../words/inert.js";
import { complain } from "./output.ts";
import { hasTerminal } from "./signals.ts";

/**
 * How long output is waited for that somebody else may still write when the command has ended, such as a
 * server that it has left in the background, in ms.
 */
const LEFT_OPEN_MS = 2_000;

/** By which of its two ways output comes. */
export type OutputWay = "stdout" | "stderr";

/**
 * Starts a command with our own standard input. Returns the exit code where it can't be, after having said
 * on stderr why.
 */
export function startCommand(
  [program = "", ...args]: readonly string[],
): Deno.ChildProcess | number {
  try {
    return new Deno.Command(program, { args, stdin: "inherit", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (error) {
    const shown = inertLine(program);
    if (error instanceof Deno.errors.NotFound) {
      complain(`There is no command ${shown}; nothing was run, and nobody was told`);
      return NO_COMMAND_CODE;
    }
    const why = error instanceof Deno.errors.NotCapable
      ? "the permission is missing; run with --allow-run or -A"
      : reasonOf(error);
    complain(`${shown} can't be run: ${why}; nobody was told`);
    return NOT_RUN_CODE;
  }
}

/** Passes its output on and shows it to `tee`. Resolves with how it ended, when all of it has come. */
export async function passOn(
  child: Deno.ChildProcess,
  tee: (bytes: Uint8Array, way: OutputWay) => void,
): Promise<Deno.CommandStatus> {
  const passing = (["stdout", "stderr"] as const).map((way) => {
    const reader = child[way].getReader();
    return { reader, done: copy(reader, Deno[way], (bytes) => tee(bytes, way)) };
  });
  const status = await child.status;
  await within(LEFT_OPEN_MS, Promise.all(passing.map(({ done }) => done)));
  for (const { reader } of passing) await reader.cancel().catch(() => {});
  return status;
}

/** Where nobody reads it any more, the command learns that as it would without us. */
async function copy(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  to: Pick<typeof Deno.stdout, "write">,
  tee: (bytes: Uint8Array) => void,
): Promise<void> {
  try {
    for (let next; !(next = await reader.read()).done;) {
      tee(next.value);
      for (let rest = next.value; rest.length > 0;) rest = rest.subarray(await to.write(rest));
    }
  } catch {
    await reader.cancel().catch(() => {});
  }
}

/**
 * Hands signals to the command until disposed of. What a terminal sends goes to both of us anyway, and twice
 * would be another wish.
 */
export function handSignals(child: Deno.ChildProcess): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]: ignore(["SIGINT", "SIGBREAK"]) };
  const isSentToBoth = hasTerminal();
  const own = isSentToBoth
    ? ["SIGTERM"] as const
    : ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;
  const stops = own.map((signal) => listen(signal, () => send(child, signal)));
  if (isSentToBoth) stops.push(ignore(["SIGINT", "SIGHUP", "SIGQUIT"]));
  return {
    [Symbol.dispose]: () => {
      for (const stop of stops) stop();
    },
  };
}

function ignore(signals: readonly Deno.Signal[]): () => void {
  const stops = signals.map((signal) => listen(signal, () => {}));
  return () => {
    for (const stop of stops) stop();
  };
}

function listen(signal: Deno.Signal, callback: () => void): () => void {
  Deno.addSignalListener(signal, callback);
  return () => Deno.removeSignalListener(signal, callback);
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
