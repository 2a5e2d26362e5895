// @ts-check
/// <reference lib="dom" />
/**
 * What comes later than the page, so that a first visit takes less: it is loaded once, and tried again
 * where that failed.
 */

import { byId, h } from "./dom.js";

/** @template T */
export class Late {
  /** What has come; nothing before that. @type {T | undefined} */
  here;
  #load;
  /** @type {Promise<void> | undefined} */
  #coming;

  /** @param {() => Promise<T>} load */
  constructor(load) {
    this.#load = load;
  }

  /** @returns {Promise<T | undefined>} nothing where the server does not send it */
  async come() {
    this.#coming ??= this.#load().then((it) => {
      this.here = it;
    }, () => {
      this.#coming = undefined;
    });
    await this.#coming;
    return this.here;
  }
}

/** How that looks which comes later: dialogs and files. */
export const lateStyles = new Late(() =>
  new Promise((resolve, reject) => {
    const href = new URL("./late.css", import.meta.url).href;
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: reject }));
  })
);

/** What is copied, where it is several messages. */
export const lateCopy = new Late(async () => {
  const { bindCopy } = await import("./copy.js");
  bindCopy(byId("list", HTMLElement));
});

/** Where else the page may go when its node is lost. */
export const lateWays = new Late(() => import("./ways.js"));

/** What tells how far somebody has read, who has an account. */
export const lateMarks = new Late(() => import("./marks.js"));
