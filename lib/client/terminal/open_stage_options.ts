/** What the stage of a chat is opened with, and what comes of it. Only types. */

import type { Place } from "../../words/command.js";
import type { Conversation } from "../conversation.ts";
import type { LineEditor } from "./editor.ts";
import type { ScreenEntry } from "./entry.ts";
import type { LookOptions } from "./palette.ts";
import type { Going } from "./going.ts";
import type { Preferences } from "./preferences.ts";
import type { Row } from "./screen.ts";
import type { Stage } from "./stage.ts";
import type { TakenRow } from "./taken_row.ts";
import type { TerminalIo } from "./tty.ts";
import type { View } from "./view.ts";

/** Options of `openStage`. */
export interface OpenStageOptions extends LookOptions {
  readonly io: TerminalIo;
  readonly conversation: Conversation;
  readonly view: View;
  readonly editor: LineEditor;
  readonly preferences: Preferences;
  /** The server's name for the person. */
  readonly server: string;
  readonly now: () => Date;
  /** The row at the bottom of the stream, for a terminal of so many columns. */
  readonly row: (columns: number) => Row;
  /** Shows a file on its way in so many columns at most; empty if there is none. */
  readonly bar: (columns: number) => string;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Says a text there. */
  readonly say: (text: string, place: Place) => void;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  /** Called once when it is no longer possible to write to the terminal. */
  readonly lost: () => void;
  /** When the view writes once more what something else may have written over, in ms; see `FramePainter`. */
  readonly mendsMs?: readonly number[];
}

/** What `openStage` returns. */
export interface OpenStage {
  readonly stage: Stage;
  readonly places: Going;
  readonly taken: TakenRow;
}
