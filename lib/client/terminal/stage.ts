/**
 * Shows the chat as a stream or as a full-screen view, which takes the place of the stream and back while
 * all goes on. The view's code is loaded when it is first wanted.
 */

import type { Display } from "./display.ts";
import type { ScreenEntry } from "./entry.ts";
import type { FullDisplay, StageOptions } from "./full_display.ts";
import type { CursorReport } from "./screen.ts";

/** The smallest terminal that has room for the view. */
export const LEAST_COLUMNS = 60;
export const LEAST_ROWS = 12;

const NO_ESCAPES = "The view needs a terminal with control sequences; this one has --plain, or " +
  "TERM=dumb.";

export class Stage implements Display {
  readonly #options: StageOptions;
  #full: FullDisplay | undefined;
  #current: Display;
  /** Whether the view is wanted, though there may be no room for it now. */
  #isWanted = false;
  #isAway = true;
  #switching: Promise<void> = Promise.resolve();

  constructor(options: StageOptions) {
    this.#options = options;
    this.#current = options.stream;
  }

  /** The view, while it is on screen. */
  get full(): FullDisplay | undefined {
    return this.#current === this.#full ? this.#full : undefined;
  }

  /** Turns to the view or back to the stream; returns whether that is what is on screen now. */
  async turn(toView: boolean): Promise<boolean> {
    const { load, tell, hasEscapes } = this.#options;
    if (toView && !hasEscapes()) {
      tell(NO_ESCAPES);
      return false;
    }
    if (toView) this.#full ??= await load();
    const lacking = toView ? this.#full?.lacking : undefined;
    if (lacking !== undefined) {
      tell(lacking);
      return false;
    }
    this.#isWanted = toView;
    await this.#show(toView);
    return true;
  }

  /** Shows the answer to a command that was asked in a place; returns what is to be printed. */
  answer(entries: ScreenEntry[], place: string): ScreenEntry[] {
    if (this.full === undefined) return entries;
    this.full.answer(entries, place);
    return [];
  }

  print(...entries: ScreenEntry[]): void {
    this.#current.print(...entries);
  }

  refresh(): void {
    this.#current.refresh();
  }

  resized(): void {
    const lacking = this.#isWanted ? this.#full?.lacking : undefined;
    const fits = this.#isWanted && lacking === undefined;
    if (fits !== (this.full !== undefined)) {
      this.#show(fits);
      if (lacking !== undefined) this.#options.tell(`${lacking} It comes back when there is.`);
    }
    this.#current.resized();
  }

  reported(report: CursorReport): void {
    this.#current.reported(report);
  }

  bell(): void {
    this.#current.bell();
  }

  alarm(sequence: string): void {
    this.#current.alarm(sequence);
  }

  clear(): void {
    this.#current.clear();
  }

  settle(): void {
    this.#current.settle();
  }

  saw(goesOn: boolean): boolean {
    return this.#current.saw(goesOn);
  }

  enter(): void {
    this.#isAway = false;
    this.#options.elsewhere(false);
    this.#current.enter();
  }

  async leave(): Promise<void> {
    this.#options.elsewhere(true);
    await this.#switching;
    this.#isAway = true;
    await this.#current.leave();
  }

  /** What shows the chat leaves the terminal, and the other one takes it. */
  #show(view: boolean): Promise<void> {
    const { stream } = this.#options;
    const before = this.#current;
    const next = view && this.#full !== undefined ? this.#full : stream;
    if (before === next) return this.#switching;
    // From now on it is told what happens.
    this.#current = next;
    const shown = next === stream ? this.#full?.end() ?? [] : [];
    if (next === this.#full) this.#full.begin();
    next.print(...shown);
    const isAway = this.#isAway;
    this.#switching = this.#switching.then(async () => {
      if (isAway) return;
      await before.leave();
      if (!this.#isAway) next.enter();
    });
    return this.#switching;
  }
}
