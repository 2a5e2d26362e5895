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

  constructor(
    code: string,
    text: string,
    retryAfterMs?: number,
    keepsOut = false,
    about = NOTHING,
  ) {
    super(text);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.keepsOut = keepsOut;
    this.about = about;
  }
}
