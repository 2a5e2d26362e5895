/** Ctrl-T: two graphemes change places. Does no IO. */

import type { EditorSignal } from "./editor_action.ts";

/** The line in which they do, with the place beside the cursor in either direction. */
interface EditedLine {
  readonly text: string;
  readonly cursor: number;
  beside(direction: 1 | -1): number;
  moveTo(place: number): void;
  replace(start: number, end: number, text: string): void;
}

/** Swaps the graphemes around the cursor and steps over them; at the end, the last two. */
export function transpose(
  editor: EditedLine,
): EditorSignal | void {
  const from = editor.cursor;
  if (editor.beside(1) === from) editor.moveTo(editor.beside(-1));
  const [start, middle, end] = [editor.beside(-1), editor.cursor, editor.beside(1)];
  if (start === middle || middle === end) {
    editor.moveTo(from);
    return "bell";
  }
  const { text } = editor;
  editor.replace(start, end, text.slice(middle, end) + text.slice(start, middle));
}
