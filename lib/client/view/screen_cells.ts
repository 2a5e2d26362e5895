// deno-lint-ignore-file no-control-regex
/**
 * The cells of a screen: what stands in each, and how it looks. Lines that are painted for a terminal
 * become cells here, so that what a message looks like is decided in one place for the stream and the
 * view. Knows no messages and no terminal; does no IO.
 */

import { graphemesOf } from "../../chat/names/graphemes.ts";
import { graphemeWidth } from "../../chat/names/width.ts";

/** One cell, or the first of those that a wide grapheme takes. */
export interface ScreenCell {
  /** A grapheme; empty in the cells that the one before it takes, too. */
  readonly text: string;
  /** How many cells it takes; 0 in those that the one before it takes. */
  readonly width: number;
  /** The parameters of SGR, as in `1;31`; empty: plain. */
  readonly style: string;
  /** Where it links to, as OSC 8 says it; empty: nowhere. */
  readonly link: string;
}

/** Cells from left to right. */
export type CellRow = readonly ScreenCell[];

/** What a painted line consists of: an attribute, a link, or text. Remote text in it is inert. */
const PART = /\x1b\[([\d;]*)m|\x1b\]8;([^\x1b]*)\x1b\\|([^\x1b]+)/g;
/** The plain cells of ASCII, which most cells are. */
const PLAIN = Array.from({ length: 127 }, (_, code): ScreenCell => (
  { text: String.fromCharCode(code), width: 1, style: "", link: "" }
));

/** A cell with nothing in it. */
export const BLANK = PLAIN[0x20] as ScreenCell;

/** The cells of a text in one style. The text is inert, and has no escapes. */
export function textCells(text: string, style = "", link = ""): ScreenCell[] {
  const cells: ScreenCell[] = [];
  for (const grapheme of graphemesOf(text)) {
    const code = grapheme.length === 1 ? grapheme.charCodeAt(0) : 0;
    const plain = style === "" && link === "" && code >= 0x20 ? PLAIN[code] : undefined;
    if (plain !== undefined) cells.push(plain);
    else addGrapheme(cells, { text: grapheme, width: graphemeWidth(grapheme), style, link });
  }
  return cells;
}

function addGrapheme(cells: ScreenCell[], cell: ScreenCell): void {
  if (cell.width === 0) {
    // A mark without a letter stands with what is before it, or is left out.
    const at = cells.findLastIndex(({ width }) => width > 0);
    const before = cells[at];
    if (before !== undefined) cells[at] = { ...before, text: before.text + cell.text };
    return;
  }
  cells.push(cell);
  for (let n = 1; n < cell.width; n++) cells.push({ ...cell, text: "", width: 0 });
}

/** The cells of a line with attributes and links, as `paint` and `hyperlink` make them. */
export function paintedCells(line: string): ScreenCell[] {
  const cells: ScreenCell[] = [];
  let [style, link] = ["", ""];
  for (const [, attributes, target, text] of line.matchAll(PART)) {
    if (attributes !== undefined) style = attributes === "0" ? "" : attributes;
    else if (target !== undefined) link = target === ";" ? "" : target;
    else for (const cell of textCells(text ?? "", style, link)) cells.push(cell);
  }
  return cells;
}

/** What goes on in the next row begins behind so many blanks, so that nothing there looks like an entry. */
const BROKEN_INDENT = 8;

/**
 * Rows of at most `width` cells: only a web address is wider, and goes on in the next one, behind `indented` blanks
 * where there is room for more than those. A terminal may just have become narrower than what is drawn in it.
 */
export function brokenRows(
  cells: CellRow,
  width: number,
  indented: number = Math.min(BROKEN_INDENT, Math.floor(width / 4)),
): CellRow[] {
  if (cells.length <= width) return [cells];
  const indent = Array<ScreenCell>(indented < width ? indented : 0).fill(BLANK);
  const rows: CellRow[] = [];
  for (let start = 0; start < cells.length;) {
    const room = rows.length === 0 ? width : width - indent.length;
    let end = Math.min(start + Math.max(1, room), cells.length);
    // A wide grapheme stays in one piece, unless there is no room for any.
    while (end > start + 1 && cells[end]?.width === 0) end--;
    const part = cells.slice(start, end);
    rows.push(rows.length === 0 ? part : [...indent, ...part]);
    start = end;
  }
  return rows;
}

/** Exactly `width` cells: what does not fit is cut, what is missing is blank. */
export function fitCells(cells: CellRow, width: number, blank: ScreenCell = BLANK): ScreenCell[] {
  const fitting = cells.slice(0, width);
  if (cells[width]?.width === 0) {
    // Half of a wide grapheme can't be shown.
    const at = fitting.findLastIndex((cell) => cell.width > 0);
    fitting.fill(blank, Math.max(0, at));
  }
  while (fitting.length < width) fitting.push(blank);
  return fitting;
}

/** All cells in another style, unless they have one. */
export function tinted(cells: CellRow, style: string): ScreenCell[] {
  return cells.map((cell) => cell.style === "" ? { ...cell, style } : cell);
}

/** All cells as those that are chosen look: light and dark change places. */
export function inverted(cells: CellRow): ScreenCell[] {
  return cells.map((cell) =>
    cell.style.split(";").includes("7")
      ? cell
      : { ...cell, style: cell.style === "" ? "7" : `${cell.style};7` }
  );
}

/** Whether two cells look alike. */
export function sameCell(one: ScreenCell, other: ScreenCell): boolean {
  return one === other ||
    one.text === other.text && one.style === other.style && one.link === other.link &&
      one.width === other.width;
}

/** The text of cells, for tests and for people who can't see them. */
export function cellText(cells: CellRow): string {
  return cells.map(({ text }) => text).join("");
}
