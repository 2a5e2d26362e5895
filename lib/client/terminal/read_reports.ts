/**
 * Tells the server how far the person has read what is on screen, so that it is not new on their other
 * devices. Only while they are there to read it, and not more often than every few seconds; what was read is
 * told all the same if they look elsewhere by then.
 */

import type { Request, RequestOf } from "../../wire/requests.ts";
import type { JoinedRoom } from "./rooms.ts";
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
  /** What was marked, and the server has not confirmed: it may have been lost with the connection. */
  readonly #sent = new Map<string, RequestOf<"read">>();
  #isCut = false;
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
    for (const [key, { request, read }] of this.#due) {
      const room = known.rooms.get(known.placeOf(request));
      // Since then it was left, counts as unread again, or its numbers have begun again.
      if (room === undefined || room.read < read || room.last < request.seq) continue;
      this.#sent.set(key, request);
      send(request);
    }
    this.#due.clear();
    return true;
  }

  /** Notes what the person has read, wherever it was: some of it comes when they are elsewhere by then. */
  #noteAll(): void {
    const { view: { online, isListed, stream, rooms } } = this.#options;
    if (!online) this.#isCut = true;
    if (!online || !isListed) return;
    // What counts as unread again when somebody looks was not lost.
    this.#forgetSent();
    this.#isCut = false;
    if (!stream.attention.isWatched) return;
    for (const room of rooms.all) this.#note(room);
  }

  /** What is confirmed is done; what was not before the connection broke is marked once more. */
  #forgetSent(): void {
    const { known } = this.#options.view;
    for (const [key, request] of this.#sent) {
      const { read = Infinity } = known.rooms.get(known.placeOf(request)) ?? {};
      const isConfirmed = read >= request.seq;
      if (!isConfirmed && this.#isCut) this.#marked.delete(key);
      if (isConfirmed || this.#isCut) this.#sent.delete(key);
    }
  }

  /** Notes what the person has read of a room. */
  #note(room: JoinedRoom): void {
    const { view } = this.#options;
    // What was said there has not been shown yet.
    if (room.unseen || room.awaited !== undefined) return;
    const log = view.logOf(room.name);
    if (log === undefined) return;
    const key = log.chat ?? room.name;
    const { seen = 0 } = room;
    const isHere = view.rooms.isCurrent(room.name);
    const most = isHere || room.unread === 0 ? room.last : Math.min(room.last, room.newFrom - 1);
    const seq = Math.min(most, seen);
    // What counted as read and is unread again stays so until something new is read, or all that is by somebody who
    // has come to it.
    const isAgain = room.heldUnread !== undefined || !isHere && room.unread > 0;
    const before = Math.min(this.#marked.get(key) ?? 0, isAgain ? seq : Infinity);
    // With more than there is, the numbers have begun again.
    const marked = Math.max(before > room.last ? 0 : before, room.read);
    this.#marked.set(key, Math.max(marked, seq));
    if (seq <= marked) return;
    this.#due.set(key, { request: { type: "read", ...log, seq }, read: room.read });
  }
}
