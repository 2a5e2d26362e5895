/** What the chat in a terminal is started with. */

import type { Conversation } from "../conversation.ts";
import type { KeptDrafts } from "../kept_drafts.ts";
import type { KeptPlaces } from "../kept_places.ts";
import type { Settings } from "../settings.ts";
import type { HeldLines } from "./held_lines.ts";
import type { OpenEditor } from "./draft_editor.ts";
import type { LineEditor } from "./editor.ts";
import type { FileDeskOptions } from "./files/file_desk.ts";
import type { LookOptions } from "./palette.ts";
import type { TerminalIo } from "./tty.ts";

/** Options of `runTerminal`. */
export interface TerminalOptions extends LookOptions {
  readonly conversation: Conversation;
  readonly io: TerminalIo;
  /** The server's name for the person, as in `localhost:1234`. */
  readonly server: string;
  /** The room that is entered first. */
  readonly room: string;
  /** What was chosen before; by default nothing. */
  readonly settings?: Settings;
  /** Remembers what is chosen now. */
  readonly save?: (settings: Settings) => void;
  /** Has the line that is written, and earlier ones; by default a new one. */
  readonly editor?: LineEditor;
  /** Has the lines that were typed before they could be sent; by default none. */
  readonly held?: HeldLines;
  /** How files are found and kept on this machine. */
  readonly files?: Pick<FileDeskOptions, "home" | "openKept">;
  /** Opens what keeps drafts from one run to the next; by default nothing does. */
  readonly openDrafts?: () => Promise<KeptDrafts>;
  /** Opens what is kept of where the person was; by default nothing is. */
  readonly openPlaces?: () => Promise<KeptPlaces>;
  /** Opens a file in the person's editor; resolves when that has ended. By default there is none. */
  readonly openEditor?: OpenEditor;
  readonly now?: () => Date;
  /** How long to collect who comes and goes for one sentence, in ms; by default 1,000. */
  readonly presenceMs?: number;
  /** The same if the last thing that was printed is such a sentence, in ms; by default 30,000. */
  readonly foldMs?: number;
  /** How long something has to stand on screen until it is seen, in ms; by default 500. */
  readonly settleMs?: number;
  /** When the view writes once more what something else may have written over, in ms; see `FramePainter`. */
  readonly mendsMs?: readonly number[];
}
