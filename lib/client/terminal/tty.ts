/** The terminal device: its size, modes, input and output, and the signals about it. */

import { within } from "../../wire/within.ts";
import { INTERRUPT_CODE, SIGNAL_CODES } from "../conversation.ts";
import { isRaw, type Key, KeyDecoder } from "./keys.ts";

/** Signals that a terminal program handles. */
export type TerminalSignal = "SIGTERM" | "SIGHUP" | "SIGCONT" | "SIGINT" | "SIGQUIT";

/** A terminal. {@linkcode denoTerminal} is the real one. */
export interface TerminalIo {
  /** What is typed. It outlives one use of the terminal, so that nothing typed ahead is lost. */
  readonly keys: KeyReader;
  size(): { readonly columns: number; readonly rows: number };
  /** Writes all of `bytes`. Not called again before it has settled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes at once, when the program is about to end by an error. */
  writeNow?(bytes: Uint8Array): void;
  /** In raw mode each key comes at once; none is echoed, or becomes a signal. */
  setRaw(on: boolean): void;
  /**
   * Until the next {@linkcode setRaw} nothing is echoed, though nobody reads keys. Calls `over` with an exit code when
   * Ctrl-C or a signal ends the program meanwhile.
   */
  setQuiet(over: (code: number) => void): void;
  /** Calls `listener` when the size has changed; returns a function that ends this. */
  onResize(listener: () => void): () => void;
  /** Calls `listener` for a signal, if the system has it; returns a function that ends this. */
  onSignal(signal: TerminalSignal, listener: () => void): () => void;
  /** Stops this program. Throws an error that says why this is not possible. */
  suspend(): void;
}

/** For how long an Escape may be the beginning of a sequence, in ms. */
const ESCAPE_MS = 50;
/** A paste whose end was lost is over after a silence of so many ms. */
const PASTE_MS = 1_000;

/** What was typed earlier is there after so many ms at the latest. */
const TYPED_AHEAD_MS = 30;

const [CR, LF] = [13, 10];

/** Reads bytes and returns keys, one at a time. */
export class KeyReader {
  readonly #bytes: AsyncIterator<Uint8Array>;
  readonly #decoder = new KeyDecoder();
  readonly #keys: Key[] = [];
  readonly #pasteMs: number;
  #reading: Promise<IteratorResult<Uint8Array>> | undefined;
  /** Whether the next bytes may have been typed before the terminal was raw. */
  #isEarly = false;
  /** The same for the next key. */
  #handsOutEarly = false;
  /** Whether that is typed with no echo, where Enter comes as in a raw terminal. */
  #isQuiet = false;

  constructor(bytes: AsyncIterable<Uint8Array>, pasteMs = PASTE_MS) {
    this.#pasteMs = pasteMs;
    this.#bytes = bytes[Symbol.asyncIterator]();
  }

  /** Whether there may be more that was typed before the terminal was raw. */
  get isEarly(): boolean {
    return this.#handsOutEarly;
  }

  /** The terminal is raw from now on; input that waits already was typed before. */
  begin(): void {
    this.#isEarly = this.#handsOutEarly = true;
  }

  /** Whether nothing is echoed and nobody reads. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** Nothing is echoed until the terminal is raw: what is typed meanwhile is as early as with an echo. */
  quiet(on: boolean): void {
    this.#isQuiet = on;
  }

  /**
   * The next key; `undefined` when the terminal is gone or `over` aborts. For one reader at a time: when
   * one is over, the key that it waited for is for the next.
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
      const bytes = this.#isEarly && this.#isQuiet
        ? value.map((byte) => byte === CR ? LF : byte)
        : value;
      const keys = this.#decoder.push(bytes, this.#isEarly);
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
    this.#isEarly = this.#isQuiet = false;
  }

  /** Drops what was typed so far: it can't answer a question that nobody has seen yet. */
  async drop(): Promise<void> {
    for (;;) {
      this.#keys.length = 0;
      this.#handsOutEarly = this.#isEarly;
      this.#reading ??= this.#bytes.next();
      const result = await within(TYPED_AHEAD_MS, this.#reading);
      // If the terminal is gone, the next reader finds out.
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
  let stops: Array<() => void> = [];
  const setRaw = (on: boolean, cbreak = false): void => {
    stops.splice(0).forEach((stop) => stop());
    Deno.stdin.setRaw(on, { cbreak });
  };
  return {
    keys: new KeyReader(readStdin()),
    size: consoleSize,
    write: writeStdout,
    writeNow: (bytes) => void Deno.stdout.writeSync(bytes),
    setRaw: (on) => setRaw(on),
    setQuiet: (over) => {
      setRaw(true, true);
      // A signal that nobody listens for would leave the shell without an echo.
      stops = ENDS.map(([signal, code]) => listen(signal, () => over(code)));
    },
    onResize: (listener) => listen("SIGWINCH", listener),
    onSignal: listen,
    suspend: () => suspend(wrapped),
  };
}

/** What ends a program by default, and with which exit code. */
const ENDS = [
  ["SIGINT", INTERRUPT_CODE],
  ["SIGTERM", SIGNAL_CODES.SIGTERM],
  ["SIGQUIT", 131],
] as const;

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

/**
 * Stopping this program needs no permission unless it was compiled with an older Deno. A program that
 * started it would go on waiting and hide the stop from the shell; to stop that too takes the permission
 * to run programs.
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
    const text = "Ctrl-Z is not possible in this build of the program, and nothing has changed; " +
      "open another terminal for the shell.";
    throw new Error(text, { cause: error });
  }
}

function listen(signal: Deno.Signal, listener: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener(signal, listener);
  return () => Deno.removeSignalListener(signal, listener);
}
