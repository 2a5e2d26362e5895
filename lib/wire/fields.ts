/** Checks the fields of a JSON object against a table, one row a type. */

/** What a field may hold. `count` is a whole number from 0 up; `null` is never allowed unless said. */
export type Kind =
  | "string"
  | "boolean"
  | "count"
  | "count or null"
  | "counts"
  | "strings"
  | "object"
  | "objects";

/** A field's kind, and the fields inside it where it holds objects. */
export interface Field {
  readonly kind: Kind;
  readonly optional?: true;
  readonly inside?: Fields;
}

/** The fields of one type of object. What is not named is ignored. */
export type Fields = Readonly<Record<string, Field>>;

/** Fields whose values no text may repeat, however wrong they are. */
const SECRET: ReadonlySet<string> = new Set(["password", "login", "session", "proof"]);

/** The rows of a table, in the form in which they are walked for every message. */
const rows = new WeakMap<Fields, ReadonlyArray<readonly [string, Field]>>();

/** Thrown for a field that does not hold what it should. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

/**
 * A copy of `source` with only the fields that the table names, added to `picked`. Throws a
 * {@linkcode FieldError}.
 */
export function pickFields(
  source: Readonly<Record<string, unknown>>,
  fields: Fields,
  picked: Record<string, unknown> = {},
): Record<string, unknown> {
  let entries = rows.get(fields);
  if (entries === undefined) rows.set(fields, entries = Object.entries(fields));
  for (const [name, field] of entries) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (value === undefined) {
      if (field.optional) continue;
      throw new FieldError(`The field ${name} is missing: it must be ${describeKind(field.kind)}`);
    }
    picked[name] = check(name, value, field);
  }
  return picked;
}

/** Whether `value` is a JSON object (and no array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(name: string, value: unknown, { kind, inside = {} }: Field): unknown {
  switch (kind) {
    case "string":
      // A lone surrogate has no UTF-8, so it could not be passed on as it was sent.
      if (typeof value === "string" && value.isWellFormed()) return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "count or null":
      if (value === null || isCount(value)) return value;
      break;
    case "count":
      if (isCount(value)) return value;
      break;
    case "counts":
      if (isObject(value) && Object.values(value).every(isCount)) return value;
      break;
    case "strings":
      if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
      break;
    case "object":
      if (isObject(value)) return pickFields(value, inside);
      break;
    case "objects":
      if (Array.isArray(value) && value.every(isObject)) {
        return value.map((item) => pickFields(item, inside));
      }
      break;
  }
  const found = SECRET.has(name) ? "what it is" : shorten(JSON.stringify(value));
  throw new FieldError(`The field ${name} must be ${describeKind(kind)}, not ${found}`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function describeKind(kind: Kind): string {
  switch (kind) {
    case "string":
      return "a string (of whole characters)";
    case "boolean":
      return "true or false";
    case "count":
      return "a whole number from 0 up";
    case "count or null":
      return "a whole number from 0 up, or null";
    case "counts":
      return "an object of whole numbers from 0 up";
    case "strings":
      return "an array of strings";
    case "object":
      return "an object";
    case "objects":
      return "an array of objects";
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
