/** The flags for how a client in a pipe prints events. */

import type { Shape } from "../client/shown.ts";
import { type Flag, flag, type Invocation, UsageError } from "./flags.ts";

/** `--json` and `--raw`. */
export const SHAPE_FLAGS = {
  json: flag("--json", "print each event as a line of JSON"),
  raw: flag("--raw", "print the texts alone, byte for byte; not on a terminal"),
} as const satisfies Readonly<Record<string, Flag>>;

/** Their lines in the help. */
export const SHAPE_NOTES: readonly string[] = [
  "--json prints events with their fields, all but ack, ping and welcome; chatroom help events",
  "lists them. --raw prints the text of each message as it was sent and a newline, without the",
  "sender. What others write could steer a terminal, so --raw refuses to print to one; a text may",
  "hold newlines of its own.",
];

/** The shape that the flags ask for. Throws {@linkcode UsageError}. */
export function shapeFrom(invocation: Invocation): Shape {
  const raw = invocation.has("raw");
  if (raw && invocation.has("json")) throw new UsageError("--json and --raw exclude each other");
  if (raw && Deno.stdout.isTerminal()) {
    throw new UsageError(
      "--raw would let others steer this terminal; leave it out, or send stdout to a file or pipe",
    );
  }
  return raw ? "raw" : invocation.has("json") ? "json" : "lines";
}
