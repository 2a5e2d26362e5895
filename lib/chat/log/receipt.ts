/** What only the log knows of a fact: its number, that it was there before, or why it is not kept. */

import type { ChatLog } from "../messages/log_key.ts";
import type { Refusal } from "../refusal.ts";

/** What only the log knows of a fact that stays. One that is kept and has no number has none. */
export type Receipt =
  /** The number of a message in its log, and in an inbox; the entry's time is the message's. */
  | { readonly seq: number; readonly n?: number }
  /** A message with this session and id was stored before, as this. */
  | { readonly again: Again }
  /** A message that was only to be looked for was not stored before. */
  | { readonly absent: true }
  /** It could not be kept. */
  | { readonly refused: Refusal };

/** Where a message was stored before. */
export interface Again {
  /** What the room is called, or whom it was for. */
  readonly room: string;
  readonly seq: number;
  readonly at: string;
  readonly log?: ChatLog;
}
