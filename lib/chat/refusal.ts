/** Thrown by the house for a request that it can't grant; a door turns it into an `error`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** Stable, kebab-case, for programs; the message is a sentence for a person. */
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}
