/** A message in several lines, as far as it has come. */
export interface OpenLines {
  /** What its lines name it by. */
  readonly ref: string;
  readonly target: string;
  /** The id of the message that it answers. */
  readonly answers: string | undefined;
  readonly label: string | undefined;
  command: "PRIVMSG" | "NOTICE" | undefined;
  text: string;
  count: number;
  /** What is wrong with it, if anything. */
  wrong: { readonly code: string; readonly text: string; readonly context: string[] } | undefined;
}
