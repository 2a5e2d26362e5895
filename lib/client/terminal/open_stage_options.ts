/** What the stage of a chat is opened with, and what comes of it. Only types. */

import type { Place } from "../../words/command.js";
import type { Conversation } from "../conversation.ts";
import type { KeptPlaces } from "../kept_places.ts";
import type { OpenEditor } from "./draft_editor.ts";
import type { Drafts } from "./drafts.ts";
import type { HeldLines } from "./held_lines.ts";
import type { LineEditor } from "./editor.ts";
import type { Lending } from "./lending.ts";
import type { ScreenEntry } from "./entry.ts";
import type { LookOptions } from "./palette.ts";
import type { Going } from "./going.ts";
import type { Preferences } from "./preferences.ts";
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
  /** Whether a file is on its way. */
  readonly isBusy: () => boolean;
  /** Shows a file on its way in so many columns at most; empty if there is none. */
  readonly bar: (columns: number) => string;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Says a text there. */
  readonly say: (text: string, place: Place) => void;
  readonly drafts: Drafts;
  readonly held: HeldLines;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  /** Opens what is kept of where the person was; by default nothing is. */
  readonly openPlaces?: () => Promise<KeptPlaces>;
  /** Opens a file in the person's editor; resolves when that has ended. By default there is none. */
  readonly openEditor?: OpenEditor;
  /** Called once when it is no longer possible to write to the terminal. */
  readonly lost: () => void;
  /** Called when something else is on screen. */
  readonly painted: () => void;
  /** Called when more of what was said is on screen, which the view has asked for. */
  readonly loaded: () => void;
  /** When the view writes once more what something else may have written over, in ms; see `FramePainter`. */
  readonly mendsMs?: readonly number[];
}

/** What `openStage` returns. */
export interface OpenStage {
  readonly stage: Stage;
  readonly places: Going;
  readonly taken: TakenRow;
  readonly lending: Lending;
}
