/** Lines of what others post, as they are shown. */

/** A part of a message that should be short takes at most so many characters. */
const MOST_LINE = 500;

/** Text on one line, and short. */
export function oneLine(text: string, most = MOST_LINE): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most).toWellFormed().replace(/\ufffd$/, "")}…`;
}

/** The lines that have something on them. */
export function shownLines(...lines: readonly string[]): string {
  return lines.filter((line) => line.trim() !== "").join("\n");
}
