/**
 * Tells the server how far the person has read what is on screen, so that it is not new on their other
 * devices. Only while they are there to read it, and not more often than every few seconds; what was read is
 * told all the same if they look elsewhere by then.
 */

import type { Request, RequestOf } from "../../wire/requests.ts";
import type { View } from "./view.ts";

/** The shortest time between two marks, in ms. */
const PAUSE_MS = 3_000;

/** Options of {@linkcode ReadReports}. */
export interface ReadReportsOptions {
  readonly view: View;
  /** Whether what was said last in a place that the person looks at, or has looked at, is or was on screen. */
  readonly shows: (place: string) => boolean;
  /** Sends a request whose answer nobody waits for. */
  readonly send: (request: Request) => void;
  readonly pauseMs?: number;
}

/** A mark that waits; `read` is up to where it was read when it was made. */
interface DueMark {
  readonly request: RequestOf<"read">;
  readonly read: number;
}

export class ReadReports {
  readonly #options: ReadReportsOptions;
  readonly #pauseMs: number;
  /** Up to which number we have marked each room and conversation as read. */
  readonly #marked = new Map<string, number>();
  readonly #due = new Map<string, DueMark>();
  /** What was looked at while what was said there had yet to come. */
  readonly #late = new Set<string>();
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
    for (const place of new Set([this.#options.view.room, ...this.#late])) this.#note(place);
    if (this.#timer !== undefined || !this.flush()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
    }, this.#pauseMs);
  }

  /** Marks what was read since the last mark: the person leaves. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#note(this.#options.view.room);
    this.flush();
  }

  /** Sends the marks that wait; returns whether there were any. */
  flush(): boolean {
    const { view: { known, online }, send } = this.#options;
    if (!online || this.#due.size === 0) return false;
    for (const { request, read } of this.#due.values()) {
      const room = known.rooms.get(known.placeOf(request));
      // Since then it was left, counts as unread again, or its numbers have begun again.
      if (room === undefined || room.read < read || room.last < request.seq) continue;
      send(request);
    }
    this.#due.clear();
    return true;
  }

  /** Notes what the person has read there. */
  #note(place: string): void {
    const { view, shows } = this.#options;
    const room = view.rooms.get(place);
    const isHere = view.rooms.isCurrent(place);
    if (!isHere) this.#late.delete(place);
    if (room === undefined || !view.isListed || !view.online || !shows(room.name)) return;
    if (!this.#isFocused || !view.stream.attention.isWatched) return;
    // What was said there has not been shown yet.
    if (room.unseen || room.awaited !== undefined) return void this.#late.add(place);
    this.#late.delete(place);
    const log = view.logOf(room.name);
    if (log === undefined) return;
    const key = log.chat ?? room.name;
    const seq = isHere || room.unread === 0 ? room.last : Math.min(room.last, room.newFrom - 1);
    // What counted as read and is unread again stays so until something new is read.
    const before = this.#marked.get(key) ?? 0;
    // With more than there is, the numbers have begun again.
    const marked = Math.max(before > room.last ? 0 : before, room.read);
    this.#marked.set(key, Math.max(marked, seq));
    if (seq <= marked) return;
    this.#due.set(key, { request: { type: "read", ...log, seq }, read: room.read });
  }
}
