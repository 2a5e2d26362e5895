/**
 * Tells the server how far the person has read what is on screen, so that it is not new on their other
 * devices. Only while they are there to read it, and not more often than every few seconds.
 */

import type { Request } from "../../wire/requests.ts";
import type { View } from "./view.ts";

/** The shortest time between two marks, in ms. */
const PAUSE_MS = 3_000;

/** Options of {@linkcode ReadReports}. */
export interface ReadReportsOptions {
  readonly view: View;
  /** Whether what was said last is on screen. */
  readonly showsLast: () => boolean;
  /** Sends a request whose answer nobody waits for. */
  readonly send: (request: Request) => void;
  readonly pauseMs?: number;
}

export class ReadReports {
  readonly #options: ReadReportsOptions;
  readonly #pauseMs: number;
  /** Up to which number we have marked each room and conversation as read. */
  readonly #marked = new Map<string, number>();
  #isFocused = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReadReportsOptions) {
    this.#options = options;
    this.#pauseMs = options.pauseMs ?? PAUSE_MS;
  }

  get isFocused(): boolean {
    return this.#isFocused;
  }

  /** The terminal's window has the focus now, or lost it. A terminal that tells neither has it. */
  focused(here: boolean): void {
    this.#isFocused = here;
    if (!here) return;
    this.#options.view.stream.attention.typed();
    this.look();
  }

  /** Marks what is on screen as read, now or after a while, if the person sees it. */
  look(): void {
    if (this.#timer !== undefined || !this.#send()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
    }, this.#pauseMs);
  }

  /** Marks what was read since the last mark: the person leaves. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#send();
  }

  /** Whether there was something to mark. */
  #send(): boolean {
    const { view, send } = this.#options;
    const room = view.rooms.get(view.room);
    if (room === undefined || !view.isListed || !view.online) return false;
    if (!this.#isFocused || !this.#options.showsLast() || !view.stream.attention.isWatched) {
      return false;
    }
    // What was said there has not been shown yet.
    if (room.unseen || room.awaited !== undefined) return false;
    const log = view.logOf(room.name);
    if (log === undefined) return false;
    const key = log.chat ?? room.name;
    // What counted as read and is unread again stays so until something new is read.
    const before = this.#marked.get(key) ?? 0;
    // With more than there is, the numbers have begun again.
    const marked = Math.max(before > room.last ? 0 : before, room.read);
    this.#marked.set(key, Math.max(marked, room.last));
    if (room.last <= marked) return false;
    send({ type: "read", ...log, seq: room.last });
    return true;
  }
}
