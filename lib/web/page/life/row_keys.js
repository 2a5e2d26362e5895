// @ts-check
/// <reference lib="dom" />
/**
 * How one gets at a message: with a mouse over it, a finger that stays on it, or the keyboard, which
 * goes from one to the next. One row of the list is where Tab leads, with its buttons.
 */

import { button } from "../dom.js";
import { el } from "../head.js";
import { knownBy } from "./row_words.js";
import { isFloating } from "./float.js";

/** @import { SaidRow } from "../rows.js" */
/** @import { ActionName } from "./row_actions.js" */
/**
 * @typedef {object} RowKeysOptions
 * @property {HTMLElement} list
 * @property {(element: Element) => SaidRow | undefined} rowAt
 * @property {(row: SaidRow, beside: HTMLElement) => void} open shows all that can be done
 * @property {(name: ActionName, row: SaidRow, beside: HTMLElement) => void} act
 * @property {(row: SaidRow, key: string) => ActionName | undefined} actionFor what a key does
 * @property {(row: SaidRow) => string} label what a row says to whoever listens
 */

/** A finger that stays for so long, in ms, and moves no further, in px, wants to know what can be done. */
const LONG_PRESS_MS = 450;
const STILL_PX = 10;
const OWN = "a, button, input, code.block, .picture";

export class RowKeys {
  #options;
  #list;
  /** The row where Tab leads. @type {HTMLElement | undefined} */
  #current;
  /** Whether that row was gone to with keys; letters do something only then. */
  #byKeys = false;
  /** What a mouse finds beside the menu. @type {HTMLElement[]} */
  #quick;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #press;

  /** @param {RowKeysOptions} options */
  constructor(options) {
    this.#options = options;
    this.#list = options.list;
    this.#quick = [this.#quickView("react", "React", "☺"), this.#quickView("reply", "Reply", "↩")];
    this.#bindPointer();
    el.scroller.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", ({ key }) => this.#byKeys ||= key === "Tab");
    this.#list.addEventListener("focusin", ({ target }) => this.#enter(rowOf(target)));
    this.#list.addEventListener("focusout", ({ relatedTarget }) => {
      if (rowOf(relatedTarget) !== this.#current) this.#current?.removeAttribute("aria-label");
    });
  }

  /** Goes to the last message that is in sight. */
  pickLast() {
    const { bottom } = el.scroller.getBoundingClientRect();
    const inSight = this.#rows.filter((row) => row.getBoundingClientRect().top < bottom);
    this.#pick(inSight.at(-1));
  }

  /** Tab leads to the last message, unless one was picked. */
  painted() {
    const current = this.#current;
    if (current?.isConnected) {
      // What it says changes with it.
      if (current.contains(document.activeElement)) this.#enter(current);
      return;
    }
    const last = this.#rows.at(-1);
    this.#current = last;
    if (last !== undefined) last.tabIndex = 0;
  }

  /** The row where one is, or where one was last. */
  get current() {
    return this.#current;
  }

  /** @returns {HTMLElement[]} */
  get #rows() {
    return [...this.#list.querySelectorAll("li.said")].filter((each) =>
      each instanceof HTMLElement
    );
  }

  /** @param {HTMLElement | undefined} row */
  #pick(row) {
    if (row === undefined) return;
    this.#byKeys = true;
    row.scrollIntoView({ block: "nearest" });
    row.focus({ preventScroll: true });
  }

  /** @param {HTMLElement | undefined} row */
  #enter(row) {
    if (row === undefined) return;
    if (row !== this.#current) {
      this.#setTabs(this.#current, -1);
      this.#current = row;
    }
    this.#setTabs(row, 0);
    const said = this.#options.rowAt(row);
    // A row has no name of its own, and what is in it is not read when it has the focus.
    if (said !== undefined) row.setAttribute("aria-label", this.#options.label(said));
  }

  /** @param {HTMLElement | undefined} row @param {number} index */
  #setTabs(row, index) {
    if (row === undefined) return;
    for (const each of [row, ...row.querySelectorAll("[data-act]")]) {
      if (each instanceof HTMLElement) each.tabIndex = index;
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, shiftKey, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target === el.scroller) {
      if (key === "Enter") this.pickLast();
      return;
    }
    const row = rowOf(target);
    const said = row && this.#options.rowAt(row);
    if (row === undefined || said === undefined) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step !== undefined) {
      const all = this.#rows;
      const next = all[all.indexOf(row) + step];
      if (next === undefined && step < 0) el.scroller.scrollTop = 0;
      this.#pick(next);
      return event.preventDefault();
    }
    if (target !== row) return;
    if (key === "Enter" || key === "ContextMenu" || (key === "F10" && shiftKey)) {
      event.preventDefault();
      return this.#options.open(said, row);
    }
    if (!this.#byKeys) {
      // Somebody has pressed the row, and writes on.
      if (key.length === 1) el.input.focus();
      return;
    }
    const name = this.#options.actionFor(said, key);
    if (name === undefined) return;
    event.preventDefault();
    this.#options.act(name, said, row);
  }

  #bindPointer() {
    const list = this.#list;
    list.addEventListener("pointerover", ({ target, pointerType }) => {
      const row = rowOf(target);
      const tools = pointerType === "mouse" && row?.querySelector(".tools");
      if (!row || !tools || isFloating() || this.#quick[0]?.parentElement === tools) return;
      const said = this.#options.rowAt(row);
      // Nobody answers what waits to be sent.
      if (said === undefined || this.#options.actionFor(said, "r") === undefined) return;
      tools.prepend(...this.#quick);
      this.#nameQuick(row);
    });
    const end = () => clearTimeout(this.#press);
    list.addEventListener("pointerdown", (event) => {
      this.#byKeys = false;
      end();
      const { target, pointerType, clientX, clientY } = event;
      const row = rowOf(target);
      const isOwn = target instanceof Element && target.closest(OWN) !== null;
      if (pointerType === "mouse" || row === undefined || isOwn) return;
      const stay = (/** @type {PointerEvent} */ moved) => {
        if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) > STILL_PX) end();
      };
      list.addEventListener("pointermove", stay);
      for (const type of ["pointerup", "pointercancel"]) {
        list.addEventListener(type, () => {
          end();
          list.removeEventListener("pointermove", stay);
        }, { once: true });
      }
      this.#press = setTimeout(() => {
        const said = this.#options.rowAt(row);
        if (said === undefined) return;
        swallowClick();
        navigator.vibrate?.(10);
        this.#options.open(said, row);
      }, LONG_PRESS_MS);
    });
    // The menu of the system comes for links and pictures, and for what somebody selects.
    list.addEventListener("contextmenu", (event) => {
      const { target } = event;
      const isTouch = "pointerType" in event && event.pointerType === "touch";
      if (isTouch && target instanceof Element && target.closest(OWN) === null) {
        event.preventDefault();
      }
    });
  }

  /** Says what these buttons are about, now that they are elsewhere. @param {HTMLElement | undefined} row */
  #nameQuick(row) {
    const said = row && this.#options.rowAt(row);
    if (said === undefined) return;
    for (const each of this.#quick) each.ariaLabel = `${each.title} to ${knownBy(said)}`;
  }

  /** @type {(name: ActionName, label: string, sign: string) => HTMLElement} */
  #quickView(name, label, sign) {
    const onclick = () => {
      const row = rowOf(view);
      const said = row && this.#options.rowAt(row);
      if (said !== undefined) this.#options.act(name, said, view);
    };
    const view = button({ class: "icon", tabindex: -1, title: label, onclick }, sign);
    return view;
  }
}

/** A finger that is lifted presses nothing of what has come to be below it. */
function swallowClick() {
  const ended = new AbortController();
  const options = { capture: true, signal: ended.signal };
  document.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
  }, options);
  document.addEventListener("pointerdown", () => ended.abort(), options);
}

/** @type {(target: EventTarget | null) => HTMLElement | undefined} */
function rowOf(target) {
  const row = target instanceof Element && target.closest("#list > li.said");
  return row instanceof HTMLElement ? row : undefined;
}
