// @ts-check
/// <reference lib="dom" />
/** The keys that work everywhere on the page. */

/** @typedef {import("./store.js").Place} Place */
/**
 * @param {object} actions
 * @param {() => readonly Place[]} actions.places
 * @param {() => Place | undefined} actions.active
 * @param {(key: import("./place.js").PlaceKey) => void} actions.go
 * @param {() => void} actions.escape
 * @param {() => void} actions.end
 * @param {() => boolean} actions.isShown
 */
export function bindKeys({ places, active, go, escape, end, isShown }) {
  document.addEventListener("keydown", (event) => {
    if (!isShown() || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && !event.isComposing) return escape();
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
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
