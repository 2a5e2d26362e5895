/** Parses TOML that a person wrote, or anybody: what is wrong in it is told with its line. */

import { parse } from "@std/toml";

/** The most tables and lists within each other: more than anybody would write, and few enough for what walks them. */
const MAX_DEPTH = 100;

/** Thrown for a text that is no TOML, or none that can be used. The message is a part of a sentence. */
export class TomlError extends Error {
  override readonly name = "TomlError";

  /** `line`: counted from 1. */
  constructor(readonly line: number, message: string) {
    super(message);
  }
}

/** The table that a text is. Throws a {@linkcode TomlError}. */
export function parseToml(source: string): Record<string, unknown> {
  let table: Record<string, unknown>;
  try {
    table = parse(source);
  } catch (error) {
    throw problemIn(source, error instanceof Error ? error.message : String(error));
  }
  if (isDeep(table)) throw tooDeep(deepestLine(source));
  return table;
}

function problemIn(source: string, message: string): TomlError {
  const [, row = "1", told = message] =
    /^(?:Parse error on line (\d+), column \d+: )+([^]*)$/.exec(message) ?? [];
  const line = Math.min(Number(row), source.split("\n").length);
  // The parser calls itself for each level.
  if (told.includes("call stack")) return tooDeep(line);
  return new TomlError(line, told.trim().replaceAll("\n", " "));
}

function tooDeep(line: number): TomlError {
  return new TomlError(line, `it is nested deeper than ${MAX_DEPTH} levels`);
}

/** Whether there are too many levels; it looks at one after the other, since a call for each would be too many, too. */
function isDeep(table: object): boolean {
  let level: object[] = [table];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((each) => Object.values(each)).filter(isObject);
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The line that most likely goes down furthest. */
function deepestLine(source: string): number {
  const counts = source.split("\n").map((line) => line.split(/[[{.]/).length);
  return counts.indexOf(Math.max(...counts)) + 1;
}
