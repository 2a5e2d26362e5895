/**
 * Tables of fields, each of which describes one type of JSON object. TypeScript infers the object's type
 * from the table, and objects from outside are checked against it.
 */

import { bytesOfBase64 } from "./base64.ts";

/** One field: which values it may have, and what PROTOCOL.md says about it. */
export interface Field<T = unknown> {
  /** What the value must be, for errors: "must be …". */
  readonly must: string;
  /** Returns the checked value, or `undefined` if it is wrong. `name` is for errors. */
  readonly read: (value: unknown, name: string) => T | undefined;
  readonly optional?: true;
  /**
   * The largest number, or the longest text in UTF-16 code units. `read` does not check this, but
   * the code that handles the request does.
   */
  readonly most?: number;
  /** Errors never repeat the value of a secret field, even if it is wrong. */
  readonly secret?: true;
  /** The fields of the object, or of each object in a list. */
  readonly inside?: Fields;
  /** What its row in PROTOCOL.md says in brackets. */
  readonly doc?: string | undefined;
}

/** The fields of one type of object. All other fields of an object are ignored. */
export type Fields = Readonly<Record<string, Field>>;

/** The type of a field's value. */
type ValueOf<F> = F extends Field<infer T> ? T : never;

/** The type of the objects that a table describes. */
export type ObjectOf<F extends Fields> = Flat<
  & { readonly [K in keyof F as F[K] extends { optional: true } ? never : K]: ValueOf<F[K]> }
  & { readonly [K in keyof F as F[K] extends { optional: true } ? K : never]?: ValueOf<F[K]> }
>;

/** The same type as a single object type, so that editors and errors show it as one. */
type Flat<T> = T extends infer O ? { readonly [K in keyof O]: O[K] } : never;

/** The types of the messages in a table, by their `type`. Each has the fields of `Common` as well. */
export type MessagesOf<Table extends Readonly<Record<string, Fields>>, Common = unknown> = {
  readonly [T in keyof Table]: Flat<{ readonly type: T } & Common & ObjectOf<Table[T]>>;
};

/** A string without lone surrogates, which UTF-8 can't express, so that it can be passed on unchanged. */
export const string: Field<string> = {
  must: "a string (of whole characters)",
  read: (value) => typeof value === "string" && value.isWellFormed() ? value : undefined,
};

/** A string that errors never repeat. */
export const secret: Field<string> = { ...string, secret: true };

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly W[]): Field<W> {
  return {
    must: string.must,
    read: (value, name) => {
      const word = words.find((known) => known === value);
      if (word !== undefined || string.read(value, name) === undefined) return word;
      throw new FieldError(`The field ${name} must be one of ${words.join(", ")}`);
    },
  };
}

/** Bytes: base64 in JSON, and as they are in a raw payload. */
export const bytes: Field<Uint8Array> = {
  must: "base64, with its padding and nothing else",
  read: (value) => {
    if (value instanceof Uint8Array) return value;
    return typeof value === "string" ? bytesOfBase64(value) : undefined;
  },
};

export const flag: Field<boolean> = {
  must: "true or false",
  read: (value) => typeof value === "boolean" ? value : undefined,
};

/** A flag that is left out if it is not true. */
export const trueFlag = flag as Field<true>;

/** A whole number from 0 up. */
export const count: Field<number> = {
  must: "a whole number from 0 up",
  read: (value) => isCount(value) ? value : undefined,
};

export const countOrNull: Field<number | null> = {
  must: "a whole number from 0 up, or null",
  read: (value) => value === null || isCount(value) ? value : undefined,
};

/** An object with any names and a count for each. */
export const counts: Field<Readonly<Record<string, number>>> = {
  must: "an object of whole numbers from 0 up",
  read: (value) =>
    isObject(value) && Object.values(value).every(isCount)
      ? value as Record<string, number>
      : undefined,
};

/** An object with any names and such a value for each. */
export function valuesOf<T>({ must, read }: Field<T>): Field<Readonly<Record<string, T>>> {
  return {
    must: `an object in which each value is ${must}`,
    read: (value, name) =>
      isObject(value) && Object.values(value).every((each) => read(each, name) !== undefined)
        ? value as Record<string, T>
        : undefined,
  };
}

export const strings: Field<readonly string[]> = {
  must: "an array of strings",
  read: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined,
};

/** An object with these fields. */
export function object<F extends Fields>(inside: F): Field<ObjectOf<F>> {
  return {
    must: "an object",
    read: (value) => isObject(value) ? pickFields(value, inside) : undefined,
    inside,
  };
}

/** A list of objects with these fields. */
export function objects<F extends Fields>(inside: F): Field<ReadonlyArray<ObjectOf<F>>> {
  return {
    must: "an array of objects",
    read: (value) =>
      Array.isArray(value) && value.every(isObject)
        ? value.map((item) => pickFields(item, inside))
        : undefined,
    inside,
  };
}

/** A field that must be there. PROTOCOL.md shows `doc`. */
export function required<F extends Field>(field: F, doc: string): F {
  return { ...field, doc };
}

/** A field that may be left out. PROTOCOL.md shows `doc`. */
export function optional<F extends Field>(field: F, doc?: string): F & { readonly optional: true } {
  return { ...field, doc, optional: true };
}

/**
 * A field with a limit. The code that handles the request checks the limit, since it has a better error
 * for it.
 */
export function atMost<F extends Field>(most: number, field: F): F & { readonly most: number } {
  return { ...field, most };
}

/** Thrown when a field is missing or has a wrong value. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

/** The entries of tables, so that they are not made again for every message. */
const rows = new WeakMap<Fields, ReadonlyArray<readonly [string, Field]>>();

/**
 * Checks the fields of `source` that are in the table, and copies them into `picked`. Throws a
 * {@linkcode FieldError}.
 */
export function pickFields<F extends Fields>(
  source: Readonly<Record<string, unknown>>,
  fields: F,
  picked: Record<string, unknown> = {},
): ObjectOf<F> {
  let entries = rows.get(fields);
  if (entries === undefined) rows.set(fields, entries = Object.entries(fields));
  for (const [name, field] of entries) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (value === undefined) {
      if (field.optional) continue;
      throw new FieldError(`The field ${name} is missing: it must be ${field.must}`);
    }
    const read = field.read(value, name);
    if (read === undefined) throw wrongField(name, field, value);
    picked[name] = read;
  }
  return picked as ObjectOf<F>;
}

function wrongField(name: string, { must, secret }: Field, value: unknown): FieldError {
  const found = secret
    ? "what it is"
    : value === Infinity || value === -Infinity
    ? "a number that large"
    : shorten(JSON.stringify(value));
  return new FieldError(`The field ${name} must be ${must}, not ${found}`);
}

/** Whether `value` is a JSON object and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
