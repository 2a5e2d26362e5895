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
  /** What was looked at while what was said there had yet to come, or to be seen. */
  readonly #late = new Set<string>();
  /** What was looked at the last time. */
  #place = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReadReportsOptions) {
    this.#options = options;
    this.#pauseMs = options.pauseMs ?? PAUSE_MS;
  }

  /** Marks what the person has seen as read, now or after a while. */
  look(): void {
    this.#noteAll();
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
    this.#noteAll();
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

  #noteAll(): void {
    const { room } = this.#options.view;
    for (const place of new Set([room, this.#place, ...this.#late])) this.#note(place);
    this.#place = room;
  }

  /** Notes what the person has read there. */
  #note(place: string): void {
    const { view } = this.#options;
    const room = view.rooms.get(place);
    const isHere = view.rooms.isCurrent(place);
    if (!isHere) this.#late.delete(place);
    if (room === undefined || !view.isListed || !view.online) return;
    if (!view.stream.attention.isWatched) return;
    // What was said there has not been shown yet.
    if (room.unseen || room.awaited !== undefined) return void this.#late.add(place);
    this.#late.delete(place);
    const log = view.logOf(room.name);
    if (log === undefined) return;
    const key = log.chat ?? room.name;
    const { seen = 0 } = room;
    const most = isHere || room.unread === 0 ? room.last : Math.min(room.last, room.newFrom - 1);
    // The person has gone on, and what comes there in the stream is not on screen yet.
    if (!isHere && seen < most) this.#late.add(place);
    const seq = Math.min(most, seen);
    // What counted as read and is unread again stays so until something new is read.
    const before = this.#marked.get(key) ?? 0;
    // With more than there is, the numbers have begun again.
    const marked = Math.max(before > room.last ? 0 : before, room.read);
    this.#marked.set(key, Math.max(marked, seq));
    if (seq <= marked) return;
    this.#due.set(key, { request: { type: "read", ...log, seq }, read: room.read });
  }
}
