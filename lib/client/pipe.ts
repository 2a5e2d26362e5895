/** The client in a pipe, for scripts and logs: sends lines as messages, and prints messages as lines. */

import { describe } from "../words/describe.js";
import type { EndCause, RequestError } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import { type BadLine, utf8Lines } from "./lines.ts";
import { Printer } from "./printer.ts";
import { type ScriptOptions, shown, whyEnded } from "./shown.ts";

/** Options of {@linkcode runPipe}. */
export interface PipeOptions extends ScriptOptions {
  readonly input: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** How long lines may wait before we print that they do, in ms. */
  readonly tellAfterMs?: number;
}

/** Events that are not messages, and are printed as diagnostics. */
const TOLD: ReadonlySet<string> = new Set(["gap", "notice", "error"]);
/** How long lines may wait before we print that they do, in ms. */
const TELL_AFTER_MS = 2_000;
/** With fewer lines on their way, they will soon arrive. */
const MANY_IN_FLIGHT = 100;
/** The most messages on their way without an ack. */
const MAX_IN_FLIGHT = 256;

/**
 * Runs until the input ends and all of it is acked, the output is closed, or the link ends. Resolves
 * with why the link ended, or with an exit code: 0 if all was delivered, 1 if a message was not.
 * Rejects with an `OutputError` if output is lost.
 */
export async function runPipe(options: PipeOptions): Promise<EndCause | number> {
  const { link } = options;
  const input = options.input.pipeThrough(utf8Lines()).getReader();
  const online = Promise.withResolvers<string | undefined>();
  const receiving = receive(options, online.resolve);
  const ended = receiving.then((cause) => ({ cause }));
  try {
    const first = await Promise.race([online.promise, ended]);
    if (typeof first !== "object") {
      const sent = await Promise.race([sendLines(options, input, first ?? "lobby"), ended]);
      if (typeof sent === "number") {
        await link.close();
        await receiving;
        return sent;
      }
    }
    return (await ended).cause;
  } finally {
    await input.cancel().catch(() => {});
    await link.close();
  }
}

async function sendLines(
  { link, complain, tellAfterMs = TELL_AFTER_MS }: PipeOptions,
  input: ReadableStreamDefaultReader<string | BadLine>,
  room: string,
): Promise<number> {
  const inFlight = new Set<Promise<void>>();
  const traffic: Traffic = { inFlight, taken: 0 };
  using _waiting = tellOfWaiting(traffic, tellAfterMs, complain);
  let failures = 0;
  let lineNumber = 0;
  for (;;) {
    const { done, value: line } = await input.read();
    if (done) break;
    lineNumber++;
    if (line === "") continue;
    if (typeof line !== "string") {
      failures++;
      complain(`Line ${lineNumber} ${line.problem}; it was not sent`);
      continue;
    }
    const number = lineNumber;
    const sending: Promise<void> = link.send({ type: "say", room, text: line }).then(
      () => void traffic.taken++,
      (error: RequestError) => {
        failures++;
        if (error.code !== "ended") complain(`Line ${number} was not sent: ${error.message}`);
      },
    ).finally(() => inFlight.delete(sending));
    inFlight.add(sending);
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  return failures === 0 ? 0 : 1;
}

/** The lines on their way to the server, and how many it has taken. */
interface Traffic {
  readonly inFlight: ReadonlySet<Promise<void>>;
  taken: number;
}

/**
 * Prints once that lines wait, if the server takes fewer than come: otherwise the client would seem to
 * hang.
 */
function tellOfWaiting(
  traffic: Traffic,
  afterMs: number,
  complain: (line: string) => void,
): Disposable {
  let before = 0;
  const timer = setInterval(() => {
    const { inFlight, taken } = traffic;
    const isMoving = taken > before;
    before = taken;
    if (inFlight.size < MANY_IN_FLIGHT || !isMoving) return;
    // Don't say how many per second: a server takes a burst at once before it slows down.
    complain("Lines wait, since the server takes them more slowly than they come; all are sent");
    clearInterval(timer);
  }, afterMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Prints what comes; resolves with why it ended, `left` if the reader of the output has gone. Rejects
 * with an `OutputError` if output is lost.
 */
async function receive(
  { link, output, complain, ...look }: PipeOptions,
  online: (room: string | undefined) => void,
): Promise<EndCause> {
  const printer = new Printer(output);
  try {
    for await (const event of link.events) {
      if (event.type === "ready") online(event.room);
      if (event.type === "status") {
        const isEnd = event.status === "ended" && event.cause !== "left";
        if (isEnd || event.status === "offline" || event.fellBack) {
          complain(whyEnded(event));
        }
        if (event.cause !== undefined) return event.cause;
        continue;
      }
      if (look.shape !== "json" && TOLD.has(event.type)) {
        for (const line of describe(event) ?? []) complain(inertLine(line));
      }
      // Nobody reads the output any more.
      if (!await printer.print(shown(event, look))) return "left";
    }
  } finally {
    printer.release();
  }
  return "left";
}
