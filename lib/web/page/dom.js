// @ts-check
/// <reference lib="dom" />
/** Makes and keeps elements. Text only ever becomes text nodes. */

/** @typedef {Node | string | false | undefined} Child */
/** @typedef {Record<string, string | number | boolean | undefined | ((event: Event) => void)>} Properties */

/**
 * Makes an element. Properties that begin with `on` are listeners, all others attributes; one that
 * is `false` or `undefined` is left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== false && child !== undefined) element.append(child);
  return element;
}

/** A button that sends no form. @param {Properties} properties @param {...Child} children */
export function button(properties, ...children) {
  return h("button", { type: "button", ...properties }, ...children);
}

/**
 * The element of the page with this id.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} called ${id}`);
  return element;
}

/**
 * `detail`: what of it `redraw` brings into an element that is there, and the rest of it stays.
 * @typedef {{ readonly key: string, readonly sign: string, make(): HTMLElement,
 *   readonly detail?: string, redraw?(element: HTMLElement): void }} Entry
 */

/** Keeps the children of an element in step with a list; what did not change stays as it is. */
export class Keyed {
  #parent;
  /** @type {Map<string, { sign: string, detail: string, element: HTMLElement }>} */
  #shown = new Map();

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#parent = parent;
  }

  /** @type {(key: string) => HTMLElement | undefined} */
  get(key) {
    return this.#shown.get(key)?.element;
  }

  /** @param {readonly Entry[]} entries */
  show(entries) {
    const wanted = new Map(entries.map((entry) => [entry.key, entry.sign]));
    for (const [key, { element, sign }] of this.#shown) {
      if (wanted.get(key) === sign) continue;
      element.remove();
      this.#shown.delete(key);
    }
    let next = this.#parent.firstElementChild;
    for (const { key, sign, make, detail = "", redraw } of entries) {
      const shown = this.#shown.get(key);
      const element = shown?.element ?? make();
      if (shown === undefined || shown.detail !== detail) {
        if (shown !== undefined) redraw?.(element);
        this.#shown.set(key, { sign, detail, element });
      }
      if (element === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(element, next);
    }
  }
}
