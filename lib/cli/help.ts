/** Formats what `--help` and `chatroom help` print for the width of the terminal. */

import { type Flag, HELP_FLAG, type Subcommand } from "./flags.ts";

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;
const LEAST_COLUMNS = 40;
/** The width if stdout is not a terminal. */
const USUAL_COLUMNS = 80;
/** The widest column of flags; a wider flag gets a line of its own. */
const FLAG_COLUMNS = 28;

/** How wide text on stdout may be. */
export function helpColumns(): number {
  if (!Deno.stdout.isTerminal()) return USUAL_COLUMNS;
  try {
    return Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, Deno.consoleSize().columns));
  } catch {
    return USUAL_COLUMNS;
  }
}

/** What `--help` prints for a subcommand. */
export function helpFor(command: Subcommand, columns: number = helpColumns()): string {
  const alias = command.aliases === undefined ? "" : ` (or: ${command.aliases.join(", ")})`;
  const common = command.flags.filter(({ rank }) => rank === "common");
  const limits = command.flags.filter(({ rank }) => rank === "limit");
  const own = command.flags.filter(({ rank }) => rank !== "limit" && rank !== "elsewhere");
  const usages = own.map(flagUsage);
  const width = Math.min(FLAG_COLUMNS, Math.max(...usages.map(({ length }) => length), 10));
  const others = [...command.flags.filter(({ rank }) => rank === undefined), HELP_FLAG];
  return [
    ...wrapWords(`chatroom ${command.name}${alias}: ${command.summary}`, columns),
    "",
    `Usage: chatroom ${command.name} [flags] ${command.positionals}`.trimEnd(),
    "",
    ...common.length === 0
      ? []
      : ["Common flags:", ...flagLines(common, columns, width), "", "Others:"],
    ...flagLines(others, columns, width),
    ...limits.length === 0 ? [] : ["", ...wrapWords(limitsText(limits.length), columns)],
    ...command.notes.length === 0 ? [] : ["", ...noteLines(command.notes, columns)],
  ].join("\n");
}

function limitsText(count: number): string {
  const [what, them] = count === 1 ? ["1 limit", "it"] : [`${count} limits`, "them"];
  return `And ${what}: chatroom help limits shows ${them}.`;
}

/** Flags in two columns: how to write each, and what it does. */
export function flagLines(
  flags: readonly Flag[],
  columns: number,
  width = FLAG_COLUMNS,
): string[] {
  const usages = flags.map(flagUsage);
  const indent = " ".repeat(width + 4);
  return flags.flatMap((flag, n) => {
    const usage = usages[n] ?? "";
    const [first = "", ...rest] = wrapWords(flagText(flag), columns - indent.length);
    const lines = rest.map((line) => indent + line);
    return usage.length > width
      ? [`  ${usage}`, indent + first, ...lines]
      : [`  ${usage.padEnd(width)}  ${first}`, ...lines];
  });
}

/** Wraps notes as paragraphs; a line with two spaces in a row, or at its beginning, is kept as it is. */
function noteLines(notes: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const end = (): void => {
    if (paragraph.length > 0) lines.push(...wrapWords(paragraph.join(" "), columns));
    paragraph = [];
  };
  for (const note of notes) {
    if (note !== "" && !/\S {2,}|^ {2}/.test(note)) paragraph.push(note);
    else {
      end();
      lines.push(note);
    }
  }
  end();
  return lines;
}

/** Breaks a text between words. A word that is longer than a line is not broken. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** How a flag is written, with its short form: `-n, --name NAME`. */
function flagUsage({ name, short, value }: Flag): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  return `${letter}--${name}${value === undefined ? "" : ` ${value}`}`;
}

/** What a flag does, with its default and its variable behind that. */
export function flagText({ summary, default: preset, env, envIsImplied, many }: Flag): string {
  const notes = [
    ...(preset === undefined ? [] : [`default ${preset}`]),
    ...(env === undefined || envIsImplied ? [] : [`or $${env}`]),
    ...(many === undefined ? [] : ["may be repeated"]),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}
