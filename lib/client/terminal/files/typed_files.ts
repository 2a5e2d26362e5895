/** Finds the files that a line names, and where it says that one is to be saved. */

import type { SavePlace } from "../../files/file_transfer.ts";
import { reasonOf } from "../../../wire/text.ts";
import {
  looksLikePath,
  pathOf,
  type PathStyle,
  type TypedWord,
  typedWords,
} from "./typed_paths.ts";

/** What a line asks to be sent. */
export interface TypedFiles {
  readonly paths: readonly string[];
  /** What is said with them; empty: nothing. */
  readonly text: string;
}

/** How a path without quotes may go on behind a blank: at most so many words are tried. */
const MAX_WORDS = 32;
/** The most files of one line. */
const MAX_FILES = 16;

/**
 * The files that a line names, and the text that follows: what stands behind `--`, or behind the last word
 * that is a file. The result is a sentence that says what is wrong where the first word is no file.
 */
export async function readTypedFiles(line: string, style: PathStyle): Promise<TypedFiles | string> {
  const words = typedWords(line, style);
  const paths: string[] = [];
  let textFrom = 0;
  let next = 0;
  for (let word; (word = words[next]) !== undefined; next++) {
    if (paths.length > 0 && (word.text === "--" || !looksLikePath(word))) break;
    const path = pathOf(word, style);
    const kind = await kindOf(path);
    if (kind === "file") paths.push(await whole(path));
    else if (paths.length > 0) break;
    else {
      const found = await unquotedPath(line, words);
      if (found === undefined) return whyNot(word, path, kind);
      paths.push(await whole(found.path));
      next = found.last;
    }
    textFrom = words[next]?.end ?? line.length;
  }
  if (paths.length > MAX_FILES) {
    return `/send takes ${MAX_FILES} files at once, not ${paths.length}; pack them into one`;
  }
  const text = line.slice(textFrom).trim().replace(/^--(?:\s+|$)/, "");
  return { paths, text };
}

/** Where to save a file: in a folder that is there, or under the path that was typed. */
export async function readSavePlace(line: string, style: PathStyle): Promise<SavePlace> {
  const words = typedWords(line, style);
  const [first] = words;
  if (first === undefined) return { folder: Deno.cwd() };
  // A path with blanks and without quotes is one path: nothing else can follow.
  const path = words.length === 1 ? pathOf(first, style) : line;
  const isFolder = /[/\\]$/.test(path) || await kindOf(path) === "folder";
  return isFolder ? { folder: await whole(path) } : { path: await whole(path) };
}

/** A path that means the same wherever the client is started again. */
async function whole(path: string): Promise<string> {
  const { resolve } = await import("node:path");
  return resolve(path);
}

type Kind = "file" | "folder" | "other" | Error;

async function kindOf(path: string): Promise<Kind> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : "other";
  } catch (error) {
    return error as Error;
  }
}

/** The path that the line begins with, blanks and all: some terminals paste it so. The longest one. */
async function unquotedPath(
  line: string,
  words: readonly TypedWord[],
): Promise<{ readonly path: string; readonly last: number } | undefined> {
  const start = words[0]?.start ?? 0;
  for (let last = Math.min(words.length, MAX_WORDS) - 1; last > 0; last--) {
    const path = line.slice(start, words[last]?.end);
    if (await kindOf(path) === "file") return { path, last };
  }
  return undefined;
}

function whyNot({ text }: TypedWord, path: string, kind: Kind): string {
  if (kind === "folder") return `${text} is a folder; /send takes files, so pack it into one`;
  if (kind === "other") return `${text} is no file that can be sent`;
  if (kind instanceof Deno.errors.NotFound) {
    const where = path === text ? "" : ` (${path})`;
    return `There is no file ${text}${where}; Tab completes paths, and one with blanks needs quotes`;
  }
  return `${text} can't be read: ${kind instanceof Error ? reasonOf(kind) : ""}`;
}
