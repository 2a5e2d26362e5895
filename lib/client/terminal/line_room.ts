/** How much more there is room for in a line of so many bytes at most. Pure. */

import { segmentGraphemes } from "../../chat/names/graphemes.ts";

const encoder = new TextEncoder();

/** Whether there is room for `text` beside the line, which grows by so much; fast while it is far from full. */
export function hasRoom(line: string, growth: number, text: string, most: number): boolean {
  if ((line.length + Math.max(0, growth)) * 3 <= most) return true;
  return encoder.encode(line).length + encoder.encode(text).length <= most;
}

/** As much of `text` as there is room for beside the line. */
export function fittingPart(line: string, text: string, most: number): string {
  if (hasRoom(line, text.length, text, most)) return text;
  let space = most - encoder.encode(line).length;
  let fitting = "";
  for (const { segment } of segmentGraphemes(text)) {
    space -= encoder.encode(segment).length;
    if (space < 0) break;
    fitting += segment;
  }
  return fitting;
}
