/** The log of a server: lines on stderr, as text or JSON, whose texts can't control a terminal. */

import { inertJson } from "../client/printer.ts";
import type { LogEntry, Logger, LogLevel } from "../server/log.ts";
import { inertLine } from "../words/inert.js";
import { chosen, type Invocation } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error"];
const FORMATS = ["text", "json"] as const;
type Format = typeof FORMATS[number];

const LOST = "Lines of the log are lost: nobody read them";

/** The longest detail that is shown, in UTF-16 code units. */
const MAX_FIELD_LENGTH = 2_000;

export const LOG_FLAGS: readonly ServeFlag[] = [
  serveFlag(
    "now",
    "--log-level LEVEL",
    "least level that is logged to stderr: debug, info, warning or error",
    { choices: LEVELS, env: "CHATROOM_LOG_LEVEL", envIsImplied: true, default: "info" },
  ),
  serveFlag("now", "--log-format FORMAT", "text, for people, or json, one object per line", {
    choices: FORMATS,
    env: "CHATROOM_LOG_FORMAT",
    envIsImplied: true,
    default: "text",
  }),
];

/** How to write the log. */
export interface LogStyle {
  readonly level: LogLevel;
  readonly format: Format;
}

/** The style that the flags ask for. */
export function logStyle(invocation: Invocation): LogStyle {
  return {
    level: chosen(LEVELS, invocation.get("log-level")) ?? "info",
    format: chosen(FORMATS, invocation.get("log-format")) ?? "text",
  };
}

/** An open log. */
export interface OpenLog extends Disposable {
  readonly log: Logger;
}

/**
 * Opens the log of this process. `write` takes its lines, and must not wait. The style is looked at for each
 * entry, since it may change.
 */
export function openLog(style: LogStyle, write: (line: string) => void): OpenLog {
  const limited = new LimitedLog((entry) => write(lineOf(entry, style.format)));
  return {
    // Entries below the level are not counted either.
    log: (entry) => {
      if (LEVELS.indexOf(entry.level) >= LEVELS.indexOf(style.level)) limited.log(entry);
    },
    [Symbol.dispose]: () => limited[Symbol.dispose](),
  };
}

/** An entry as one line. */
function lineOf({ level, kind, text, fields: details }: LogEntry, format: Format): string {
  const time = new Date().toISOString();
  const fields = Object.entries({ kind, ...details }).map(([name, value]) =>
    [name, cut(value)] as const
  );
  if (format === "json") {
    return inertJson(JSON.stringify({ time, level, text, ...Object.fromEntries(fields) }));
  }
  const shown = fields.filter(([name]) => name !== "kind")
    .map(([name, value]) => ` ${name}=${plain(value)}`);
  return inertLine(`${time} ${level.padEnd(7)} ${text}${shown.join("")}`);
}

/** The line that says how many lines were lost. It is written whatever the level is. */
export function lostLine(count: number, format: Format): string {
  return lineOf({ level: "warning", kind: "lost-lines", text: LOST, fields: { count } }, format);
}

function cut(value: string | number): string | number {
  if (typeof value === "number" || value.length <= MAX_FIELD_LENGTH) return value;
  return `${value.slice(0, MAX_FIELD_LENGTH)}…`;
}

/** A value, in quotes unless it is one plain word, so that it is clear where it ends. */
function plain(value: string | number): string {
  return typeof value === "string" && !/^[\p{L}\p{N}.,:;@/+_[\]-]+$/u.test(value)
    ? JSON.stringify(value)
    : String(value);
}

/** The most entries of one kind in a span. */
const MOST = 20;
/** How long a span is, in ms. */
const SPAN_MS = 10_000;

interface Count {
  since: number;
  passed: number;
  withheld: number;
  level: LogEntry["level"];
}

/**
 * Keeps the log from filling a disk: passes at most 20 entries of a kind on in 10 s. Further entries
 * are counted, and one entry tells their number when the span is over, or at disposal.
 */
export class LimitedLog implements Disposable {
  readonly #to: Logger;
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(to: Logger, now: () => number = () => performance.now()) {
    this.#to = to;
    this.#now = now;
  }

  readonly log: Logger = (entry) => {
    const now = this.#now();
    const count = this.#countOf(entry, now);
    if (count.passed < MOST) {
      count.passed++;
      return this.#to(entry);
    }
    count.withheld++;
    this.#timer ??= setTimeout(() => this.#look(), SPAN_MS);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const kind of [...this.#counts.keys()]) this.#end(kind);
  }

  #countOf({ kind, level }: LogEntry, now: number): Count {
    const known = this.#counts.get(kind);
    if (known !== undefined && now - known.since < SPAN_MS) return known;
    this.#end(kind);
    const count = { since: now, passed: 0, withheld: 0, level };
    this.#counts.set(kind, count);
    return count;
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#now();
    for (const [kind, { since }] of [...this.#counts]) {
      if (now - since >= SPAN_MS) this.#end(kind);
    }
    const waits = [...this.#counts.values()].some(({ withheld }) => withheld > 0);
    if (waits) this.#timer = setTimeout(() => this.#look(), SPAN_MS);
  }

  /** Logs how many entries of a kind were held back. */
  #end(kind: string): void {
    const count = this.#counts.get(kind);
    this.#counts.delete(kind);
    if (count === undefined || count.withheld === 0) return;
    const seconds = SPAN_MS / 1_000;
    this.#to({
      level: count.level,
      kind: "withheld",
      text: `More of the same, not shown: over ${MOST} in ${seconds} s`,
      fields: { of: kind, count: count.withheld },
    });
  }
}
