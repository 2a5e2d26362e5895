/**
 * All that the view shows at one time, as a value, and the frame that it makes. Pure: whoever has the same
 * scene sees the same screen.
 */

import {
  BLANK,
  type CellRow,
  fitCells,
  type ScreenCell,
  textCells,
  tinted,
} from "./screen_cells.ts";
import type { EditorBox } from "./editor_box.ts";
import type { ScreenFrame } from "./frame.ts";

/** What is laid over the conversation until it is left. */
export interface Overlay {
  readonly title: CellRow;
  /** At most as many as the conversation has room for. */
  readonly rows: readonly CellRow[];
  readonly hint: string;
  /** It takes the rows that it needs at the bottom, and leaves the conversation above; by default it takes all. */
  readonly isPanel?: boolean;
}

/** What is on the screen. */
export interface Scene {
  readonly columns: number;
  readonly rows: number;
  /** The rooms and people, if they are shown: each row is as wide as the list. */
  readonly list: { readonly width: number; readonly rows: readonly CellRow[] } | undefined;
  /** Who is here, at the right, if that is shown. */
  readonly people: { readonly width: number; readonly rows: readonly CellRow[] } | undefined;
  readonly title: CellRow;
  /** The last one stands at the bottom. */
  readonly talk: readonly CellRow[];
  /** So many of its rows from the top must be seen above a panel. */
  readonly talkUpTo?: number;
  readonly overlay: Overlay | undefined;
  readonly status: { readonly left: CellRow; readonly right: CellRow };
  readonly editor: EditorBox;
}

/** How many columns the conversation has, and how many rows, on a screen of this size. */
export interface TalkSize {
  readonly width: number;
  readonly height: number;
}

/** The rows that are neither the conversation's nor the editor's: the title and the status. */
const BARS = 2;
const EDITOR_SHARE = 3;

/** The most rows that the editor takes of so many: a third. */
export function mostEditorRows(rows: number): number {
  return Math.floor(rows / EDITOR_SHARE);
}

/** The room for the conversation beside a list and people, above so many rows of the editor. */
export function talkSize(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  widths: { readonly list: number; readonly people: number },
  editorRows: number,
): TalkSize {
  const beside = (width: number): number => width === 0 ? 0 : width + 1;
  return {
    width: Math.max(1, columns - beside(widths.list) - beside(widths.people)),
    height: Math.max(0, rows - BARS - editorRows),
  };
}

/** The frame that shows a scene. */
export function sceneFrame(scene: Scene): ScreenFrame {
  const { columns, rows, list, people, editor } = scene;
  const widths = { list: list?.width ?? 0, people: people?.width ?? 0 };
  const { width, height } = talkSize({ columns, rows }, widths, editor.rows.length);
  const middle = [
    fitCells(scene.title, width),
    ...talkRows(scene, width, height).map((row) => fitCells(row, width)),
    statusRow(scene.status, width),
    ...editor.rows.map((row) => fitCells(row, width)),
  ];
  const edge = textCells("│", "2")[0] as ScreenCell;
  const left = list === undefined ? undefined : { ...list, edge };
  const frame = Array.from({ length: rows }, (_, y) => {
    const row = [
      ...left === undefined ? [] : [...fitCells(left.rows[y] ?? [], left.width), edge],
      ...middle[y] ?? [],
      ...people === undefined ? [] : [edge, ...fitCells(people.rows[y] ?? [], people.width)],
    ];
    return fitCells(row, columns);
  });
  const x = (widths.list === 0 ? 0 : widths.list + 1) + editor.cursor.x;
  const y = rows - editor.rows.length + editor.cursor.y;
  return {
    columns,
    rows: frame,
    cursor: { x: Math.min(x, columns - 1), y: Math.max(0, Math.min(y, rows - 1)) },
  };
}

/** The rows of the conversation, or what is laid over it, from the top to the bottom. */
function talkRows(scene: Scene, width: number, height: number): CellRow[] {
  const { talk, overlay } = scene;
  if (overlay?.isPanel) return panelRows(scene, overlay, width, height);
  if (overlay !== undefined) {
    const all = [overlay.title, ...overlay.rows.slice(0, Math.max(0, height - 2))];
    const blank = Array.from({ length: Math.max(0, height - 1 - all.length) }, () => []);
    return [...all, ...blank, textCells(overlay.hint, "2")].slice(0, height);
  }
  return bottomRows(talk, height);
}

function bottomRows(talk: readonly CellRow[], height: number): CellRow[] {
  const shown = talk.slice(Math.max(0, talk.length - height));
  return [...Array.from({ length: height - shown.length }, () => []), ...shown];
}

/** The rows stay where they are, unless what the panel is about stands where it comes. */
function panelRows(
  { talk, talkUpTo = 0 }: Scene,
  { title, rows, hint }: Overlay,
  width: number,
  height: number,
): CellRow[] {
  const head = statusRow({ left: title, right: [] }, width, "1");
  const panel = [head, ...rows, textCells(hint, "2")].slice(-height);
  const all = bottomRows(talk, height);
  const left = height - panel.length;
  const end = Math.max(left, Math.min(height, talkUpTo + height - talk.length));
  return [...all.slice(end - left, end), ...panel];
}

/** The line between the conversation and the editor, which has the state of things in it. */
function statusRow(
  { left, right }: Scene["status"],
  width: number,
  style = "2",
): ScreenCell[] {
  const line = textCells("─", "2")[0] as ScreenCell;
  const room = Math.max(0, width - right.length - (right.length === 0 ? 0 : 4));
  const shown = left.length <= room - 4 ? left : fitCells(left, Math.max(0, room - 4));
  const start = shown.length === 0 ? [] : [line, BLANK, ...tinted(shown, style), BLANK];
  const end = right.length === 0 ? [] : [BLANK, ...tinted(right, "2"), BLANK, line];
  const fill = Math.max(0, width - start.length - end.length);
  return fitCells([...start, ...Array<ScreenCell>(fill).fill(line), ...end], width);
}
