/** Thrown by the house for a request that it can't grant; a door turns it into an `error`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** Stable, kebab-case, for programs; the message is a sentence for a person. */
  readonly code: string;
  /** When the same may be granted, in ms from now; `undefined`: time alone changes nothing. */
  readonly retryAfterMs: number | undefined;
  /** Whoever is refused has no place here: nothing else that is asked for is granted either. */
  readonly keepsOut: boolean;
  /** How many messages it is about. */
  readonly messages: number | undefined;

  constructor(
    code: string,
    text: string,
    retryAfterMs?: number,
    keepsOut = false,
    messages?: number,
  ) {
    super(text);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.keepsOut = keepsOut;
    this.messages = messages;
  }
}
