/** Fields of the JSON of other programs, which may be anything. */

import { isObject } from "../wire/fields.ts";

/** The fields of what should be an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** What should be a list; an empty one for anything else. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What should be a text, well formed: a number is one, too; empty for anything else. */
export function textIn(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value.toWellFormed() : "";
}

/** A field that should be a list, as {@linkcode listIn} has it. */
export function listField(source: unknown, name: string): readonly unknown[] {
  return listIn(fieldsOf(source)[name]);
}

/** A field that should be a text, as {@linkcode textIn} has it. */
export function textField(source: unknown, name: string): string {
  return textIn(fieldsOf(source)[name]);
}

/** A field that should be a number from 0 up; 0 for anything else. */
export function numberField(source: unknown, name: string): number {
  const value = Number(textField(source, name));
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}
