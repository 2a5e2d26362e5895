// @ts-check
/// <reference lib="dom" />
/** What floats over a row: the menu of what can be done about its message, and the picker of reactions. */

import { el } from "../head.js";
import { closeFloat } from "./float.js";
import { openMenu } from "./menu.js";
import { openPicker } from "./picker.js";
import { usualReactions } from "./recent.js";
import { knownBy } from "./row_words.js";

/** @import { MessageList } from "../list.js" */
/** @import { Place } from "../place.js" */
/** @import { SaidRow } from "../rows.js" */
/** @import { ActionName, RowAction } from "./row_actions.js" */
/**
 * @typedef {object} RowFloatsOptions
 * @property {MessageList} list
 * @property {(row: SaidRow) => RowAction[]} actionsOn
 * @property {(name: ActionName, row: SaidRow, beside: HTMLElement) => void} act
 * @property {(row: SaidRow, key: string, off: boolean) => void} react
 */

/** So many reactions stand above the menu. */
const QUICK = 6;

export class RowFloats {
  #options;
  /** The message that something floats about. @type {SaidRow | undefined} */
  #about;
  /** What was shown last. @type {Place | undefined} */
  #place;

  /** @param {RowFloatsOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** What is shown has changed: nothing can be done any more about what is gone. @param {Place | undefined} place */
  painted(place) {
    const isSame = place === this.#place;
    this.#place = place;
    if (this.#about === undefined) return;
    const row = this.#now(this.#about);
    if (!isSame || row === undefined || row.removed !== undefined) closeFloat();
  }

  /** What a row shows by now: its buttons are made once, and it changes. @param {SaidRow} row */
  #now(row) {
    const { list } = this.#options;
    const element = list.elementOf(row);
    return element && list.rowAt(element);
  }

  /** Opens all that can be done. @param {SaidRow} shown @param {HTMLElement} beside */
  open(shown, beside) {
    const row = this.#now(shown) ?? shown;
    const { actionsOn, act, react } = this.#options;
    const actions = actionsOn(row);
    if (actions.length === 0) return;
    const mine = new Set(row.reactions?.flatMap((each) => each.mine ? [each.key] : []));
    const mayReact = actions.some(({ name }) => name === "react");
    const closed = this.#begin(row);
    openMenu({
      beside,
      label: knownBy(row),
      actions,
      reactions: mayReact ? usualReactions(QUICK).map((key) => ({ key, mine: mine.has(key) })) : [],
      act: (name) => {
        this.#focus(row);
        act(name, row, beside);
      },
      react: ({ key, mine }) => {
        this.#focus(row);
        react(row, key, mine);
      },
      closed,
    });
  }

  /** Lets somebody choose a reaction. @param {SaidRow} row @param {HTMLElement} beside */
  pick(row, beside) {
    const closed = this.#begin(row);
    openPicker({
      beside,
      label: `React to ${knownBy(row)}`,
      choose: (key) => {
        closed();
        const { reactions = [] } = this.#now(row) ?? row;
        const mine = reactions.some((each) => each.key === key && each.mine);
        this.#options.react(row, key, mine);
      },
      closed,
    });
  }

  /**
   * Something is to float about a message.
   * @param {SaidRow} row
   * @returns {() => void} goes back to where one was
   */
  #begin(row) {
    closeFloat();
    this.#about = row;
    const opener = document.activeElement;
    return () => {
      const isInRow = opener instanceof HTMLElement && opener.isConnected && opener.closest("li");
      this.#focus(row, isInRow ? opener : undefined);
    };
  }

  /** @param {SaidRow} row @param {HTMLElement} [within] */
  #focus(row, within) {
    this.#about = undefined;
    const element = within ?? this.#options.list.elementOf(row) ?? el.scroller;
    element.focus({ preventScroll: true });
  }
}
