/** How a client in a pipe prints events: as lines for people, as JSON for programs, or as bare text. */

import { describeMessage } from "../words/commands/talk.js";
import type { Event } from "../wire/events.ts";
import { inertLine } from "../words/inert.js";
import { inertJson } from "./inert_json.ts";

/**
 * `lines`: messages, one per line, made inert for a terminal. `json`: all events of use to a program,
 * one per line. `raw`: the text of each message byte for byte and a newline, whatever it does to a
 * terminal.
 */
export type Shape = "lines" | "json" | "raw";

/** Options of {@linkcode shown}. */
export interface ShownOptions {
  readonly shape: Shape;
  /** Whether lines begin with the room. */
  readonly rooms?: boolean;
}

/** Events that are of no use to a script. */
const SILENT = new Set(["ack", "ping", "pong", "welcome"]);

/** The text to print for `event`; empty if it is not printed. */
export function shown(event: Event, { shape, rooms = false }: ShownOptions): string {
  if (shape === "json") return jsonLine(event);
  if (event.type !== "message" && event.type !== "direct") return "";
  if (shape === "raw") return `${event.text}\n`;
  if (event.type === "direct") return `${inertLine(`${event.from} (to you): ${event.text}`)}\n`;
  const line = describeMessage(event);
  return `${inertLine(rooms ? `#${event.room} ${line}` : line)}\n`;
}

/** Leaves out the secret of the session: a script's log should not have it. */
function jsonLine(event: Event): string {
  if (SILENT.has(event.type)) return "";
  const { session: _, ...rest } = event as Event & { session?: string };
  return `${inertJson(JSON.stringify(rest))}\n`;
}
