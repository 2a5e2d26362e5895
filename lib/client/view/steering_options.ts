/** What steering works with. */

import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import type { Drafts } from "../terminal/drafts.ts";
import type { LineEditor } from "../terminal/editor.ts";
import type { Known } from "../terminal/known.ts";
import type { PlaceReader } from "./place_reader.ts";
import type { Telling } from "./telling.ts";

/** Options of a `Steering`. */
export interface SteeringOptions {
  readonly known: Known;
  readonly editor: LineEditor;
  readonly reader: PlaceReader;
  readonly telling: Telling;
  /** Looks at a room or conversation. */
  readonly look: (place: string) => void;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  readonly drafts: Drafts;
  readonly bell: () => void;
  /** Shows a word that need not stay among what was said. */
  readonly pass: (text: string) => void;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Called when something was answered. */
  readonly told: () => void;
  /** Puts a text where the person pastes from. */
  readonly copy: (text: string) => void;
  /** Shows who is here, or not any more. */
  readonly turnPeople: () => void;
  /** Called when a line is submitted, which may change how things look. */
  readonly submits: () => void;
}
