/** The prompt: where one is, what is new elsewhere, and how the connection stands. */

import { inertLine } from "../../words/inert.js";
import { clip, widestOf } from "./cells.ts";
import type { RoomState } from "./rooms.ts";

/** What a prompt tells. */
export interface PromptParts {
  /** Empty: none. */
  readonly room: string;
  /** Other rooms that something is new in, the most important first. */
  readonly unread: ReadonlyArray<Pick<RoomState, "name" | "unread" | "mentioned">>;
  /** How the connection stands, where that needs to be said. */
  readonly status: string;
}

const MOST_COUNTED = 999;

/**
 * `dev> `, `dev [ops 12! · lobby 3]> `, `(offline) dev> `. What finds no place in `columns` is
 * counted: `dev [ops 12! +1]> `.
 */
export function formatPrompt({ room, unread, status }: PromptParts, columns: number): string {
  const before = `${status === "" ? "" : `(${status}) `}`;
  const own = inertLine(room) || "(no room)";
  const place = clip(own, Math.max(6, columns - widestOf(before) - 2));
  const space = columns - widestOf(before) - widestOf(place) - "> ".length;
  const others = space < 5 ? "" : othersIn(unread, space);
  return `${before}${place}${others}> `;
}

/** The other rooms in brackets, as many of them as there is space for. */
function othersIn(unread: PromptParts["unread"], space: number): string {
  const parts = unread.map(({ name, unread, mentioned }) => {
    const count = unread > MOST_COUNTED ? `${MOST_COUNTED}+` : `${unread}`;
    return `${inertLine(name)} ${count}${mentioned ? "!" : ""}`;
  });
  for (let shown = parts.length; shown > 0; shown--) {
    const rest = parts.length - shown;
    const text = ` [${parts.slice(0, shown).join(" · ")}${rest > 0 ? ` +${rest}` : ""}]`;
    if (widestOf(text) <= space) return text;
  }
  const urgent = unread.some(({ mentioned }) => mentioned) ? "!" : "";
  return parts.length === 0 ? "" : ` [+${parts.length}${urgent}]`;
}
