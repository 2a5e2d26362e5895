/** What Tab makes of a path that was begun: reads the folder that it is in. */

import type { PathChoices } from "../completion.ts";
import { pathOf, type PathStyle, quotePath, splitPath, typedWords } from "./typed_paths.ts";

/** The most names that are offered. */
const MAX_CHOICES = 1_000;

/**
 * The paths that the last word of a text begins, each written so that it is one word. Behind a file
 * stands a blank, and behind a folder nothing, as what is in it may follow. `undefined` for a text that
 * has none.
 */
export function pathChoices(text: string, style: PathStyle): PathChoices | undefined {
  const last = typedWords(text, style).at(-1);
  // Behind a blank that is not part of it, another word begins.
  const word = last?.end === text.length ? last : undefined;
  const from = word?.start ?? text.length;
  if (word?.home && word.text === "~") return { from, choices: ["~/"] };
  const [folder, begun] = splitPath(word?.text ?? "", style);
  const read = word === undefined ? "" : splitPath(pathOf(word, style), style)[0];
  const quote = /^["']/.exec(text.slice(from))?.[0] ?? "";
  const separator = style.windows && !folder.includes("/") ? "\\" : "/";
  const choices = namesIn(read || ".", begun).map(({ name, isFolder }) =>
    isFolder
      // A quote is closed when the path is whole.
      ? quotePath(folder + name + separator, quote, style).replace(/["']$/, "")
      : `${quotePath(folder + name, quote, style)} `
  );
  return { from, choices };
}

interface Named {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The names in a folder that begin so; in another letter case only if there are none in this one. */
function namesIn(folder: string, begun: string): Named[] {
  const all = entriesIn(folder).filter(({ name }) =>
    begun.startsWith(".") || !name.startsWith(".")
  );
  const lower = begun.toLowerCase();
  const exact = all.filter(({ name }) => name.startsWith(begun));
  const found = exact.length > 0
    ? exact
    : all.filter(({ name }) => name.toLowerCase().startsWith(lower));
  return found.sort((a, b) => a.name < b.name ? -1 : 1).slice(0, MAX_CHOICES).map((entry) => (
    {
      name: entry.name,
      isFolder: entry.isDirectory || entry.isSymlink && leadsToFolder(folder, entry.name),
    }
  ));
}

function entriesIn(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    // It is not there, or not ours to read.
    return [];
  }
}

function leadsToFolder(folder: string, name: string): boolean {
  try {
    return Deno.statSync(`${folder}/${name}`).isDirectory;
  } catch {
    return false;
  }
}
