/** Shows sections of the documents on a terminal, found by a heading or a word. */

import { IS_BUNDLED, readBeside } from "../beside/beside.ts";
import { editDistance } from "../words/edit_distance.js";
import { UsageError } from "./flags.ts";
import { wrapWords } from "./help.ts";
import { DOCUMENTS, topicWords } from "./topics.ts";

/** Where a bundle, which is JavaScript, has the documents: in a folder beside its modules. */
const INSIDE = "./documents/";

/** How many topics to suggest if there is none of that name. */
const NEAR = 3;

/**
 * What `chatroom help TOPIC` prints: the sections whose word or heading is `topic`, or the whole
 * document. Throws a {@linkcode UsageError} that suggests others if there are none; `others` are topics
 * besides those of the documents.
 */
export async function helpOf(
  topic: string,
  columns: number,
  others: readonly string[],
): Promise<string> {
  const wanted = folded(topic);
  const headings: string[] = [];
  const mentions: string[] = [];
  for (const { word, path, topics, parts = {} } of DOCUMENTS) {
    const text = await readDocument(path);
    if (wanted === word) return plainText(text, columns);
    const named = folded(wordIn(topics, wanted) ?? wordIn(parts, wanted) ?? "");
    const sections = sectionsOf(text);
    const found = sections.filter(({ heading }) => [wanted, named].includes(folded(heading)));
    if (found.length > 0) return found.map((each) => plainText(each.text, columns)).join("\n\n");
    headings.push(...sections.map(({ heading }) => heading));
    mentions.push(
      ...Object.entries(topics).filter(([, heading]) =>
        sections.some((each) => each.heading === heading && mentionsWord(each.text, wanted))
      ).map(([short]) => short),
    );
  }
  const near = nearestOf(wanted, [...others, ...topicWords(), ...headings]);
  throw new UsageError(
    `there is no help about ${JSON.stringify(topic)}; ${
      whereElse(near, mentions)
    }chatroom help lists what there is`,
  );
}

/** What a word stands for; a word that all objects have, such as `constructor`, for nothing. */
function wordIn(words: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** A hint for a topic that has no section of its own. */
function whereElse(near: readonly string[], mentions: readonly string[]): string {
  const quoted = (topics: readonly string[]): string =>
    topics.map((topic) => JSON.stringify(topic)).join(", ");
  if (near.length > 0) return `there is about ${quoted(near)}, and `;
  if (mentions.length > 0) return `it is mentioned in ${quoted(mentions.slice(0, NEAR))}, and `;
  return `there is about ${quoted(DOCUMENTS.map(({ word }) => word))}, and `;
}

function mentionsWord(text: string, word: string): boolean {
  return word.length > 2 && ` ${folded(text)} `.includes(` ${word} `);
}

async function readDocument(path: string): Promise<string> {
  const url = IS_BUNDLED
    ? new URL(INSIDE + path.slice(path.lastIndexOf("/") + 1), import.meta.url)
    : new URL(`../../${path}`, import.meta.url);
  return await readBeside(url);
}

interface Section {
  readonly heading: string;
  /** The heading and all that is below it. */
  readonly text: string;
}

/** Every section below the title. A line between the fences of code is not a heading. */
function sectionsOf(text: string): Section[] {
  const lines = text.split("\n");
  const marks: Array<{ at: number; level: number; heading: string }> = [];
  let isFenced = false;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("```")) isFenced = !isFenced;
    const [, hashes, heading] = isFenced ? [] : /^(#{2,6}) (.*)$/.exec(line) ?? [];
    if (hashes !== undefined && heading !== undefined) {
      marks.push({ at, level: hashes.length, heading });
    }
  }
  return marks.map(({ at, level, heading }, n) => {
    const next = marks.slice(n + 1).find((mark) => mark.level <= level);
    return { heading, text: lines.slice(at, next?.at).join("\n") };
  });
}

/** The topics that contain the word, or are spelled like it. */
function nearestOf(wanted: string, topics: readonly string[]): string[] {
  const rated = [...new Set(topics)].flatMap((topic) => {
    const text = folded(topic);
    if (wanted.length > 2 && text.includes(wanted)) return [[0, topic] as const];
    const distance = editDistance(wanted.slice(0, 20), text.slice(0, 20));
    return distance <= Math.max(1, wanted.length / 3) ? [[distance, topic] as const] : [];
  });
  return rated.sort(([a], [b]) => a - b).slice(0, NEAR).map(([, topic]) => topic);
}

/** A topic as it is compared: `behind-a-proxy` equals `Behind a proxy`. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Markdown as plain, wrapped text for a terminal, with a blank line before each block. */
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
