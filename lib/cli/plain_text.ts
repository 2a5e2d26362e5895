/** Turns the Markdown of our documents into plain, wrapped text for a terminal. */

import { wrapWords } from "./help.ts";
import { DOCUMENTS } from "./topics.ts";

/** The text, with a blank line before each block. */
export function plainText(markdown: string, columns: number): string {
  return blocksOf(markdown).map((block) => shownBlock(block, columns).join("\n"))
    .filter((block) => block !== "").join("\n\n");
}

/** Cuts the text at blank lines, but not between the fences of code. */
function blocksOf(markdown: string): string[][] {
  const blocks: string[][] = [[]];
  let isFenced = false;
  for (const line of markdown.split("\n")) {
    const block = blocks.at(-1) ?? [];
    const isFence = line.startsWith("```");
    if (isFence && !isFenced) blocks.push([line]);
    else if (isFence || isFenced || line !== "") block.push(line);
    if (isFence) isFenced = !isFenced;
    if (!isFenced && (isFence || line === "" || /^#+ /.test(line))) blocks.push([]);
  }
  return blocks.filter(({ length }) => length > 0);
}

function shownBlock(lines: readonly string[], columns: number): string[] {
  const [first = ""] = lines;
  if (first.startsWith("```")) return lines.slice(1, -1).map((line) => `  ${line}`.trimEnd());
  if (first.startsWith("|")) return shownTable(lines, columns);
  if (first.startsWith("#")) return [plain(first.replace(/^#+ /, "")).toUpperCase()];
  if (/^(-|\d+\.) /.test(first)) return shownList(lines, columns);
  const text = plain(lines.join(" "));
  return text === "" ? [] : wrapWords(text, columns);
}

/** A list. A line that does not begin an item belongs to the item before it. */
function shownList(lines: readonly string[], columns: number): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (/^(-|\d+\.) /.test(line)) items.push(line);
    else items.push(`${items.pop()} ${line.trim()}`);
  }
  return items.flatMap((item) => {
    const [, mark = "", text = ""] = /^(\S+) +(.*)$/.exec(item) ?? [];
    const indent = " ".repeat(mark.length + 1);
    return wrapWords(plain(text), columns - indent.length)
      .map((line, n) => (n === 0 ? `${mark} ` : indent) + line);
  });
}

/** A table in columns, if it fits; else each row as its first cell with the others below it. */
function shownTable(lines: readonly string[], columns: number): string[] {
  const [head = [], , ...rows] = lines.map((line) =>
    line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => plain(cell.trim().replaceAll("\\|", "|")))
  );
  const widths = head.map((_, n) => Math.max(...[head, ...rows].map((row) => row[n]?.length ?? 0)));
  if (widths.reduce((sum, width) => sum + width + 2, -2) <= columns) {
    return [head, ...rows].map((row) =>
      row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join("  ").trimEnd()
    );
  }
  return rows.flatMap(([first = "", ...others]) => [
    ...first === "" ? [] : wrapWords(first, columns),
    ...others.flatMap((cell, n) => {
      if (cell === "") return [];
      const text = others.length === 1 ? cell : `${head[n + 1]}: ${cell}`;
      return wrapWords(text, columns - 4).map((line) => `    ${line}`);
    }),
  ]);
}

/** Text without marks: a link becomes its words, a picture is left out, code stays as it is. */
function plain(text: string): string {
  return text.split(/(`[^`]+`)/).map((part) =>
    /^`[^`]+`$/.test(part)
      ? part.slice(1, -1)
      : part.replaceAll(/\*\*([^*]+)\*\*/g, "$1").replaceAll(/\\([\\`*_|<>#])/g, "$1")
  ).join("")
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replaceAll(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "$1 ($2)")
    .replaceAll(
      /\[([^\]]+)\]\(([\w./#-]+)\)/g,
      (_, words: string, target: string) => words + helpAbout(target),
    )
    .trim();
}

/** The help topic that a link leads to, in words; empty if it is not one of our documents. */
function helpAbout(target: string): string {
  const [path = "", anchor] = target.split("#");
  const name = path.slice(path.lastIndexOf("/") + 1);
  const document = DOCUMENTS.find((each) => each.path.endsWith(`/${name}`));
  if (name === "" || document === undefined) return "";
  const topic = Object.entries(document.topics).find(([, heading]) => anchorOf(heading) === anchor);
  return ` (chatroom help ${topic?.[0] ?? anchor ?? document.word})`;
}

function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-");
}
