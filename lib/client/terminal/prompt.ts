/** The prompt: the room, what is new in others, and the state of the connection. */

import { inertLine } from "../../words/inert.js";
import { clip, widestOf } from "./cells.ts";
import { newsSigns } from "./counted.ts";
import type { JoinedRoom } from "./rooms.ts";
import type { LinkStatus } from "../conversation.ts";
import type { OwnMessages } from "./outgoing.ts";

/** What a prompt shows. */
export interface PromptParts {
  /** Empty if there is none. */
  readonly room: string;
  /** Other rooms with new messages, the most important first. */
  readonly unread: ReadonlyArray<Pick<JoinedRoom, "name" | "unread" | "mentions">>;
  /** Of the connection; empty if all is well. */
  readonly status: string;
  /** Shows a file on its way in so many columns at most; empty if there is none. */
  readonly bar?: (columns: number) => string;
  /** The message that the line is about; empty if it is about none. */
  readonly about?: string;
}

/** What somebody is told whose line is for a room, and who is in none. */
export const NOWHERE =
  "You look at no room; /join ROOM enters one, and /room ROOM looks at one of yours.";
/** With fewer columns than this nobody would know the message that the line is about. */
const MIN_ABOUT = 12;
/** A bar leaves so many columns to the room, and so many to the other rooms if they have news. */
const BAR_LEAVES = 12;
const NEWS_TAKES = 10;
/** The prompt counts a message that has no ack after so long, in ms. */
export const SLOW_MS = 500;

/**
 * `dev> `, `dev [ops 12! · lobby 3]> `, `(offline) dev> `, `(↑ 45% 1.2 MB/s 0:12) dev> `, `(bob: lunch?) dev> `. Rooms that don't fit into `columns` are
 * counted: `dev [ops 12! +1]> `.
 */
export function formatPrompt(
  { room, unread, status, bar = (): string => "", about = "" }: PromptParts,
  columns: number,
): string {
  const own = inertLine(room) || "(no room)";
  const taken = widestOf(status) + Math.min(BAR_LEAVES, widestOf(own)) +
    (unread.length === 0 ? 0 : NEWS_TAKES) + "(, ) > ".length;
  const shown = bar(columns - taken);
  // The person looks at what is typed now.
  const hasSpace = columns - taken >= Math.min(MIN_ABOUT, widestOf(about));
  const meant = about === "" || !hasSpace ? "" : clip(about, columns - taken);
  const states = [status, meant === "" ? shown : meant].filter((state) => state !== "");
  const before = states.length === 0 ? "" : `(${states.join(", ")}) `;
  const place = clip(own, Math.max(6, columns - widestOf(before) - 2));
  const space = columns - widestOf(before) - widestOf(place) - "> ".length;
  const others = space < 5 ? "" : othersIn(unread, space);
  return `${before}${place}${others}> `;
}

/** The other rooms in brackets, as many of them as there is space for. */
function othersIn(unread: PromptParts["unread"], space: number): string {
  const parts = unread.map((room) => `${inertLine(room.name)} ${newsSigns(room)}`);
  for (let shown = parts.length; shown > 0; shown--) {
    const rest = parts.length - shown;
    const text = ` [${parts.slice(0, shown).join(" · ")}${rest > 0 ? ` +${rest}` : ""}]`;
    if (widestOf(text) <= space) return text;
  }
  const urgent = unread.some(({ mentions }) => mentions > 0) ? "!" : "";
  return parts.length === 0 ? "" : ` [+${parts.length}${urgent}]`;
}

/**
 * The state of the connection, if the person should know it, and how much is on its way: on a slow link
 * a message would seem lost until it is printed. `isPatient`: nobody has waited for the server yet.
 */
export function statusOf(
  status: LinkStatus["status"],
  own: OwnMessages,
  isPatient: boolean,
): string {
  if (status === "online") {
    const slow = own.sentBefore(performance.now() - SLOW_MS);
    return slow > 0 ? `sending ${slow}` : "";
  }
  if (isPatient && status === "connecting") return "";
  return own.unsent > 0 ? `${status}, ${own.unsent} unsent` : status;
}
