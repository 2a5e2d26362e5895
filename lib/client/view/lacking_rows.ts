/** What stands in a conversation of which nothing is there yet. Pure. */

import type { Standing } from "../terminal/standing.ts";
import type { PlaceState } from "./place_state.ts";
import { type CellRow, textCells } from "./screen_cells.ts";

/** Why nothing is there, in a row; none where nothing was said. */
export function lackingRows(
  place: string,
  { asking, transcript }: Pick<PlaceState, "asking" | "transcript">,
  { status, online }: Pick<Standing, "status" | "online">,
): CellRow[] {
  if (place === "") return [];
  if (asking !== undefined && online) return [textCells("Fetching what was said here …", "2")];
  if (transcript.hasNewest || online) return [];
  const text = status === "connecting"
    ? "Connecting …"
    : "What was said here comes when there is a connection again.";
  return [textCells(text, "2")];
}
