/** Draws a terminal's screen as an SVG picture whose text can be selected. */

import type { ShownCell } from "../fixtures/virtual_screen.ts";

/** The colours of a picture. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  /** The 16 that a terminal has by itself. */
  readonly sixteen: readonly string[];
}

/** A dark scheme and a light one, of no terminal in particular. */
export const THEMES: Readonly<Record<"dark" | "light", Theme>> = {
  dark: {
    background: "#1c1e26",
    foreground: "#d5d8e0",
    sixteen: (
      "#1c1e26 #e05561 #8cc265 #d18f52 #4aa5f0 #c162de #42b3c2 #d5d8e0 " +
      "#6b7080 #ff616e #a5e075 #f0a45d #4dc4ff #de73ff #4cd1e0 #ffffff"
    ).split(" "),
  },
  light: {
    background: "#fcfcfa",
    foreground: "#2a2c33",
    sixteen: (
      "#2a2c33 #c8272c #2f7d32 #8f6000 #1f61c4 #97359b #0b7285 #8a8d94 " +
      "#5c5f66 #e03e3e #3d8c40 #a87400 #2f74e0 #ad4bb0 #118297 #fcfcfa"
    ).split(" "),
  },
};

const CELL = { width: 8.4, height: 18, size: 14, margin: 12 };
const FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

/** What stands side by side and looks the same. */
interface Run {
  readonly column: number;
  readonly cell: ShownCell;
  text: string;
  columns: number;
}

/** What a picture is made of. */
export interface Picture {
  readonly rows: readonly (readonly ShownCell[])[];
  readonly cursor: readonly [column: number, row: number];
  readonly theme: Theme;
  /** What somebody who can't see the picture is told. */
  readonly title: string;
}

/** The picture as a file's text. */
export function drawSvg({ rows, cursor, theme, title }: Picture): string {
  const columns = Math.max(...rows.map((row) => row.reduce((sum, { width }) => sum + width, 0)));
  const width = round(columns * CELL.width + 2 * CELL.margin);
  const height = rows.length * CELL.height + 2 * CELL.margin;
  const [x, y] = place(cursor[0], cursor[1]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${theme.background}"/>`,
    `<g font-family="${FONT}" font-size="${CELL.size}" xml:space="preserve">`,
    ...rows.flatMap((row, n) => runsOf(row).flatMap((run) => drawRun(run, n, theme))),
    "</g>",
    `<rect x="${x}" y="${y}" width="${CELL.width}" height="${CELL.height}" ` +
    `fill="${theme.foreground}" fill-opacity="0.6"/>`,
    "</svg>",
    "",
  ].join("\n");
}

function runsOf(row: readonly ShownCell[]): Run[] {
  const runs: Run[] = [];
  let column = 0;
  for (const cell of row) {
    const last = runs.at(-1);
    const same = last !== undefined && cell.width === 1 && last.cell.width === 1 &&
      look(cell) === look(last.cell);
    if (same) [last.text, last.columns] = [last.text + cell.text, last.columns + 1];
    else runs.push({ column, cell, text: cell.text, columns: cell.width });
    column += cell.width;
  }
  return runs;
}

/** The part of a run's text that can be seen. Not every program keeps blanks at the ends of a text. */
function withoutBlanks(run: Run): Run[] {
  const text = run.text.trimStart();
  const before = run.text.length - text.length;
  const columns = run.columns - before - (text.length - text.trimEnd().length);
  return text === ""
    ? []
    : [{ ...run, column: run.column + before, text: text.trimEnd(), columns }];
}

function look({ colour, bold, dim, inverse }: ShownCell): string {
  return JSON.stringify([colour, bold, dim, inverse]);
}

function drawRun(run: Run, row: number, theme: Theme): string[] {
  const { cell } = run;
  const colour = colourOf(cell.colour, theme);
  const box = `<rect ${placeOf(run, row)} ${sizeOf(run)} fill="${colour}"/>`;
  const style = (cell.bold ? ' font-weight="bold"' : "") + (cell.dim ? ' opacity="0.65"' : "");
  const fill = cell.inverse ? theme.background : colour;
  const texts = withoutBlanks(run).map((seen) => {
    const [x, y] = place(seen.column, row);
    return `<text x="${x}" y="${y + 13}" fill="${fill}"${style} ` +
      `textLength="${round(seen.columns * CELL.width)}" ` +
      `lengthAdjust="spacingAndGlyphs">${escape(seen.text)}</text>`;
  });
  return cell.inverse ? [box, ...texts] : texts;
}

function placeOf({ column }: Run, row: number): string {
  const [x, y] = place(column, row);
  return `x="${x}" y="${y}"`;
}

function sizeOf({ columns }: Run): string {
  return `width="${round(columns * CELL.width)}" height="${CELL.height}"`;
}

function colourOf(colour: ShownCell["colour"], { foreground, sixteen }: Theme): string {
  if (colour === undefined) return foreground;
  return typeof colour === "string" ? colour : sixteen[colour] ?? foreground;
}

function place(column: number, row: number): [number, number] {
  return [round(CELL.margin + column * CELL.width), CELL.margin + row * CELL.height];
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
