/** What the chat in a terminal is started with. */

import type { Conversation } from "../conversation.ts";
import type { Settings } from "../settings.ts";
import type { LineEditor } from "./editor.ts";
import type { HeldLines } from "./drafts.ts";
import type { Depth } from "./palette.ts";
import type { TerminalIo } from "./tty.ts";

/** How a terminal looks. */
export interface LookOptions {
  /** False leaves out every colour, as `NO_COLOR` asks; bold and links stay. */
  readonly color?: boolean;
  /** The colours that the terminal has; 16 unless told. */
  readonly depth?: Depth;
  /** No escapes at all; what comes while something is typed waits for Enter. */
  readonly plain?: boolean;
}

/** What the chat needs. */
export interface TerminalOptions extends LookOptions {
  readonly conversation: Conversation;
  readonly io: TerminalIo;
  /** What to call the server, as in `localhost:1234`. */
  readonly server: string;
  /** The room that is entered first. */
  readonly room: string;
  /** What was chosen before; nothing unless given. */
  readonly settings?: Settings;
  /** Remembers what is chosen now. */
  readonly save?: (settings: Settings) => void;
  /** Holds what is written, and what was; a new one unless given. */
  readonly editor?: LineEditor;
  /** Holds what was typed before it could be sent; nothing unless given. */
  readonly held?: HeldLines;
  readonly now?: () => Date;
  /** How long to wait for others that come or go before it is told, in ms. */
  readonly presenceMs?: number;
  /** The same where nothing was said since it was told last, in ms. */
  readonly foldMs?: number;
}
