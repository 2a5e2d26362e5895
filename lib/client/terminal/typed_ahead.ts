/**
 * What is typed while the person is on the way to another room, which may take as long as the server's answer:
 * lines that are submitted wait, and are carried out there; what stands in the row comes along. Does no IO.
 */

import { delay } from "@std/async/delay";
import { within } from "../../wire/within.ts";
import type { Drafts, Way } from "./drafts.ts";
import type { HeldLines } from "./held_lines.ts";
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
  /** The ways on which the person is, each with when they have come there, or can't. */
  readonly #ways = new Map<Way, Promise<void>>();
  #isCarryingOut = false;
  #isLeaving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #over = new AbortController();

  constructor(options: TypedAheadOptions) {
    this.#options = options;
  }

  /** The person is on the way until `coming` resolves with whether they are there. */
  goes(way: Way, coming: Promise<boolean>): void {
    this.#options.drafts.goes(way, this.#isCarryingOut);
    const over = coming.then(async (isThere) => {
      // What is typed before the person can have read that they are not there was for there.
      if (!isThere) await delay(READ_MS, { signal: this.#over.signal }).catch(() => {});
      this.#came(way, isThere);
    });
    this.#ways.set(way, over);
  }

  /** Keeps a line until the person is where it is for; false if that is where they are. */
  holds(line: string): boolean {
    const { way } = this.#options.drafts;
    if (way === undefined) return false;
    way.lines.push(line);
    this.#timer ??= setTimeout(this.#tell, this.#options.slowMs);
    return true;
  }

  /** The person leaves: resolves when the lines are carried out, or tells that they could not be in so many ms. */
  async settled(ms: number): Promise<void> {
    this.#isLeaving = true;
    while (this.#ways.size > 0) {
      const isThere = await within(ms, Promise.all(this.#ways.values()));
      if (isThere === undefined) break;
    }
    this.#notSent(this.#waiting(true));
  }

  /** Stops the timers. */
  end(): void {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  /** Carries out what waits; where the way has ended before the other room, Enter does so line by line. */
  #came(way: Way, isThere: boolean): void {
    const { held, print, view, drafts } = this.#options;
    this.#ways.delete(way);
    const { begun, isAbove } = drafts.over(way, isThere);
    const lines = way.lines.splice(0);
    if (this.#waiting().length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    if (isAbove) print([view.notice(aboveText(way))]);
    if (isThere) {
      this.#carryOut(lines);
      drafts.offer();
      return print([]);
    }
    // There is no other Enter.
    if (this.#isLeaving) return this.#notSent(lines);
    for (const line of lines) held.hold(line);
    if (begun !== undefined) held.hold(begun.text, begun);
    // What is offered at a prompt is for the room that it names, be there yet another way.
    if (held.hasNew) drafts.here();
    const told = drafts.offer("before the answer came", way.to);
    if (told !== undefined) print([view.notice(told)]);
  }

  /** Carries out lines; one of them may go on to yet another room, and what is behind it is for there. */
  #carryOut(lines: readonly string[]): void {
    this.#isCarryingOut = true;
    for (const [n, line] of lines.entries()) {
      const { size } = this.#ways;
      this.#options.submit(line);
      if (this.#ways.size === size) continue;
      [...this.#ways.keys()].at(-1)?.lines.push(...lines.slice(n + 1));
      break;
    }
    this.#isCarryingOut = false;
  }

  /** The lines that wait; `takes`: they do no more. */
  #waiting(takes = false): string[] {
    return [...this.#ways.keys()].flatMap(({ lines }) => takes ? lines.splice(0) : lines);
  }

  #notSent(lines: readonly string[]): void {
    const { print, view } = this.#options;
    if (lines.length > 0) print(lines.map((line) => view.error(`Not sent: ${line}`)));
  }

  /** Tells what waits. */
  readonly #tell = (): void => {
    const { print, view } = this.#options;
    print(this.#waiting().map((line) => view.notice(`Waits for the answer before it: ${line}`)));
  };
}

/** What the person is told of what they wrote for where a way does not end. */
function aboveText({ to }: Way): string {
  return `What you wrote for ${to || "the next room"} is above the line: Up finds it.`;
}
