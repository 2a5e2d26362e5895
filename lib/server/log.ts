/** What a server logs. This file does not know how the log is written, or where to. */

/** How much an entry matters, in rising order. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** One thing that happened. Never holds the text of a message, or the secret of a session. */
export interface LogEntry {
  readonly level: LogLevel;
  /** The kind of event, for programs and for counting: one of few words in kebab-case. */
  readonly kind: string;
  /** A sentence without details, for a person. */
  readonly text: string;
  /** Details. Texts may come from strangers, so make them inert where you show them. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** Logs an entry. Neither throws nor waits. */
export type Logger = (entry: LogEntry) => void;
