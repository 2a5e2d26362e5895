/**
 * Paths as people type them, and as terminals paste what is dragged into their window: in quotes, with
 * backslashes before blanks, after `~`, or as a `file:` address. Pure.
 */

/** How paths are written on this machine. */
export interface PathStyle {
  /** What `~` stands for; `undefined`: nothing. */
  readonly home: string | undefined;
  /** On Windows a backslash parts folders and an apostrophe is a letter: neither quotes anything. */
  readonly windows: boolean;
}

/** A word of a line, as it was typed and as it is meant. */
export interface TypedWord {
  /** Where it begins and ends in the line, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Without quotes and backslashes. */
  readonly text: string;
  /** Whether it had some. */
  readonly quoted: boolean;
  /** Whether it begins with a tilde that stands for the person's home. */
  readonly home: boolean;
}

type Windows = Pick<PathStyle, "windows">;

/** The words of a line. A quote that is not closed goes up to the end. */
export function typedWords(line: string, style: Windows): TypedWord[] {
  const words: TypedWord[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(line[at])) at++;
    if (at >= line.length) return words;
    const word = wordFrom(line, at, style);
    words.push(word);
    at = word.end;
  }
}

function wordFrom(line: string, start: number, { windows }: Windows): TypedWord {
  let [text, quote, quoted, at] = ["", "", false, start];
  for (; at < line.length && (quote !== "" || !isBlank(line[at])); at++) {
    const character = line[at] ?? "";
    const isQuote = character === '"' || character === "'" && !windows;
    if (isQuote && (quote === "" || quote === character)) {
      quote = quote === "" ? character : "";
      quoted = true;
    } else if (character === "\\" && !windows && escapes(quote, line[at + 1])) {
      text += line[++at] ?? "";
      quoted = true;
    } else text += character;
  }
  const home = line[start] === "~" && /^~(?:[/\\]|$)/.test(text);
  return { start, end: at, text, quoted, home };
}

/** Whether a backslash says that the next character is meant as it is. */
function escapes(quote: string, next: string | undefined): boolean {
  if (next === undefined || quote === "'") return false;
  return quote === "" || next === '"' || next === "\\";
}

/** The path that a word means on this machine. */
export function pathOf({ text, home: isHome }: TypedWord, { home, windows }: PathStyle): string {
  if (/^file:\/\//i.test(text)) return pathInUrl(text, windows) ?? text;
  return isHome && home !== undefined ? home + text.slice(1) : text;
}

/** The path in a `file:` address; `undefined` where it names another machine or none. */
function pathInUrl(text: string, windows: boolean): string | undefined {
  try {
    const { hostname, pathname } = new URL(text);
    if (hostname !== "" && hostname !== "localhost") return undefined;
    const path = decodeURIComponent(pathname);
    return windows ? path.replace(/^\/(?=[A-Za-z]:)/, "").replaceAll("/", "\\") : path;
  } catch {
    return undefined;
  }
}

/** Writes a path so that it is one word; `quote` is the one that was typed before it, or empty. */
export function quotePath(path: string, quote: string, { windows }: Windows): string {
  if (windows) return quote !== "" || /\s/.test(path) ? `"${path}"` : path;
  if (quote === "'" && !path.includes("'")) return `'${path}'`;
  if (quote !== "") return `"${path.replaceAll(/["\\]/g, "\\$&")}"`;
  return path.replaceAll(/[\s"'\\]/g, "\\$&");
}

/**
 * Whether a word behind the first may be meant as another file. A plain word is one of the text, even
 * where a file happens to have its name: what nobody meant to send must not be sent.
 */
export function looksLikePath({ text, quoted, home }: TypedWord): boolean {
  return quoted || home || /[./\\]/.test(text);
}

/** The folder of a path with the separator behind it, perhaps empty, and the name in it. */
export function splitPath(path: string, { windows }: Windows): [folder: string, name: string] {
  const at = Math.max(path.lastIndexOf("/"), windows ? path.lastIndexOf("\\") : -1) + 1;
  return [path.slice(0, at), path.slice(at)];
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
