/** Ctrl-T: two graphemes change places. Does no IO. */

import type { LineEditor } from "./editor.ts";
import type { EditorSignal } from "./editor_action.ts";

/** Swaps the graphemes around the cursor and steps over them; at the end, the last two. */
export function transpose(
  editor: Pick<LineEditor, "text" | "cursor" | "beside" | "moveTo" | "replace">,
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
