import type { Sentence } from "./sentence.ts";

/** Numbers and words that go with a refusal, for programs: fields of `error`. */
export interface RefusalAbout {
  /** How many messages it is about. */
  readonly messages?: number;
  /** Where an upload or a download has to go on. */
  readonly offset?: number;
  /** Bytes that are taken up, that may be, and those of them that unfinished uploads take. */
  readonly used?: number;
  readonly limit?: number;
  readonly frees?: number;
  /** Whose limit that is. */
  readonly scope?: "file" | "person" | "address" | "guests" | "server";
}

const NOTHING: RefusalAbout = {};

/** Thrown by the house for a request that it can't grant; a door turns it into an `error`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** Stable, kebab-case, for programs; the message is a sentence for a person. */
  readonly code: string;
  /** When the same may be granted, in ms from now; `undefined`: time alone changes nothing. */
  readonly retryAfterMs: number | undefined;
  /** Whoever is refused has no place here: nothing else that is asked for is granted either. */
  readonly keepsOut: boolean;
  readonly about: RefusalAbout;
  /** The message, for doors that word advice. */
  readonly sentence: string | Sentence;

  constructor(
    code: string,
    text: string | Sentence,
    retryAfterMs?: number,
    keepsOut = false,
    about = NOTHING,
  ) {
    super(String(text));
    this.sentence = text;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.keepsOut = keepsOut;
    this.about = about;
  }
}

/**
 * The {@linkcode Refusal} (`try-later`) for somebody who has to wait for so many ms; `text` says why, as
 * the beginning of a sentence.
 */
export function tryLater(text: string, waitMs: number): Refusal {
  return new Refusal("try-later", againText(text, waitMs), Math.ceil(waitMs));
}

/** A text that also says after how many ms the same may be granted. */
export function againText(text: string, waitMs: number): string {
  return `${text}; try again in ${spanText(waitMs)}`;
}

/** A time in ms as people say it, rounded up: `1 s`, `90 s`, `3 min`, `24 h`. */
export function spanText(ms: number): string {
  // Sums of fractions of a ms are off by a little.
  const seconds = Math.ceil(Math.round(ms) / 1_000);
  if (seconds <= 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
