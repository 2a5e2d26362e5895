/**
 * Writes frames to a terminal: one write at a time, each with all that has changed since the last one, and
 * no more than thirty a second however much there is to show. Knows nothing of what they show.
 */

import { delay } from "@std/async/delay";
import type { TerminalIo } from "../terminal/tty.ts";
import { frameDifference, type ScreenFrame } from "./frame.ts";

/** Options of a {@linkcode FramePainter}. */
export interface FramePainterOptions {
  readonly io: Pick<TerminalIo, "size" | "write">;
  /** What is to be shown now, on a screen of that size. */
  readonly frame: (size: ScreenSize) => ScreenFrame;
  /** Called when what was to be shown is on screen. */
  readonly painted?: () => void;
  /** Called once when it is no longer possible to write to the terminal. */
  readonly lost: () => void;
  /** A clock in ms that never goes back; by default the system's. */
  readonly clock?: () => number;
  /** Waits so many ms by that clock. */
  readonly wait?: (ms: number) => Promise<void>;
  /** When another program's doings on the screen are mended after {@linkcode FramePainter.suspect}, in ms. */
  readonly mendsMs?: readonly number[];
}

/** The size of a screen in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The shortest time between two frames, in ms: at most 30 a second. */
export const SHORTEST_FRAME_MS = 1_000 / 30;
/** Where frame after frame is as the one before, as in a flood elsewhere, so long, in ms: until one differs. */
const LONGEST_PAUSE_MS = 100;
/**
 * `deno run` shows on the same screen how far it is with loading code, and erases that and all below it up to
 * a moment after it has loaded the last of it.
 */
const MENDS_MS = [300, 1_000, 3_000];
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const RING = "\x07";
/**
 * The other screen, without wrapping; what is pasted is marked, and the terminal tells of its focus. The
 * wheel must not be turned into arrow keys, which would bring back what was sent; how it was is kept.
 */
const KEEP_WHEEL = "\x1b[?1007s";
const TAKE_SCREEN = "\x1b[?1049h\x1b[?1007l\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[m\x1b[2J";
/**
 * All of that undone. A terminal that can't keep how the wheel was has it turned into keys from its start,
 * so it is turned on before what was kept is brought back.
 */
export const GIVE_SCREEN_BACK =
  "\x1b[m\x1b[?7h\x1b[?1004l\x1b[?2004l\x1b[?1007h\x1b[?1007r\x1b[?25h\x1b[?1049l";

const encoder = new TextEncoder();

export class FramePainter {
  readonly #options: FramePainterOptions;
  readonly #clock: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  /** What the terminal shows; `undefined`: nobody knows. */
  #shown: ScreenFrame | undefined;
  /** From this row on something else may have written over what it shows. */
  #doubted = Infinity;
  #mends: Array<ReturnType<typeof setTimeout>> = [];
  #control = "";
  #isStale = false;
  #isAway = true;
  #isGone = false;
  #drawnAt = -Infinity;
  /** The time from then to the next frame, in ms. */
  #pauseMs = SHORTEST_FRAME_MS;
  #pumping: Promise<void> | undefined;

  constructor(options: FramePainterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? ((): number => performance.now());
    this.#wait = options.wait ?? delay;
  }

  /** Shows what is to be shown now, as soon as it may. */
  refresh(): void {
    this.#isStale = true;
    this.#pumping ??= this.#pump();
  }

  /** The person does something: the next frame comes soon, though those before it have shown nothing new. */
  hurry(): void {
    this.#pauseMs = SHORTEST_FRAME_MS;
  }

  /** Draws everything anew: the terminal has another size, or shows something else. */
  redraw(): void {
    this.#shown = undefined;
    this.hurry();
    this.refresh();
  }

  /**
   * Something else may write on the screen in the next moments: over the cursor's row and those below it, or
   * `anywhere`. What it shows is written once more then, without a flicker.
   */
  suspect(anywhere = false): void {
    this.#stopMending();
    // The cursor may stand lower by then.
    const from = anywhere ? 0 : this.#shown?.cursor.y ?? 0;
    this.#mends = (this.#options.mendsMs ?? MENDS_MS).map((ms) =>
      setTimeout(() => this.#mend(from), ms)
    );
  }

  /** Writes a sequence that leaves the screen as it is. */
  send(control: string): void {
    this.#control += control;
    this.hurry();
    this.refresh();
  }

  bell(): void {
    this.send(RING);
  }

  /** Takes the screen, at first or after {@linkcode leave}. */
  enter(): void {
    // Once it is ours, how the wheel was before can't be asked for any more.
    const keep = this.#isAway ? KEEP_WHEEL : "";
    this.#isAway = false;
    this.#shown = undefined;
    this.send(keep + TAKE_SCREEN);
    this.suspect(true);
  }

  /** Gives the screen back as it was, and writes `after` there. */
  async leave(after = ""): Promise<void> {
    this.#stopMending();
    await this.settled();
    if (this.#isAway) return;
    this.#isAway = true;
    this.send(GIVE_SCREEN_BACK + after);
    await this.settled();
  }

  /** Resolves when everything is written that can be. */
  async settled(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  /** What is shown from a row on, or from that of the cursor, is written again. */
  #mend(from: number): void {
    if (this.#isAway || this.#shown === undefined) return;
    this.#doubted = Math.min(this.#doubted, from, this.#shown.cursor.y);
    this.refresh();
  }

  #stopMending(): void {
    this.#mends.forEach(clearTimeout);
    this.#mends = [];
  }

  async #pump(): Promise<void> {
    // What happens in the same turn goes into the same frame.
    await Promise.resolve();
    const { io, lost, painted } = this.#options;
    try {
      while (!this.#isGone && (this.#isStale || this.#control !== "")) {
        await this.#pause();
        const output = this.#take();
        // To find that nothing differs takes as long as to draw.
        this.#drawnAt = this.#clock();
        const next = output === "" ? this.#pauseMs + SHORTEST_FRAME_MS : SHORTEST_FRAME_MS;
        this.#pauseMs = Math.min(next, LONGEST_PAUSE_MS);
        if (output !== "") await io.write(encoder.encode(output));
        painted?.();
      }
    } catch {
      this.#isGone = true;
      lost();
    } finally {
      this.#pumping = undefined;
    }
  }

  /** Waits until the next frame may be made; not in one piece, since a key may come meanwhile. */
  async #pause(): Promise<void> {
    for (;;) {
      const early = this.#drawnAt + this.#pauseMs - this.#clock();
      if (early <= 0) return;
      await this.#wait(Math.min(early, SHORTEST_FRAME_MS));
    }
  }

  /** The bytes to write next; empty if there are none. */
  #take(): string {
    const control = this.#control;
    this.#control = "";
    this.#isStale = false;
    if (this.#isAway) return control;
    const { io, frame: frameOf } = this.#options;
    const frame = frameOf(io.size());
    const change = frameDifference(frame, this.#shown, this.#doubted);
    [this.#shown, this.#doubted] = [frame, Infinity];
    if (change === "") return control;
    return control + BEGIN_FRAME + HIDE_CURSOR + change + SHOW_CURSOR + END_FRAME;
  }
}
