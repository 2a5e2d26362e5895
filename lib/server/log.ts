/** What a server logs, of each connection too. This file does not know how the log is written, or where to. */

import type { Transport } from "./transport.ts";

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

/** Reasons for an end that are logged at the level debug. */
const ORDINARY: ReadonlySet<string> = new Set(["quit", "replaced", "shutdown"]);

/** Writes the log entries of one connection. */
export class ConnectionLog {
  readonly #log: Logger;
  readonly #address: string;
  readonly #peerName: () => string | undefined;
  #slowed = false;

  /** `peerName` is called for each entry; it returns `undefined` until the peer is in. */
  constructor(log: Logger, remote: Transport["remote"], peerName: () => string | undefined) {
    this.#log = log;
    this.#address = written(remote);
    this.#peerName = peerName;
  }

  connected(): void {
    this.#tell("debug", "connected", "Connected");
  }

  entered(): void {
    this.#tell("debug", "entered", "Came in");
  }

  /** The peer sends too fast. Logged once. */
  slowed(): void {
    if (!this.#slowed) this.#tell("info", "slowed", "Sends too fast, and is read more slowly");
    this.#slowed = true;
  }

  failed(error: Error): void {
    const trace = error.stack ?? error.message;
    this.#tell("error", "problem", "A connection failed", { trace });
  }

  /** The connection has ended: for the reason `given`, or it broke, or the peer closed it. */
  ended(given: string | undefined, broken: boolean, openedAt: number): void {
    const reason = given ?? (broken ? "broken" : "closed");
    // That the server cut a peer off is worth a line; that a peer came and went is not.
    const ordinary = given === undefined || ORDINARY.has(given);
    const seconds = Math.round((performance.now() - openedAt) / 1_000);
    this.#tell(ordinary ? "debug" : "info", `left-${reason}`, "Disconnected", { reason, seconds });
  }

  #tell(level: LogLevel, kind: string, text: string, more: LogEntry["fields"] = {}): void {
    const name = this.#peerName();
    const known = name === undefined ? {} : { name };
    this.#log({ level, kind, text, fields: { address: this.#address, ...known, ...more } });
  }
}

/** A peer's address as the log shows it. */
function written({ hostname, port }: Transport["remote"]): string {
  if (port === undefined) return hostname;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
