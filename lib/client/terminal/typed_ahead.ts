/**
 * What is typed while the person is on the way to another room, which may take as long as the server's answer:
 * lines that are submitted wait, and are carried out there; what stands in the row comes along. Does no IO.
 */

import { within } from "../../wire/within.ts";
import type { Drafts, HeldLines } from "./drafts.ts";
import type { ScreenEntry } from "./entry.ts";
import type { View } from "./view.ts";

/** Options of {@linkcode TypedAhead}. */
export interface TypedAheadOptions {
  readonly view: View;
  readonly held: HeldLines;
  readonly drafts: Drafts;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Carries out a line. */
  readonly submit: (line: string) => void;
  /** After so long the person is told what waits, in ms. */
  readonly slowMs: number;
}

/** So long it takes to read why there is no way, which may be told at once, in ms. */
const READ_MS = 500;

export class TypedAhead {
  readonly #options: TypedAheadOptions;
  readonly #lines: string[] = [];
  #from = "";
  /** Resolves when the person has come there, or can't; `undefined`: they are on no way. */
  #coming: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TypedAheadOptions) {
    this.#options = options;
  }

  /** Whether the person looks at something else than where they have asked from, and nothing is to be said there. */
  get hasGoneOn(): boolean {
    const { room } = this.#options.view;
    return this.#coming !== undefined && this.#lines.length === 0 && room !== "" &&
      room !== this.#from;
  }

  /**
   * The person is on the way until `coming` resolves with whether they are there; `isSure`: to nowhere else, so
   * that what stands in the row comes along.
   */
  goes(coming: Promise<boolean>, isSure = false): void {
    const { view, drafts } = this.#options;
    this.#from = view.room;
    drafts.comesAlong = isSure;
    this.#coming = coming.then(async (isThere) => {
      if (!isThere) await this.#read();
      this.#came(isThere);
    });
  }

  /** Shows what may take the person to another room, to which what stands in the row comes along. */
  arrive(show: () => void): void {
    const { drafts, view } = this.#options;
    drafts.comesAlong = this.#coming !== undefined && view.room === this.#from;
    show();
    drafts.comesAlong = false;
  }

  /** Keeps a line until the person is there; false if they are on no way. */
  holds(line: string): boolean {
    if (this.#coming === undefined) return false;
    this.#lines.push(line);
    this.#timer ??= setTimeout(this.#tell, this.#options.slowMs);
    return true;
  }

  /** The person leaves: resolves when the lines are carried out, or tells that they could not be in so many ms. */
  async settled(ms: number): Promise<void> {
    while (this.#coming !== undefined) {
      const isThere = await within(ms, this.#coming.then(() => true));
      if (isThere === undefined) break;
    }
    const { print, view } = this.#options;
    const left = this.#lines.splice(0).map((line) => view.error(`Not sent: ${line}`));
    if (left.length > 0) print(left);
  }

  /** Stops the timers. */
  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#reading);
  }

  /** Resolves when the person can have read that they are not there: what is typed before that was for there. */
  async #read(): Promise<void> {
    this.#options.drafts.comesAlong = false;
    await new Promise<void>((resolve) => this.#reading = setTimeout(resolve, READ_MS));
  }

  /** Carries out what waits; where the way has ended before the other room, Enter does so line by line. */
  #came(isThere: boolean): void {
    const { submit, held, print, view, drafts } = this.#options;
    this.#coming = undefined;
    drafts.comesAlong = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isThere) {
      // One of them may go on to yet another room.
      const lines = this.#lines.splice(0);
      for (const line of lines) if (!this.holds(line)) submit(line);
      return;
    }
    for (const line of this.#lines.splice(0)) held.hold(line);
    const told = held.offer("before the answer came");
    if (told !== undefined) print([view.notice(told)]);
  }

  /** Tells what waits. */
  readonly #tell = (): void => {
    const { print, view } = this.#options;
    print(this.#lines.map((line) => view.notice(`Waits for the answer before it: ${line}`)));
  };
}
