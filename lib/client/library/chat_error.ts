/** Why something could not be done. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  /** The server's code, such as `bad-name`, or one of the library: `unreachable`, `ended`, `not-kept`. */
  readonly code: string;

  constructor(code: string, text: string, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}
