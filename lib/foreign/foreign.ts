/**
 * What other programs export, as lines that `chatroom import` takes. This folder knows the forms of those
 * exports; it does not know where messages are kept, files by their names, or flags.
 */

/** A message as an import reads it, see store/import_line.ts; each line of it is one of these as JSON. */
export interface ForeignMessage {
  readonly room: string;
  /** Its number in the room: 1, 2, 3 … in what is read. */
  readonly seq: number;
  readonly from: string;
  /** When it was said, as in `2026-11-23T09:12:00.000Z`. */
  readonly at: string;
  readonly text: string;
  readonly action?: true;
  readonly notice?: true;
  /** The number of what it answers. */
  readonly re?: number;
}

/** A reaction to the message `re`. */
export interface ForeignReaction {
  readonly type: "reacted";
  readonly room: string;
  readonly re: number;
  readonly from: string;
  readonly who: string;
  readonly at: string;
  readonly key: string;
}

/** A line that is no text, and why: `is not UTF-8 text`. */
export interface UnreadLine {
  readonly problem: string;
}

/** What can't be read, and where it is. The message is a sentence without its end. */
export class ForeignError extends Error {
  override readonly name = "ForeignError";
}

/** How many of the places are named that can't be read. */
const MOST_NAMED = 5;

/** Where one is in an export, and what of it is left out; each kind with how often. */
export class ForeignReading {
  /** Where what was read last is, as errors begin: `general/2026-11-23.json, message 7`. */
  place = "The export";
  readonly #leftOut = new Map<string, number>();
  readonly #named: string[] = [];
  #skipped = 0;
  #understood = 0;

  /** How many lines, messages and the like can't be read. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Notes that what is at this place was read, be it something that nobody said. */
  understood(): void {
    this.#understood++;
  }

  /** Notes that what is at this place can't be read, and why, and goes on behind it. */
  skip(why: string): void {
    this.#skipped++;
    if (this.#named.length < MOST_NAMED) this.#named.push(`${this.place}: ${why}`);
  }

  /**
   * What can't be read, when all has been read: the first of it by its place, and how much more there is;
   * `undefined`: all can. It is in vain if that is more than what can be read: then it is something else.
   */
  get unread(): { readonly text: string; readonly isInVain: boolean } | undefined {
    if (this.#skipped === 0) return undefined;
    const more = this.#skipped - this.#named.length;
    const text = [...this.#named, ...more === 0 ? [] : [`${more} more like that`]].join("\n");
    return { text, isInVain: this.#skipped > this.#understood };
  }

  /** Notes that something is left out, such as `reactions with pictures of their own`. */
  leaveOut(what: string, count = 1): void {
    if (count > 0) this.#leftOut.set(what, (this.#leftOut.get(what) ?? 0) + count);
  }

  /** What was left out, a sentence for each kind. */
  get sentences(): string[] {
    return [...this.#leftOut].map(([what, count]) => `Left out: ${what} (${count})`);
  }

  /** An error about the place where one is. */
  error(why: string): ForeignError {
    return new ForeignError(`${this.place}: ${why}`);
  }
}

/** A time in ms since 1970 as lines have it; `undefined`: it is in no year from 1 to 9999. */
export function messageTime(ms: number): string | undefined {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return Number.isNaN(year) || year < 1 || year > 9999 ? undefined : date.toISOString();
}

/** A text of `max` UTF-16 code units at most for each part, cut at the ends of lines where that is possible. */
export function textParts(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const line = rest.lastIndexOf("\n", max);
    const cut = line > max / 2 ? line : max;
    // A pair of surrogates is one character.
    const end = /[\ud800-\udbff]/.test(rest.charAt(cut - 1)) ? cut - 1 : cut;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^\n/, "");
  }
  return [...parts, rest];
}

/** A value of an export as errors show it: as JSON, and not all of it if it is long. */
export function inShort(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
