/**
 * Notes what the person has had on screen. What comes is read when it has stood there for a moment while somebody
 * was there to see it, or when they press a key with it before their eyes; not because it has come.
 */

import type { Attention } from "./attention.ts";
import type { Rooms } from "./rooms.ts";
import type { Stage } from "./stage.ts";

/** What has stood on screen for so long, in ms, can be read. What passes faster nobody follows. */
const SETTLE_MS = 500;

/** Options of a {@linkcode Seeing}. */
export interface SeeingOptions {
  readonly attention: Attention;
  readonly rooms: Rooms;
  readonly stage: Pick<Stage, "full" | "saw">;
  /** Called when it was noted what was seen. */
  readonly noted: () => void;
  /** By default half a second. */
  readonly settleMs?: number;
}

export class Seeing {
  readonly #options: SeeingOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SeeingOptions) {
    this.#options = options;
  }

  /** Something else is on screen now, or somebody looks at it again. */
  painted(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#note(false);
    }, this.#options.settleMs ?? SETTLE_MS);
  }

  /** The person presses a key. */
  typed(): void {
    this.#options.attention.typed();
    this.#note(true);
  }

  /** The terminal's window has the focus now, or lost it. */
  focused(here: boolean): void {
    if (!here) this.#note(false);
    this.#options.attention.focused(here);
    if (here) this.painted();
  }

  /** The person leaves. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#note(false);
  }

  /** What is on screen is seen; `goesOn`: by somebody who presses a key. */
  #note(goesOn: boolean): void {
    const { attention, rooms, stage, noted } = this.#options;
    if (!attention.isWatched) return;
    if (stage.saw(goesOn)) {
      attention.settled();
      if (stage.full === undefined) sawAll(rooms);
    }
    noted();
  }
}

/** All that was printed is on screen, or was: in what was looked at nothing else was said. */
function sawAll(rooms: Rooms): void {
  for (const room of rooms.all) {
    if (room.unseen || room.awaited !== undefined) continue;
    const isHere = rooms.isCurrent(room.name);
    const upTo = isHere || room.unread === 0 ? room.last : room.newFrom - 1;
    Object.assign(room, { seen: Math.max(room.seen ?? 0, upTo), beyond: undefined });
  }
}
