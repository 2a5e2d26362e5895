/** What the view is made with. */

import type { Event } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import type { KeptPlaces } from "../kept_places.ts";
import type { Drafts } from "../terminal/drafts.ts";
import type { LineEditor } from "../terminal/editor.ts";
import type { Palette } from "../terminal/palette.ts";
import type { Row } from "../terminal/screen.ts";
import type { TerminalIo } from "../terminal/tty.ts";
import type { View } from "../terminal/view.ts";

/** What a `FullView` works with. */
export interface FullViewOptions {
  readonly io: TerminalIo;
  readonly view: View;
  readonly editor: LineEditor;
  readonly now: () => Date;
  readonly palette: () => Palette;
  /** The server's name for the person, as in `localhost:1234`. */
  readonly server: string;
  readonly send: (request: Request) => Promise<Event>;
  readonly canAsk: () => boolean;
  /** Shows a file on its way in so many columns at most; empty if there is none. */
  readonly bar: (columns: number) => string;
  /** What the row shows instead of the line, if something has taken it. */
  readonly taken: () => Row | undefined;
  /** Looks at a room or conversation. */
  readonly look: (place: string) => void;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  readonly drafts: Drafts;
  /** What is kept of where the person was; `undefined`: nothing is. */
  readonly kept: KeptPlaces | undefined;
  readonly lost: () => void;
  /** Called when something else is on screen. */
  readonly painted: () => void;
  /** Called when more of what was said is on screen. */
  readonly loaded: () => void;
  /** For tests: as those of a `FramePainter`. */
  readonly clock?: () => number;
  readonly wait?: (ms: number) => Promise<void>;
  readonly mendsMs?: readonly number[];
}
