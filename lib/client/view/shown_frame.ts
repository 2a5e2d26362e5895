/** What frames have of a conversation, and what of it the person has had on screen. Does no IO. */

import type { Known } from "../terminal/known.ts";
import { withSeen } from "../terminal/seen.ts";
import type { PlaceStates } from "./place_state.ts";
import type { ShownStretch } from "./shown_stretch.ts";

/** Options of a {@linkcode ShownFrame}. */
export interface ShownFrameOptions {
  readonly known: Known;
  readonly states: PlaceStates;
  /** Called when something else is on screen. */
  readonly painted: () => void;
}

export class ShownFrame {
  readonly #options: ShownFrameOptions;
  /** What the frame shows that was made last, and what is on screen; `undefined`: something lies over it. */
  #made: ShownStretch | undefined;
  #shown: ShownStretch | undefined;
  /** What was on screen when {@linkcode settle} was called last. */
  #stood: ShownStretch | undefined;

  constructor(options: ShownFrameOptions) {
    this.#options = options;
    options.known.conversations.onMoved.add((moved) => {
      const move = (stretch: ShownStretch | undefined): ShownStretch | undefined =>
        stretch && { ...stretch, place: moved.to(stretch.place) };
      [this.#made, this.#shown, this.#stood] = [this.#made, this.#shown, this.#stood].map(move);
    });
  }

  /** A frame shows this. */
  make(stretch: ShownStretch | undefined): void {
    this.#made = stretch;
  }

  /** Something lies over what the frame shows. */
  cover(): void {
    this.#made = undefined;
  }

  /** The frame that was made last is on screen. */
  painted(): void {
    this.#shown = this.#made;
    this.#options.painted();
  }

  /** From now on it is waited whether what is on screen stays there for long enough to be read. */
  settle(): void {
    this.#stood = this.#shown;
  }

  /**
   * What is on screen is seen, or, unless the person `goesOn` from there, what has stood on it since it was waited
   * for that. Returns whether what was said last is loaded, so that all that was missed is there.
   */
  saw(goesOn: boolean): boolean {
    const { known, states } = this.#options;
    const shown = goesOn ? this.#shown : inBoth(this.#shown, this.#stood);
    const room = shown && known.rooms.get(shown.place);
    if (shown === undefined || room === undefined) return false;
    const state = states.of(shown.place);
    const isAll = shown.isEnd || state.spot !== undefined;
    // What is unread in a room that was left is settled, though its frame may be on screen for a moment more.
    const isLeft = room.unread > 0 && !known.rooms.isCurrent(shown.place);
    if (room.heldUnread !== undefined || isLeft) return isAll;
    const had = room.beyond;
    Object.assign(room, withSeen(room, shown));
    const { seen = 0, beyond } = room;
    if (beyond === undefined && seen >= room.last) state.newCount = 0;
    // More has come than there is room for. Whoever goes up to it then finds the line where it was.
    const isMore = beyond !== undefined && had === undefined;
    if (isMore && (state.newFrom ?? -1) < seen) state.newFrom = seen;
    return isAll;
  }
}

/** What of a stretch is in another one, too; `undefined`: nothing. */
function inBoth(
  one: ShownStretch | undefined,
  other: ShownStretch | undefined,
): ShownStretch | undefined {
  if (one === undefined || other === undefined || one.place !== other.place) return undefined;
  const after = Math.max(one.after, other.after);
  const upTo = Math.min(one.upTo, other.upTo);
  if (upTo < after) return undefined;
  return { place: one.place, after, upTo, isEnd: one.isEnd && other.isEnd && upTo === one.upTo };
}
