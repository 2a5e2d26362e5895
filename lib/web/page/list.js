// @ts-check
/// <reference lib="dom" />
/** The list of messages: shows rows, keeps what is read where it is, and says when its ends are near. */

import { Keyed } from "./dom.js";
import { detailOf, signOf } from "./rows.js";
import { dayName, redrawRow, rowView } from "./row_view.js";

/** @import { RowActions } from "./row_view.js" */
/** @import { Row } from "./rows.js" */
/** @typedef {{ readonly element: Element, readonly top: number }} Standing */
/**
 * @typedef {object} ListOptions
 * @property {HTMLElement} scroller
 * @property {HTMLElement} list
 * @property {RowActions} actions
 * @property {() => void} onScroll called when what is in sight has changed
 */

/** So near to the end counts as being there, in px. */
const END_PX = 40;
/** Pages are asked for when fewer screens than this are left. */
const AHEAD_SCREENS = 1.5;

export class MessageList {
  #options;
  #keyed;
  #place = "";
  /** @type {readonly Row[]} */
  #rows = [];
  #follows = true;
  /** That of what is in sight, when its size was last dealt with; in pixels. */
  #height = 0;
  /** The key of the row that was pointed out in this place. */
  #pointed = "";
  /** What was in sight when it was last looked at. @type {Standing[]} */
  #inSight = [];

  /** @param {ListOptions} options */
  constructor(options) {
    this.#options = options;
    this.#keyed = new Keyed(options.list);
    const { scroller } = options;
    scroller.addEventListener("scroll", () => {
      // It may come of a change of size that is not dealt with yet: then nobody has scrolled away.
      if (scroller.clientHeight !== this.#height) return;
      this.#follows = this.#fromEnd < END_PX;
      this.#inSight = this.#anchor();
      options.onScroll();
    }, { passive: true });
    // The keyboard of a phone, a taller composer, or lines that break elsewhere must not hide what is
    // said last, nor take away what is read.
    new ResizeObserver(() => {
      this.#height = scroller.clientHeight;
      if (this.#follows) this.toEnd();
      else this.#hold(this.#inSight);
    }).observe(scroller);
  }

  /** The key of the first message in sight, and how far below the upper edge it begins. */
  get first() {
    const from = this.#options.scroller.getBoundingClientRect().top;
    for (const { element, top } of this.#anchor()) {
      const { key = "" } = element instanceof HTMLElement ? element.dataset : {};
      if (element.classList.contains("said") && /^\d/.test(key)) return { key, offset: top - from };
    }
    return undefined;
  }

  /** The numbers of the first and the last message in sight; 0 where there is none. */
  get seen() {
    const seqs = this.#anchor().flatMap(({ element }) =>
      element instanceof HTMLElement && element.classList.contains("said")
        ? Number(element.dataset.key?.split(".")[1]) || []
        : []
    );
    return { from: seqs[0] ?? 0, to: seqs.at(-1) ?? 0 };
  }

  /**
   * Puts a row back to where it stood; false when it is not here.
   * @type {(key: string, offset: number) => boolean}
   */
  put(key, offset) {
    const element = this.#keyed.get(keyIn(this.#place, key));
    if (element === undefined) return false;
    const { scroller } = this.#options;
    const from = scroller.getBoundingClientRect().top;
    scroller.scrollTop += element.getBoundingClientRect().top - from - offset;
    this.#follows = this.#fromEnd < END_PX;
    this.#inSight = this.#anchor();
    return true;
  }

  /** Whether the end of what is shown is in sight. */
  get follows() {
    return this.#follows;
  }

  get nearStart() {
    const { scroller } = this.#options;
    return scroller.scrollTop < scroller.clientHeight * AHEAD_SCREENS;
  }

  get nearEnd() {
    return this.#fromEnd < this.#options.scroller.clientHeight * AHEAD_SCREENS;
  }

  get element() {
    return this.#options.list;
  }

  /** The message that a row shows, if it shows one. @param {Element} element */
  rowAt(element) {
    const key = element instanceof HTMLElement ? element.dataset.key : undefined;
    const row = this.#rows.find((each) => each.key === key);
    return row?.kind === "said" ? row : undefined;
  }

  /** Whether something that waits, or was refused, is in sight. @param {string} id */
  hasInSight(id) {
    const row = this.#rows.find((each) => each.kind === "said" && each.id === id);
    const shown = row && this.elementOf(row);
    return this.#anchor().some(({ element }) => element === shown);
  }

  /** Where a row is shown. @param {Row} row */
  elementOf({ key }) {
    return this.#keyed.get(keyIn(this.#place, key));
  }

  /**
   * Shows a place's rows. `context` is all that they depend on besides themselves.
   * @param {string} place @param {readonly Row[]} rows @param {string} context
   */
  show(place, rows, context) {
    const { actions } = this.#options;
    const changes = place !== this.#place;
    const anchor = changes || this.#follows ? undefined : this.#anchor();
    const refocus = this.#keepFocus();
    if (changes) this.#pointed = "";
    this.#place = place;
    this.#rows = rows;
    this.#keyed.show(rows.map((row) => ({
      key: keyIn(place, row.key),
      sign: `${signOf(row)} ${context}`,
      make: () => {
        const element = rowView(row, actions);
        element.dataset.key = row.key;
        // It stays pointed out when it is made anew.
        element.classList.toggle("pointed", keyIn(place, row.key) === this.#pointed);
        return element;
      },
      // What is today is yesterday tomorrow.
      detail: row.kind === "day" ? dayName(row.at) : detailOf(row),
      redraw: (element) => redrawRow(element, row, actions),
    })));
    refocus();
    if (changes) this.#arrive();
    else if (anchor === undefined) this.toEnd();
    else this.#hold(anchor);
  }

  toEnd() {
    const { scroller } = this.#options;
    this.#follows = true;
    scroller.scrollTop = scroller.scrollHeight;
  }

  /** From here on the reader is not taken along to the end. */
  stay() {
    this.#follows = false;
  }

  /**
   * Brings one message into sight and points it out; false when it is not here.
   * @type {(key: string) => boolean}
   */
  reveal(key) {
    const element = this.#keyed.get(keyIn(this.#place, key));
    if (element === undefined) return false;
    element.scrollIntoView({ block: "center" });
    this.#follows = this.#fromEnd < END_PX;
    for (const pointed of this.#options.list.querySelectorAll(".pointed")) {
      pointed.classList.remove("pointed");
    }
    // Reading the layout begins the animation anew.
    void element.offsetWidth;
    element.classList.add("pointed");
    this.#pointed = keyIn(this.#place, key);
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    return true;
  }

  /** @param {number} pages */
  page(pages) {
    const { scroller } = this.#options;
    scroller.scrollBy({ top: pages * scroller.clientHeight * 0.85 });
  }

  /**
   * Whoever is in the list with the keyboard stays there when what has the focus is made anew.
   * @returns {() => void} brings it back
   */
  #keepFocus() {
    const focused = document.activeElement;
    const row = focused?.closest("li");
    const { key = "" } = row?.dataset ?? {};
    if (row?.parentElement !== this.#options.list) return () => {};
    const act = focused instanceof HTMLElement ? focused.dataset.act : undefined;
    const at = this.#rows.findIndex((each) => each.key === key);
    // What of the rows after it, and then before it, stays.
    const beside = [...this.#rows.slice(at), ...this.#rows.slice(0, at).reverse()];
    return () => {
      if (document.activeElement === focused) return;
      const now =
        beside.map((each) => this.elementOf(each)).find((each) =>
          each !== undefined && (each.classList.contains("said") || each.dataset.key === key)
        ) ?? this.#options.scroller;
      const same = act && now.dataset.key === key &&
        now.querySelector(`[data-act="${CSS.escape(act)}"]`);
      const target = same instanceof HTMLElement ? same : now;
      target.focus({ preventScroll: true });
    };
  }

  get #fromEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#options.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** In another place: at what is unread, or at the end. */
  #arrive() {
    this.toEnd();
    const line = this.#options.list.querySelector(".unread-line");
    if (!(line instanceof HTMLElement)) return;
    const { scroller } = this.#options;
    const top = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    if (top < 0) {
      scroller.scrollTop += top - scroller.clientHeight * 0.2;
      this.#follows = this.#fromEnd < END_PX;
    }
  }

  /** The rows in sight and where each stands. @returns {Standing[]} */
  #anchor() {
    const { scroller, list } = this.#options;
    const from = scroller.getBoundingClientRect().top;
    const { children } = list;
    // They stand one below the other.
    let low = 0;
    for (let high = children.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((children[middle]?.getBoundingClientRect().bottom ?? from) < from) low = middle + 1;
      else high = middle;
    }
    /** @type {Standing[]} */
    const inSight = [];
    for (let n = low; n < children.length; n++) {
      const element = /** @type {Element} */ (children[n]);
      const { top } = element.getBoundingClientRect();
      if (top > from + scroller.clientHeight) break;
      inSight.push({ element, top });
    }
    return inSight;
  }

  /**
   * Puts what is still there back to where it stood: first what begins in sight, as a row at the edge may
   * have grown.
   * @param {Standing[]} anchor
   */
  #hold(anchor) {
    const from = this.#options.scroller.getBoundingClientRect().top;
    const there = anchor.filter(({ element }) => element.isConnected);
    const kept = there.find(({ top }) => top >= from) ?? there[0];
    if (kept === undefined) return;
    this.#options.scroller.scrollTop += kept.element.getBoundingClientRect().top - kept.top;
  }
}

/**
 * @param {string} place
 * @param {string} row
 * @returns {string} what no row of another place has: no name holds an end of a line
 */
function keyIn(place, row) {
  return `${place}\n${row}`;
}
