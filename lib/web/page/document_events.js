// @ts-check
/// <reference lib="dom" />
/** What works everywhere on the page: its keys, and files that are pasted or dropped. */

import { el } from "./head.js";

/** @import { LateFiles } from "./late_files.js" */
/** @import { Place, PlaceKey } from "./place.js" */
/**
 * @param {object} actions
 * @param {() => readonly Place[]} actions.places
 * @param {() => Place | undefined} actions.active
 * @param {(key: PlaceKey) => void} actions.go
 * @param {() => void} actions.escape
 * @param {() => void} actions.end
 * @param {() => boolean} actions.isShown
 */
export function bindKeys({ places, active, go, escape, end, isShown }) {
  document.addEventListener("keydown", (event) => {
    if (!isShown() || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && !event.isComposing) return escape();
    if (event.ctrlKey || event.metaKey) return;
    if (!event.altKey) {
      // Where nothing takes it what is typed would be lost; a space pages through the messages.
      const isTyped = event.key.length === 1 && event.key !== " ";
      const { target } = event;
      if (isTyped && (target === document.body || target === el.scroller)) el.input.focus();
      return;
    }
    if (event.key === "End") {
      event.preventDefault();
      return end();
    }
    const all = places();
    // By its place on the keyboard: with Alt held a Mac makes other characters of the digits.
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const current = all.findIndex((place) => place === active());
    const next = digit !== undefined
      ? all[Number(digit) - 1]
      : step === undefined
      ? undefined
      : all[(current + step + all.length) % all.length];
    if (next === undefined) return;
    event.preventDefault();
    go(next.key);
  });
}

/**
 * Takes files that are pasted, or dropped anywhere on the chat.
 * @param {HTMLElement} chat
 * @param {LateFiles} files
 */
export function bindFiles(chat, files) {
  /** @param {DataTransfer} data @param {boolean} [pasted] */
  const take = (data, pasted) => {
    if (!chat.hidden) void files.take(data, pasted);
  };
  document.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    // What is copied from a table comes as text and as a picture of it.
    if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
    event.preventDefault();
    take(data, true);
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const { dataTransfer: data, relatedTarget } = /** @type {DragEvent} */ (event);
      if (!data?.types.includes("Files")) return;
      // Elsewhere the browser would leave the page for the file.
      event.preventDefault();
      const isOver = type === "dragover" || type === "dragleave" && relatedTarget !== null;
      chat.classList.toggle("dropping", isOver && files.maySend);
      if (type === "drop") take(data);
    });
  }
}
