/** What a server tells whoever runs it. How that is written, and where to, is not known here. */

/** How much it matters, in rising order. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** One thing that happened. Never holds what somebody said, nor a session's secret. */
export interface LogEntry {
  readonly level: LogLevel;
  /** What sort of thing, for programs and for counting: kebab-case, one of few. */
  readonly kind: string;
  /** A sentence without details, for a person. */
  readonly text: string;
  /** Details; texts may come from strangers, and are to be made inert where they are shown. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** Takes an entry; must neither throw nor wait. */
export type Logger = (entry: LogEntry) => void;
