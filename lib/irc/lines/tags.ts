/** The tags of a line: how they are read and written. */

/** Tags by their keys; one without a value has an empty one. */
export type Tags = ReadonlyMap<string, string>;

const ESCAPES: Readonly<Record<string, string>> = {
  ":": ";",
  s: " ",
  "\\": "\\",
  r: "\r",
  n: "\n",
};
const ESCAPED: Readonly<Record<string, string>> = {
  ";": "\\:",
  " ": "\\s",
  "\\": "\\\\",
  "\r": "\\r",
  "\n": "\\n",
};

/** Reads what stands between `@` and the space. Of a key that is there twice the last one counts. */
export function parseTags(text: string): Tags {
  const tags = new Map<string, string>();
  for (const tag of text.split(";")) {
    const equals = tag.indexOf("=");
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== "") tags.set(key, equals < 0 ? "" : unescaped(tag.slice(equals + 1)));
  }
  return tags;
}

/** Writes tags, with the `@` and the space; an empty text where there are none. */
export function renderTags(tags: Iterable<readonly [key: string, value: string]>): string {
  const parts = [...tags].map(([key, value]) => value === "" ? key : `${key}=${escaped(value)}`);
  return parts.length === 0 ? "" : `@${parts.join(";")} `;
}

function unescaped(value: string): string {
  // A single backslash at the end is dropped, and so is one before any other letter.
  return value.replace(/\\(.?)/gs, (_, char: string) => ESCAPES[char] ?? char);
}

function escaped(value: string): string {
  // Ends of lines have a form of their own; other controls have none.
  // deno-lint-ignore no-control-regex -- that is what it is for.
  return value.replace(/[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "")
    .replace(/[; \\\r\n]/g, (char) => ESCAPED[char] ?? char);
}
