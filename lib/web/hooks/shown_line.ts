/** Fields of others' JSON as they are shown. */

import { isObject } from "../../wire/fields.ts";

/** A part of a message that should be short takes at most so many characters. */
const MOST_LINE = 500;

/** Text on one line, and short. */
export function oneLine(text: string, most = MOST_LINE): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most).toWellFormed().replace(/\ufffd$/, "")}…`;
}

/** A field that should be a text: a number is one, too; empty for anything else. */
export function textField(source: unknown, name: string): string {
  const value = isObject(source) ? source[name] : undefined;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}

/** A field that should be a number from 0 up; 0 for anything else. */
export function numberField(source: unknown, name: string): number {
  const value = Number(textField(source, name));
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** A field that should be a list; empty for anything else. */
export function listField(source: unknown, name: string): readonly unknown[] {
  const value = isObject(source) ? source[name] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The lines that have something on them. */
export function shownLines(...lines: readonly string[]): string {
  return lines.filter((line) => line.trim() !== "").join("\n");
}
