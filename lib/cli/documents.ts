/** Shows sections of the documents on a terminal, found by a heading or a word. */

import { editDistance } from "../words/edit_distance.js";
import { UsageError } from "./flags.ts";
import { plainText } from "./plain_text.ts";
import { DOCUMENTS, topicWords } from "./topics.ts";

/** Where the executable has the documents: in a folder beside its modules. */
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
  for (const { word, path, topics } of DOCUMENTS) {
    const text = await readDocument(path);
    if (wanted === word) return plainText(text, columns);
    const named = folded(topics[wanted] ?? "");
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
  const url = Deno.build.standalone
    ? new URL(INSIDE + path.slice(path.lastIndexOf("/") + 1), import.meta.url)
    : new URL(`../../${path}`, import.meta.url);
  return await Deno.readTextFile(url);
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
