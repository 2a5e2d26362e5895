/** How a client in a pipe shows events: as lines for people, as JSON for programs, or as bare text. */

import { describeMessage } from "../words/commands/talk.js";
import type { Event } from "../wire/events.ts";
import { inertLine } from "../words/inert.js";
import { inertJson } from "./inert_json.ts";

/**
 * `lines`: messages, one a line, with nothing in them that steers a terminal. `json`: every event
 * that tells something, one a line. `raw`: the texts of messages byte for byte, each with a newline
 * behind it, whatever they do to a terminal.
 */
export type Shape = "lines" | "json" | "raw";

/** How events are shown. */
export interface ShownOptions {
  readonly shape: Shape;
  /** Lines begin with the room, for one who is in several. */
  readonly rooms?: boolean;
}

/** Events that are of no use to a script. */
const SILENT = new Set(["ack", "ping", "pong", "welcome"]);

/** What `event` puts on stdout; nothing for one that is not shown. */
export function shown(event: Event, { shape, rooms = false }: ShownOptions): string {
  if (shape === "json") return jsonLine(event);
  if (event.type !== "message" && event.type !== "direct") return "";
  if (shape === "raw") return `${event.text}\n`;
  if (event.type === "direct") return `${inertLine(`${event.from} (to you): ${event.text}`)}\n`;
  const line = describeMessage(event);
  return `${inertLine(rooms ? `#${event.room} ${line}` : line)}\n`;
}

/** The session is the key to our name, and no business of a script's log. */
function jsonLine(event: Event): string {
  if (SILENT.has(event.type)) return "";
  const { session: _, ...rest } = event as Event & { session?: string };
  return `${inertJson(JSON.stringify(rest))}\n`;
}
