/** The terminal device: its size, its modes, its bytes in and out, and the signals that concern it. */

import { within } from "../../wire/within.ts";
import { isRaw, type Key, KeyDecoder } from "./keys.ts";

/** Signals that a terminal program has to do with. */
export type TerminalSignal = "SIGTERM" | "SIGHUP" | "SIGCONT";

/** A terminal. {@linkcode denoTerminal} is the real one. */
export interface TerminalIo {
  /** What is typed. Outlives a single use of the terminal, so that nothing typed ahead is lost. */
  readonly keys: KeyReader;
  size(): { readonly columns: number; readonly rows: number };
  /** Writes all of `bytes`. Called again only when the last write has settled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Raw: each key comes at once, and none is echoed or made a signal. */
  setRaw(on: boolean): void;
  /** Calls `listener` whenever the size has changed. Returns what stops that. */
  onResize(listener: () => void): () => void;
  /** Calls `listener` for a signal, where the system has it. Returns what stops that. */
  onSignal(signal: TerminalSignal, listener: () => void): () => void;
  /** Stops this program. Throws an error whose message tells why that is not possible. */
  suspend(): void;
}

/** How long an Escape may be the beginning of something longer, in ms. */
const ESCAPE_MS = 50;
/** A paste whose end was lost is over after so long a silence, in ms. */
const PASTE_MS = 1_000;

/** What was typed before a question is there so soon at the latest, in ms. */
const TYPED_AHEAD_MS = 30;

/** Reads bytes and hands out keys, one at a time. */
export class KeyReader {
  readonly #bytes: AsyncIterator<Uint8Array>;
  readonly #decoder = new KeyDecoder();
  readonly #keys: Key[] = [];
  readonly #pasteMs: number;
  #reading: Promise<IteratorResult<Uint8Array>> | undefined;
  /** Whether what comes may have been typed before the terminal was raw. */
  #isEarly = false;
  /** The same of the keys that are handed out. */
  #handsOutEarly = false;

  constructor(bytes: AsyncIterable<Uint8Array>, pasteMs = PASTE_MS) {
    this.#pasteMs = pasteMs;
    this.#bytes = bytes[Symbol.asyncIterator]();
  }

  /** Whether there may be more that was typed before the terminal was raw. */
  get isEarly(): boolean {
    return this.#handsOutEarly;
  }

  /** The terminal is raw from now on: what is there already was typed before. */
  begin(): void {
    this.#isEarly = this.#handsOutEarly = true;
  }

  /**
   * The next key; `undefined` when the terminal is gone or `over` is aborted. For one reader at a
   * time: one that is over takes nothing, and what it waited for is for the next.
   */
  async next(over?: AbortSignal): Promise<Key | undefined> {
    while (this.#keys.length === 0) {
      this.#reading ??= this.#bytes.next();
      const patienceMs = this.#isEarly
        ? TYPED_AHEAD_MS
        : this.#decoder.undecided
        ? ESCAPE_MS
        : this.#decoder.pasting
        ? this.#pasteMs
        : Infinity;
      let result = patienceMs === Infinity
        ? await this.#reading
        : await within(patienceMs, this.#reading);
      if (over?.aborted) return undefined;
      if (result === undefined && this.#isEarly) {
        this.#endEarly();
        continue;
      }
      if (result === undefined) {
        this.#keys.push(...this.#decoder.flush());
        if (this.#keys.length > 0) break;
        result = await this.#reading;
        if (over?.aborted) return undefined;
      }
      const { done, value } = result;
      this.#reading = undefined;
      if (done) return undefined;
      const keys = this.#decoder.push(value, this.#isEarly);
      this.#keys.push(...keys);
      if (this.#isEarly && keys.some(isRaw)) this.#endEarly();
    }
    if (over?.aborted) return undefined;
    const key = this.#keys.shift();
    if (key?.type === "key" && key.name === "early-over") this.#handsOutEarly = this.#isEarly;
    return key;
  }

  #endEarly(): void {
    this.#keys.push({ type: "key", name: "early-over" });
    this.#isEarly = false;
  }

  /** Drops what has been typed so far: it is no answer to a question that nobody has seen yet. */
  async drop(): Promise<void> {
    for (;;) {
      this.#keys.length = 0;
      this.#handsOutEarly = this.#isEarly;
      this.#reading ??= this.#bytes.next();
      const result = await within(TYPED_AHEAD_MS, this.#reading);
      // That the terminal is gone is for the next reader to find.
      if (result === undefined || result.done) break;
      this.#reading = undefined;
      this.#decoder.push(result.value);
    }
    this.#decoder.flush();
  }
}

/**
 * The terminal on this program's standard input and output. `wrapped`: the program was started
 * through another one that is no shell.
 */
export function denoTerminal(wrapped = false): TerminalIo {
  return {
    keys: new KeyReader(readStdin()),
    size: consoleSize,
    write: writeStdout,
    setRaw: (on) => Deno.stdin.setRaw(on),
    onResize: (listener) => listen("SIGWINCH", listener),
    onSignal: listen,
    suspend: () => suspend(wrapped),
  };
}

async function* readStdin(): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(4_096);
  for (;;) {
    const count = await Deno.stdin.read(buffer);
    if (count === null) return;
    yield buffer.slice(0, count);
  }
}

async function writeStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

function consoleSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    if (columns > 0 && rows > 0) return { columns, rows };
  } catch {
    // Not a terminal, or one that won't tell.
  }
  return { columns: 80, rows: 24 };
}

const CANNOT_STOP =
  "Ctrl-Z is not possible in this build of the program, and nothing has changed; " +
  "open another terminal for the shell.";

/**
 * Stopping oneself needs no permission, but in a program that was compiled with an older Deno. What one was started through would go on waiting, and keep
 * the shell from noticing; stopping that too takes the permission to run programs.
 */
function suspend(wrapped: boolean): void {
  if (Deno.build.os === "windows") throw new Error("This can't be suspended on Windows.");
  const mayStopOthers = Deno.permissions.querySync({ name: "run" }).state === "granted";
  if (wrapped && !mayStopOthers) {
    throw new Error(
      "This can't be suspended when it was started through deno task or npx; " +
        "start the executable, or run main.ts with deno run.",
    );
  }
  try {
    Deno.kill(mayStopOthers ? 0 : Deno.pid, "SIGTSTP");
  } catch (error) {
    throw new Error(CANNOT_STOP, { cause: error });
  }
}

function listen(signal: Deno.Signal, listener: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener(signal, listener);
  return () => Deno.removeSignalListener(signal, listener);
}
