/** Reads in one conversation: goes up and down, loads what is not there yet, and keeps the place. */

import type { CountedNews } from "../terminal/counted.ts";
import type { PrintedEntry } from "../terminal/entry.ts";
import type { Known } from "../terminal/known.ts";
import { alignedIn } from "./alignment.ts";
import { Covered } from "./covered.ts";
import type { ItemLook, ItemRows } from "./item_rows.ts";
import { goBack } from "./going_back.ts";
import { goToMessage } from "./going_to.ts";
import { lackingRows } from "./lacking_rows.ts";
import { firstNew, hasUnseen, newsAbove, sawBelow } from "./news_above.ts";
import type { PageLoader } from "./page_loader.ts";
import type { PlaceState, PlaceStates } from "./place_state.ts";
import { type CellRow, inverted } from "./screen_cells.ts";
import type { TalkSize } from "./scene.ts";
import type { ShownFrame } from "./shown_frame.ts";
import { shownStretch } from "./shown_stretch.ts";
import { type RowsOf, seenRows, spotAbove, spotBelow } from "./spot.ts";

/** Options of a {@linkcode PlaceReader}. */
export interface PlaceReaderOptions {
  readonly known: Known;
  readonly states: PlaceStates;
  readonly loader: PageLoader;
  readonly items: ItemRows;
  readonly frame: ShownFrame;
}

/** Earlier messages are asked for when fewer than so many screens of them are left above. */
const SCREENS_AHEAD = 3;
/** So many messages are loaded at most to know what of those that are new and above the screen is for the reader. */
const MOST_ABOVE = 600;

export class PlaceReader {
  readonly #options: PlaceReaderOptions;
  readonly #covered: Covered;
  #picked: { readonly id: string; readonly key: string } | undefined;
  #height = 1;
  #width = 80;
  #seen = { from: 0, to: 0 };
  #rowsOf: RowsOf = () => [];
  #pickedRow: CellRow | undefined;
  #pickedTo: number | undefined;
  #above: CountedNews | undefined;
  /** What that depends on. */
  #aboveBy: readonly unknown[] = [];

  constructor(options: PlaceReaderOptions) {
    this.#options = options;
    this.#covered = new Covered(options.known);
  }

  /** What the place goes by for good that is looked at. */
  get key(): string {
    return this.#options.known.logKey(this.#place);
  }

  /** The id of the message that is picked here, if one is: another place has messages of the same ids. */
  get picked(): string | undefined {
    return this.#picked?.key === this.key ? this.#picked.id : undefined;
  }

  set picked(id: string | undefined) {
    this.#picked = id === undefined ? undefined : { id, key: this.key };
  }

  get state(): PlaceState {
    return this.#options.states.of(this.#place);
  }

  /** Whether what was said last is on screen. */
  get isAtEnd(): boolean {
    const { spot, transcript } = this.state;
    return spot === undefined && transcript.hasNewest;
  }

  /** Whether all was on screen that was said, and what was said last is. */
  get hasShownAll(): boolean {
    return this.isAtEnd && !hasUnseen(this.state, this.#options.known, this.#place);
  }

  /** The rows on a screen with so much room; asks for what will be needed next. */
  rows({ width, height }: TalkSize, look: Omit<ItemLook, "width" | "newFrom">): readonly CellRow[] {
    const { items: itemRows, loader, known } = this.#options;
    const { state } = this;
    const aligned = alignedIn(known, state.transcript.last, width);
    this.#height = Math.max(1, height);
    this.#width = width;
    this.#rowsOf = itemRows.with({ ...look, ...aligned, width, newFrom: state.newFrom });
    const { items, hasOldest } = state.transcript;
    this.#pickedRow = undefined;
    const seen = seenRows(items, state.spot, height, this.#marked);
    // On a screen that has become larger there is nothing more above.
    const isShort = state.spot !== undefined && hasOldest && seen.rows.length < height;
    if (isShort) this.down(height - seen.rows.length);
    const { rows, from, to } = isShort ? seenRows(items, state.spot, height, this.#marked) : seen;
    this.#seen = { from, to };
    const pickedAt = this.#pickedRow === undefined ? -1 : rows.indexOf(this.#pickedRow);
    this.#pickedTo = pickedAt < 0 ? undefined : pickedAt + 1;
    const saidTo = itemRows.saidTo(items, to, state.spot);
    const where = { place: this.#place, isEnd: this.isAtEnd, from, to: saidTo };
    this.#options.frame.make(shownStretch(state.transcript, known, where));
    itemRows.shown(items.slice(from, to));
    if (state.spot === undefined) {
      loader.newest(this.#place);
      if (this.isAtEnd) {
        const { last = 0 } = known.rooms.get(this.#place) ?? {};
        const seen = Math.max(state.transcript.last, last);
        Object.assign(state, { seen, below: 0, mentions: 0 });
      }
    } else sawBelow(items.slice(0, saidTo), state, known);
    const isUnknown = this.newAbove !== undefined && items.length < MOST_ABOVE &&
      state.transcript.first > (state.newFrom ?? 0) + 1;
    const isNear = from < height * SCREENS_AHEAD;
    if (isUnknown) loader.older(this.#place);
    if (isNear && (state.spot !== undefined || rows.length < height)) loader.older(this.#place);
    const isNearEnd = items.length - to < height * SCREENS_AHEAD;
    if (state.spot !== undefined && isNearEnd) loader.newer(this.#place);
    return rows.length > 0 ? rows : lackingRows(this.#place, state, known.standing);
  }

  /** What is new below the place where the person reads, or, if it `isCovered`, has come behind what lies over it. */
  below(isCovered: boolean): CountedNews | undefined {
    const { spot, below: unread, mentions } = this.state;
    const behind = this.#covered.behind(this.state, this.#place, isCovered);
    return spot === undefined ? behind : { unread, mentions };
  }

  /** How many columns the conversation has. */
  get width(): number {
    return this.#width;
  }

  /** How many messages stand above the screen that are new, and that it has not shown yet. */
  get newAbove(): CountedNews | undefined {
    const { known } = this.#options;
    const { newFrom, newCount, transcript: { items } } = this.state;
    const { seen, beyond } = known.rooms.get(this.#place) ?? {};
    const { from } = this.#seen;
    // Each frame of a flood asks some times, and all that is loaded is looked at.
    const by = [items, from, newFrom, newCount, seen, beyond];
    if (by.some((each, n) => each !== this.#aboveBy[n])) {
      this.#aboveBy = by;
      this.#above = newsAbove(this.state, known, { place: this.#place, from });
    }
    return this.#above;
  }

  /** The rows on screen down to the last one of the picked message; `undefined`: none is picked. */
  get pickedTo(): number | undefined {
    return this.#pickedTo;
  }

  /** The index behind the last item on screen. */
  get shownTo(): number {
    return this.#seen.to;
  }

  /** Goes to where the item with this index is on screen. */
  reveal(index: number): void {
    const { items } = this.state.transcript;
    const half = Math.max(1, Math.floor(this.#height / 2));
    for (let tries = items.length; tries > 0; tries--) {
      const { from, to } = seenRows(items, this.state.spot, this.#height, this.#rowsOf);
      if (index <= from && !(index === 0 && from === 0)) { if (!this.up(half)) return; }
      else if (index >= to) { if (!this.down(half)) return; }
      else return;
    }
  }

  /** The rows of items, those of the picked one marked. */
  readonly #marked: RowsOf = (item, before) => {
    const rows = this.#rowsOf(item, before);
    if (item.id !== this.picked) return rows;
    const marked = rows.map(inverted);
    this.#pickedRow = marked.at(-1);
    return marked;
  };

  /** Goes so many rows up; false if there is nothing more. */
  up(by: number): boolean {
    const { state } = this;
    state.readAt = undefined;
    const how = { by, height: this.#height };
    const { spot, beyond } = spotAbove(state.transcript.items, state.spot, how, this.#rowsOf);
    const hasMoved = spot?.id !== state.spot?.id || spot?.below !== state.spot?.below;
    state.spot = spot;
    if (beyond === "above") this.#options.loader.older(this.#place);
    return hasMoved || beyond === "above" && !state.transcript.hasOldest;
  }

  /** Goes so many rows down; false at the end. */
  down(by: number): boolean {
    const { state } = this;
    if (state.spot === undefined) return false;
    const { items, hasNewest } = state.transcript;
    const { spot } = spotBelow(items, state.spot, by, this.#rowsOf);
    const last = items.at(-1);
    if (spot === undefined && !hasNewest && last !== undefined) {
      // What follows is not loaded yet.
      state.spot = { id: last.id, seq: last.seq, below: 0 };
      this.#options.loader.newer(this.#place);
    } else if (spot === undefined) this.toEnd();
    else state.spot = spot;
    return true;
  }

  /** Goes a page up (-1) or down (1). */
  page(by: 1 | -1): boolean {
    const rows = Math.max(1, this.#height - 1);
    return by === 1 ? this.down(rows) : this.up(rows);
  }

  /**
   * Has a message of a room or conversation be what is read there when it is looked at, which `look` does then; calls
   * `came` when it is on screen. False: it can't be had now.
   */
  goTo(place: string, seq: number, look: () => void, came: (id: string) => void): boolean {
    const centre = (): void => void this.down(Math.floor(this.#height / 2));
    return goToMessage({ place, seq, look, came, centre }, this.#options);
  }

  /**
   * Has the first message that is new stand at the top; `undefined`: none is, false: it can't be had now. `asks`: it
   * may have to be loaded.
   */
  toFirstNew(asks = true): boolean | undefined {
    const at = firstNew(this.state);
    return at === undefined ? undefined : this.#toTop(at) || asks && this.#askFirstNew(this.state);
  }

  /** Has a note stand at the top if more follows at the end than there is room for; false: there is room. */
  toNote(note: PrintedEntry): boolean {
    const { state, state: { readAt, transcript: { items, hasNewest } } } = this;
    const at = items.findIndex((item) => "note" in item && item.note === note);
    if (state.spot !== undefined || !hasNewest || !this.#toTop(at)) return false;
    state.readAt = readAt;
    return state.spot !== undefined;
  }

  #toTop(at: number): boolean {
    const { state, state: { transcript: { items: { [at]: item, [at - 1]: before } } } } = this;
    if (item === undefined) return false;
    const rows = this.#rowsOf(item, before).length;
    // Of one that is higher than the screen the head is shown.
    const below = Math.max(0, rows - this.#height);
    Object.assign(state, { spot: { id: item.id, seq: item.seq, below }, readAt: undefined });
    this.down(Math.max(0, this.#height - rows));
    return true;
  }

  #askFirstNew({ spot, newFrom = 0 }: PlaceState): boolean {
    const place = this.#place;
    return this.#options.loader.around(place, newFrom + 1, () => {
      // Meanwhile the person may have gone elsewhere, or read on.
      if (this.#place === place && this.state.spot === spot) this.toFirstNew(false);
    });
  }

  /** Goes to what was said last. */
  toEnd(): void {
    const { state } = this;
    Object.assign(state, { spot: undefined, leftAt: undefined, below: 0, mentions: 0 });
  }

  /** Goes to what was said last, for something that is to be seen there; {@linkcode back} returns. */
  aside(): void {
    const { state } = this;
    state.readAt = state.spot ?? state.readAt;
    // What was on no screen is new, whether it came below the place that was read or had been there.
    const isNew = state.below > 0 || this.newAbove !== undefined ||
      hasUnseen(state, this.#options.known, this.#place);
    if (!isNew) state.newFrom = undefined;
    this.toEnd();
  }

  /** Goes back to where the person read before that, or before they went to what was found; false: there is no such. */
  readonly back = (): boolean => goBack(this.#place, this.state, this.#options);

  get #place(): string {
    return this.#options.known.rooms.current;
  }
}
