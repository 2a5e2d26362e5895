// @ts-check
/// <reference lib="dom" />
/** Links to files: asked for when they are needed, and again when they are over. */

/** @import { Event } from "../../../wire/events.ts" */
/** @import { Request } from "../../../wire/requests.ts" */

/** A link that is over so soon is asked for anew, in ms. */
const SPARE_MS = 60_000;
/** The most links that are kept, and the most that are asked for at once. */
const MAX_KEPT = 500;
const MAX_ASKED = 4;

export class PageLinks {
  #ask;
  #base;
  /** By the ids of files. @type {Map<string, { readonly href: Promise<string>, until: number }>} */
  #known = new Map();
  #asked = 0;
  /** What waits to be asked for. @type {Array<() => void>} */
  #waiting = [];

  /**
   * @param {(request: Request) => Promise<Event>} ask
   * @param {string} base the address of the page
   */
  constructor(ask, base) {
    this.#ask = ask;
    this.#base = base;
  }

  /**
   * The address of a file for now. Rejects with a `RequestFault`.
   * @param {string} id
   * @param {boolean} [anew] the one that was given before is of no use
   * @returns {Promise<string>}
   */
  to(id, anew = false) {
    const known = this.#known.get(id);
    if (known !== undefined && !anew && known.until > Date.now() + SPARE_MS) return known.href;
    const link = { href: this.#fetch(id), until: Infinity };
    this.#known.delete(id);
    this.#known.set(id, link);
    for (const [oldest] of this.#known) {
      if (this.#known.size <= MAX_KEPT) break;
      this.#known.delete(oldest);
    }
    return link.href;
  }

  /** Somebody else is here now. */
  forget() {
    this.#known.clear();
  }

  /** @param {string} file @returns {Promise<string>} */
  async #fetch(file) {
    if (this.#asked >= MAX_ASKED) {
      await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    }
    this.#asked++;
    try {
      const link = await this.#ask({ type: "link", file });
      if (link.type !== "link") throw new Error(`A ${link.type} came for a link`);
      const known = this.#known.get(file);
      if (known !== undefined) known.until = Date.parse(link.until);
      return new URL(link.path, this.#base).href;
    } catch (error) {
      this.#known.delete(file);
      throw error;
    } finally {
      this.#asked--;
      this.#waiting.shift()?.();
    }
  }
}

/**
 * Lets the browser save what is at an address.
 * @param {string} href
 * @param {string} name
 */
export function saveFrom(href, name) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}
