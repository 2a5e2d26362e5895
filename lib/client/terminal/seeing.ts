/**
 * Notes what the person has had on screen. What comes is read when it has stood there for a moment while somebody
 * was there to see it, or when they press a key with it before their eyes; not because it has come, nor because they
 * turn away.
 */

import type { Attention } from "./attention.ts";
import type { JoinedRoom, Rooms } from "./rooms.ts";
import type { Stage } from "./stage.ts";

/** What has stood on screen for so long, in ms, can be read. What passes faster nobody follows. */
const SETTLE_MS = 500;

/** Options of a {@linkcode Seeing}. */
export interface SeeingOptions {
  readonly attention: Attention;
  readonly rooms: Rooms;
  readonly stage: Pick<Stage, "full" | "saw" | "settle">;
  /** Called when it was noted what was seen. */
  readonly noted: () => void;
  /** By default half a second. */
  readonly settleMs?: number;
}

export class Seeing {
  readonly #options: SeeingOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was there when the timer began: in each room up to this number. */
  #stood: ReadonlyMap<JoinedRoom, number> = new Map();
  /** Something else has come on screen since then. */
  #isOlder = false;

  constructor(options: SeeingOptions) {
    this.#options = options;
  }

  /** Something else is on screen now, or somebody looks at it again. */
  painted(): void {
    if (this.#timer !== undefined) return void (this.#isOlder = true);
    const { rooms, stage, settleMs = SETTLE_MS } = this.#options;
    this.#isOlder = false;
    this.#stood = new Map(rooms.all.map((room) => [room, room.last]));
    stage.settle();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#note(false);
      if (this.#isOlder) this.painted();
    }, settleMs);
  }

  /** The person presses a key. */
  typed(): void {
    this.#options.attention.typed();
    this.#note(true);
  }

  /** The terminal's window has the focus now, or lost it. */
  focused(here: boolean): void {
    this.#options.attention.focused(here);
    if (here) this.painted();
  }

  /** The person leaves. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What has stood on screen is seen, or, by somebody who `goesOn` with a key, what is on screen. */
  #note(goesOn: boolean): void {
    const { attention, rooms, stage, noted } = this.#options;
    if (!attention.isWatched) return;
    if (stage.saw(goesOn)) {
      attention.settled();
      if (stage.full === undefined) sawAll(rooms, goesOn ? undefined : this.#stood);
    }
    noted();
  }
}

/** All that was printed is on screen, or was: in what was looked at nothing else was said. */
function sawAll(rooms: Rooms, stood: ReadonlyMap<JoinedRoom, number> | undefined): void {
  for (const room of rooms.all) {
    if (room.unseen || room.awaited !== undefined || room.heldUnread !== undefined) continue;
    const isHere = rooms.isCurrent(room.name);
    const most = isHere || room.unread === 0 ? room.last : room.newFrom - 1;
    const upTo = Math.min(most, stood?.get(room) ?? (stood === undefined ? most : 0));
    Object.assign(room, { seen: Math.max(room.seen ?? 0, upTo), beyond: undefined });
  }
}
