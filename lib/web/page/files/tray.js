// @ts-check
/// <reference lib="dom" />
/** What is being sent, above the line in which one writes: a bar each, and what can be done about it. */

import { button, byId, h } from "../dom.js";
import { el, setText } from "../head.js";
import { sizeText } from "../../../words/files.js";
import { inertLine } from "../../../words/inert.js";
import { leftText, placeLabel } from "./words.js";

/** @import { QueuedFile } from "./upload_queue.js" */
const touches = matchMedia("(pointer: coarse)");

/** @typedef {{ readonly row: HTMLElement, show(upload: QueuedFile, online: boolean): void }} BarView */

export class Tray {
  #actions;
  /** How many there are, and what ends them all. */
  #many = h("span", { class: "file-about", role: "status" });
  #head;
  #list = h("ul", { id: "uploads", "aria-label": "Files being sent", hidden: true });
  /** @type {Map<number, BarView>} */
  #views = new Map();

  /** @param {{ cancel: (id: number) => void, again: (id: number) => void, cancelAll: () => void }} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#head = h(
      "div",
      { id: "uploads-head", hidden: true },
      this.#many,
      button({ class: "link", onclick: actions.cancelAll }, "Cancel all"),
    );
    byId("composer", HTMLElement).before(this.#head, this.#list);
  }

  /** @param {readonly QueuedFile[]} uploads @param {boolean} online */
  show(uploads, online) {
    const focused = document.activeElement;
    const hadFocus = this.#list.contains(focused) || this.#head.contains(focused);
    for (const [id, { row }] of this.#views) {
      if (uploads.some((upload) => upload.id === id)) continue;
      row.remove();
      this.#views.delete(id);
    }
    for (const upload of uploads) {
      let view = this.#views.get(upload.id);
      if (view === undefined) {
        view = this.#view(upload);
        this.#views.set(upload.id, view);
        this.#list.append(view.row);
      }
      view.show(upload, online);
    }
    this.#list.hidden = uploads.length === 0;
    this.#head.hidden = uploads.length < 2;
    setText(this.#many, manyText(uploads));
    // Whoever cancels goes on writing, but not where that would open a keyboard.
    if (hadFocus && !(focused?.isConnected && focused.checkVisibility())) {
      (touches.matches ? el.scroller : el.input).focus();
    }
  }

  /** @type {(upload: QueuedFile) => BarView} */
  #view({ id, name, size, place }) {
    const shown = inertLine(name);
    const told = h("small");
    const bar = h("progress", { max: Math.max(1, size), "aria-label": `Sending ${shown}` });
    const again = button(
      { class: "link", hidden: true, onclick: () => this.#actions.again(id) },
      "Try again",
    );
    const cancel = button({ class: "link", onclick: () => this.#actions.cancel(id) });
    const row = h(
      "li",
      {},
      h("span", { class: "file-about" }, h("bdi", {}, shown), ` to ${placeLabel(place)}`, told),
      again,
      cancel,
      bar,
    );
    return {
      row,
      show: (upload, online) => {
        const failed = upload.state === "failed";
        row.classList.toggle("failed", failed);
        setText(told, stateText(upload, online));
        bar.hidden = failed;
        bar.value = upload.arrived;
        again.hidden = !failed;
        setText(cancel, failed ? "Discard" : "Cancel");
        cancel.setAttribute("aria-label", `${failed ? "Discard" : "Cancel"} ${shown}`);
      },
    };
  }
}

/** How many files there are, and how many of them wait. @type {(uploads: readonly QueuedFile[]) => string} */
export function manyText(uploads) {
  const waiting = uploads.filter(({ state }) => state === "waiting").length;
  const failed = uploads.filter(({ state }) => state === "failed").length;
  return [
    `${uploads.length.toLocaleString("en")} files`,
    ...waiting > 0 ? [`${waiting.toLocaleString("en")} wait for their turn`] : [],
    ...failed > 0 ? [`${failed.toLocaleString("en")} could not be sent`] : [],
  ].join(", ");
}

/** What has become of it so far. @type {(upload: QueuedFile, online: boolean) => string} */
function stateText({ state, why, arrived, size, rate }, online) {
  if (state === "failed") return `Not sent. ${inertLine(why)}`;
  if (!online) {
    return `${sizeText(arrived)} of ${sizeText(size)}; goes on when the connection is back`;
  }
  if (state === "waiting") return `${sizeText(size)}, waits for its turn`;
  if (arrived >= size) return `${sizeText(size)}, almost there`;
  const left = leftText(size - arrived, rate);
  return `${sizeText(arrived)} of ${sizeText(size)}${left}`;
}
