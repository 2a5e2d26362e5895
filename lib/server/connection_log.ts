/** What the log is told of one connection: that it came, who it is, what went wrong, how it ended. */

import type { LogEntry, Logger, LogLevel } from "./log.ts";

/** Ends that need nobody's attention. */
const ORDINARY: ReadonlySet<string> = new Set(["quit", "replaced", "shutdown"]);

/** Tells the log of one connection. */
export class ConnectionLog {
  readonly #log: Logger;
  readonly #address: string;
  readonly #peerName: () => string | undefined;
  #slowed = false;

  /** `address` is what the log calls the peer's; `peerName` is asked with each entry. */
  constructor(log: Logger, address: string, peerName: () => string | undefined) {
    this.#log = log;
    this.#address = address;
    this.#peerName = peerName;
  }

  connected(): void {
    this.#tell("debug", "connected", "Connected");
  }

  entered(): void {
    this.#tell("debug", "entered", "Came in");
  }

  /** It sends too fast; told once. */
  slowed(): void {
    if (!this.#slowed) this.#tell("info", "slowed", "Sends too fast, and is read more slowly");
    this.#slowed = true;
  }

  failed(error: Error): void {
    const trace = error.stack ?? error.message;
    this.#tell("error", "problem", "A connection failed", { trace });
  }

  /** It has ended: for a reason of the server's, or `broken`, or because the peer closed it. */
  ended(given: string | undefined, broken: boolean, openedAt: number): void {
    const reason = given ?? (broken ? "broken" : "closed");
    // Who is cut off by the server is worth a line; who comes and goes is not.
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
