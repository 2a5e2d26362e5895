/** A pseudo-terminal for tests on Linux: runs a program on it and holds what it shows. */

import { VirtualScreen } from "./fixtures/virtual_screen.ts";
import { Watch } from "./fixtures/watch.ts";

/** Why there are no such tests on this system; `undefined` on Linux. */
export const NO_PTY = Deno.build.os === "linux" ? undefined : "needs Linux's pty";

const PATIENCE_MS = 30_000;
const O_RDWR = 0x2;
const O_NOCTTY = 0x100;
const O_CLOEXEC = 0x80000;
const TIOCSWINSZ = 0x5414n;
/** More than any libc's `struct termios` takes. */
const TERMIOS_BYTES = 128;

const SYMBOLS = {
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
} as const;

/** How a program is started on a pty. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Record<string, string>;
}

/** What a tester may have set that a program shows, or takes its looks from: a run of CI has `NO_COLOR`. */
const TESTERS_OWN: readonly string[] = [
  ...["NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLORFGBG", "TERM_PROGRAM", "COLUMNS", "LINES"],
  ...["TZ", "EDITOR", "VISUAL"],
  ...["NAME", "SERVER", "ROOM", "PASSWORD", "CONFIG", "DATA", "TLS"].map((it) => `CHATROOM_${it}`),
];

/** One program on a terminal of its own. */
export class Pty implements AsyncDisposable {
  readonly screen: VirtualScreen;
  /** All that the program wrote. */
  written = "";
  readonly #libc = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #master: number;
  /** Held open, so that the terminal's settings outlive the program. */
  readonly #slave: number;
  readonly #child: Deno.ChildProcess;
  readonly #watch = new Watch(() => this.screen.text, PATIENCE_MS);
  readonly #reading: Promise<void>;
  #writing: Promise<unknown> = Promise.resolve();
  #pauseAt: string | undefined;
  #resume: (() => void) | undefined;

  constructor(command: readonly string[], { columns = 80, rows = 24, env = {} }: PtyOptions = {}) {
    const libc = this.#libc.symbols;
    this.screen = new VirtualScreen(columns, rows);
    this.#master = check(libc.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");
    check(libc.grantpt(this.#master), "grantpt");
    check(libc.unlockpt(this.#master), "unlockpt");
    const name = new Uint8Array(64);
    check(-libc.ptsname_r(this.#master, name, BigInt(name.length)), "ptsname_r");
    this.#slave = check(libc.open(name, O_RDWR | O_NOCTTY | O_CLOEXEC), "open");
    const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    this.#setSize(columns, rows);
    this.screen.onAnswer((text) => this.type(text));
    const unset = TESTERS_OWN.filter((name) => !(name in env)).join(" ");
    this.#child = new Deno.Command("/bin/sh", {
      // To read the environment takes a permission that not all tests have.
      args: ["-c", `unset ${unset}; exec setsid -c "$@" <"$0" >"$0" 2>&1`, path, ...command],
      env: { TERM: "xterm-256color", ...env },
      stdin: "null",
    }).spawn();
    this.#reading = this.#read();
  }

  /** The program's process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Types on the keyboard. */
  type(text: string | Uint8Array<ArrayBuffer>): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.#writing = this.#writing.then(() =>
      this.#libc.symbols.write(this.#master, bytes, BigInt(bytes.length))
    );
  }

  /** Waits until the screen or the scrollback shows `text`. */
  async expect(text: string): Promise<void> {
    await this.until(() => this.screen.text.includes(text), JSON.stringify(text));
  }

  /** Waits until `isSo`, which is asked after each output. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    await this.#watch.until(isSo, what);
  }

  /** Takes no more output from where the program writes `text` on; resolves when it is so. */
  async pauseAt(text: string): Promise<void> {
    this.#pauseAt = text;
    await this.until(() => this.#resume !== undefined, text);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#setSize(columns, rows);
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** The program's exit code. */
  async exitCode(): Promise<number> {
    const late = Promise.withResolvers<never>();
    const giveUp = (): void =>
      late.reject(new Error(`The program does not end; there is:\n${this.screen.text}`));
    const timer = setTimeout(giveUp, PATIENCE_MS);
    try {
      return (await Promise.race([this.#child.status, late.promise])).code;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The terminal's modes, to be compared. */
  settings(): string {
    const termios = new Uint8Array(TERMIOS_BYTES);
    check(this.#libc.symbols.tcgetattr(this.#master, termios), "tcgetattr");
    return termios.toHex();
  }

  /** Ends the program and closes the terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of ["SIGHUP", "SIGKILL"] as const) {
      try {
        this.#child.kill(signal);
      } catch {
        // It has ended.
      }
    }
    await this.#child.status;
    await this.#writing;
    this.#pauseAt = undefined;
    this.#resume?.();
    this.#libc.symbols.close(this.#slave);
    await this.#reading;
    this.#libc.symbols.close(this.#master);
    this.#libc.close();
    this.screen[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    for (;;) {
      const count = await this.#libc.symbols.read(this.#master, buffer, BigInt(buffer.length));
      if (count <= 0n) return;
      const bytes = buffer.slice(0, Number(count));
      this.written += decoder.decode(bytes, { stream: true });
      await this.screen.write(bytes);
      if (this.#pauseAt !== undefined && this.written.includes(this.#pauseAt)) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
          this.#watch.changed();
        });
      }
      this.#watch.changed();
    }
  }

  #setSize(columns: number, rows: number): void {
    const size = new Uint16Array([rows, columns, 0, 0]);
    check(this.#libc.symbols.ioctl(this.#master, TIOCSWINSZ, size), "ioctl");
  }
}

function check(result: number, what: string): number {
  if (result < 0) throw new Error(`${what} failed with ${result}`);
  return result;
}
