// @ts-check
/// <reference lib="dom" />
/**
 * What floats over the page beside what it belongs to, or comes from below where there is a finger: one
 * at a time. It goes when somebody presses Escape, or anything else.
 */

const touches = matchMedia("(pointer: coarse), (max-width: 720px)");
/** How far it stays away from the edges, in px. */
const EDGE = 8;

/** What closes the one that is open. @type {(() => void) | undefined} */
let closeOpen;

/** Whether something is open. */
export function isFloating() {
  return closeOpen !== undefined;
}

export function closeFloat() {
  closeOpen?.();
}

/**
 * Shows an element over the page until it is closed.
 * @param {HTMLElement} element
 * @param {object} how
 * @param {Element} how.beside what it belongs to
 * @param {() => void} how.closed it was closed, by whatever
 * @param {(event: KeyboardEvent) => boolean} how.key what a key does; false: nothing
 */
export function openFloat(element, { beside, closed, key }) {
  closeOpen?.();
  const leaving = new AbortController();
  const { signal } = leaving;
  const close = () => {
    if (signal.aborted) return;
    leaving.abort();
    element.remove();
    if (beside.hasAttribute("aria-haspopup")) beside.setAttribute("aria-expanded", "false");
    closeOpen = undefined;
    closed();
  };
  closeOpen = close;
  if (beside.hasAttribute("aria-haspopup")) beside.setAttribute("aria-expanded", "true");
  element.classList.add("float");
  element.classList.toggle("sheet", touches.matches);
  element.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key !== "Tab" && !key(event)) return;
    else if (event.key === "Tab") turn(element, event.shiftKey);
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!(target instanceof Node && element.contains(target))) close();
  }, { signal, capture: true });
  addEventListener("blur", close, { signal });
  addEventListener("resize", () => touches.matches || close(), { signal });
  // Where what it belongs to is, for those who go from one part of the page to the next.
  (beside.closest("main") ?? document.body).append(element);
  if (!touches.matches) put(element, beside);
}

/** Tab stays inside, as there is nothing else to go to. @param {HTMLElement} element @param {boolean} back */
function turn(element, back) {
  const all = [...element.querySelectorAll("input, button:not([tabindex='-1'])")];
  const at = all.findIndex((each) => each === document.activeElement);
  const next = all.at((at + (back ? -1 : 1)) % all.length);
  if (next instanceof HTMLElement) next.focus();
}

/** Below what it belongs to, or above where there is more room. @param {HTMLElement} element @param {Element} beside */
function put(element, beside) {
  const { top, bottom, left, right } = beside.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const isBelow = bottom + height + EDGE < innerHeight || top < innerHeight / 2;
  const y = isBelow ? Math.min(bottom + 4, innerHeight - height - EDGE) : top - height - 4;
  element.style.top = `${Math.max(EDGE, y)}px`;
  const x = right > innerWidth / 2 ? right - width : left;
  element.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
}
