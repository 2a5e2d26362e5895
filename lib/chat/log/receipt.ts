/** What only the log knows of a fact: its number, that it was there before, or why it is not kept. */

import type { Quote, SentFile } from "../../wire/events.ts";
import type { ChatLog } from "../messages/log_key.ts";
import type { Refusal } from "../refusal.ts";

/** What only the log knows of a fact that stays. One that is kept and has no number has none. */
export type Receipt =
  /** The number of what was stored in its log. */
  | StoredNow
  /** It was stored before with this session and id, or changes nothing: as this. */
  | { readonly again: Again }
  /** A message that was only to be looked for was not stored before. */
  | { readonly absent: true }
  /** It could not be kept. */
  | NotKept;

/** Why something is not kept. */
export interface NotKept {
  readonly refused: Refusal;
  /** It never came into the order of facts, so nobody else knows of it: it is answered, and changes nothing. */
  readonly isUnsent?: true;
}

/** Where something is stored now; the entry's time is that of the message. */
export interface StoredNow {
  readonly seq: number;
  /** Of a direct message: its number in an inbox. */
  readonly n?: number;
  /** Of an answer: how that begins which it answers. Made when it is stored, and not kept. */
  readonly quote?: Quote;
  /** Of an edit: the file that its message brings, and then the text as it was stored, see files.js. */
  readonly file?: SentFile;
  readonly text?: string;
  /** Of an answer: the choice as its question has it. */
  readonly choice?: string;
  /** Of a removal: who had said that, where it was somebody else. */
  readonly whose?: string;
}

/** Where a message was stored before. */
export interface Again {
  /** What the room is called, or whom it was for. */
  readonly room: string;
  readonly seq: number;
  readonly at: string;
  readonly log?: ChatLog;
}
