/** What the view says where the terminal is too small for it. Pure. */

import { LEAST_COLUMNS, LEAST_ROWS } from "../terminal/stage.ts";
import type { ScreenSize } from "./frame_painter.ts";

/** What a terminal of this size lacks; `undefined`: nothing. */
export function lackingIn({ columns, rows }: ScreenSize): string | undefined {
  if (columns >= LEAST_COLUMNS && rows >= LEAST_ROWS) return undefined;
  return `The view needs a terminal of ${LEAST_COLUMNS} × ${LEAST_ROWS} at least; ` +
    `this one has ${columns} × ${rows}.`;
}
