// @ts-check
/// <reference lib="dom" />
/**
 * How a file looks that somebody has sent: a picture in a box of its own size, which is known before it
 * comes, and anything else as a row with what it is, how large, and a button that saves it.
 */

import { button, h } from "../dom.js";
import { RequestFault } from "../request_fault.js";
import { sizeText } from "../../../words/files.js";
import { inertLine } from "../../../words/inert.js";
import { saveFrom } from "./links.js";

/** @import { SentFile } from "../../../wire/events.ts" */
/** @import { PageLinks } from "./links.js" */
/** @typedef {{ readonly file: SentFile, readonly image: HTMLImageElement, tries: number }} Shown */

/** What browsers show as pictures, by the first bytes as the server has seen them. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const MAX_PIXELS = 40_000_000;
/** The box of a picture, in px: at most and at least. */
const MOST = { width: 416, height: 320 };
const LEAST_PX = 48;
/** What is larger comes when somebody asks for it, in bytes. */
const MAX_UNASKED = 10_000_000;
/** Pictures come when they are so near to what is in sight. */
const AHEAD = "600px 0px";

/** @type {(file: SentFile) => boolean} */
export function isPicture({ type, width = 0, height = 0 }) {
  return PICTURES.has(type) && width > 0 && height > 0 && width * height <= MAX_PIXELS;
}

/**
 * The box of a picture: as large as it is, or as there is room, and never too small to be pressed.
 * @type {(size: { readonly width: number, readonly height: number }) =>
 *   { width: number, height: number }}
 */
export function boxOf({ width, height }) {
  const scale = Math.min(1, MOST.width / width, MOST.height / height);
  return {
    width: Math.max(LEAST_PX, Math.round(width * scale)),
    height: Math.max(LEAST_PX, Math.round(height * scale)),
  };
}

/** What kind of file it is, in a word: its ending, or the first part of its type. @type {(file: SentFile) => string} */
export function kindOf({ name, type }) {
  const ending = /\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1];
  return (ending ?? type.split("/")[0] ?? "").toUpperCase();
}

export class FileViews {
  #links;
  #open;
  #watcher;
  /** @type {WeakMap<Element, Shown>} */
  #shown = new WeakMap();
  /** What could not come because there was no connection. @type {Set<Element>} */
  #owed = new Set();

  /**
   * @param {PageLinks} links
   * @param {HTMLElement} scroller in which pictures come into sight
   * @param {(box: HTMLElement) => void} open shows the whole of a picture
   */
  constructor(links, scroller, open) {
    this.#links = links;
    this.#open = open;
    this.#watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) void this.#load(target);
        if (isIntersecting || !target.isConnected) this.#watcher.unobserve(target);
      }
    }, { root: scroller, rootMargin: AHEAD });
  }

  /** @type {(file: SentFile) => HTMLElement} */
  view(file) {
    return isPicture(file) ? this.#picture(file) : this.row(file);
  }

  /** The file whose picture a box shows. @param {Element} box */
  fileIn(box) {
    return this.#shown.get(box)?.file;
  }

  /** There is a connection: what could not come does. */
  resume() {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const box of owed) if (box.isConnected) void this.#load(box);
  }

  /** @param {SentFile} file @param {...HTMLElement} more buttons beside the one that saves it */
  row(file, ...more) {
    const name = inertLine(file.name);
    const told = h("small", {}, sizeText(file.size));
    const save = async () => {
      try {
        saveFrom(await this.#links.to(file.id), file.name);
      } catch (error) {
        told.textContent = error instanceof Error ? error.message : String(error);
        told.setAttribute("role", "alert");
      }
    };
    return h(
      "div",
      { class: "file" },
      this.#tile(file),
      h("span", { class: "file-about" }, h("bdi", {}, name), told),
      ...more,
      button({ class: "plain", "aria-label": `Save ${name}`, onclick: save }, "Save"),
    );
  }

  /** What kind of file it is, or a small picture of it as soon as that is in sight. @param {SentFile} file */
  #tile(file) {
    const tile = h("span", { class: "file-kind", "aria-hidden": "true" }, inertLine(kindOf(file)));
    if (!isPicture(file) || file.size > MAX_UNASKED || savesData()) return tile;
    const watcher = new IntersectionObserver(async ([entry]) => {
      if (!entry?.isIntersecting) return;
      watcher.disconnect();
      try {
        const image = h("img", { alt: "", src: await this.#links.to(file.id) });
        await image.decode();
        tile.replaceChildren(image);
      } catch {
        // Its kind stays; who wants to see it is told why it can't be had.
      }
    });
    watcher.observe(tile);
    return tile;
  }

  /** @param {SentFile} file */
  #picture(file) {
    const { width = 1, height = 1, size } = file;
    const name = inertLine(file.name);
    const image = h("img", { alt: "", decoding: "async" });
    const label = `Open the picture ${name}, ${sizeText(size)}`;
    const open = () => this.#open(box);
    const box = button(
      { class: "picture", "aria-label": label, title: name, onclick: open },
      image,
    );
    const room = boxOf({ width, height });
    box.style.width = `${room.width}px`;
    box.style.aspectRatio = `${room.width} / ${room.height}`;
    this.#shown.set(box, { file, image, tries: 0 });
    if (size <= MAX_UNASKED && !savesData()) this.#watcher.observe(box);
    else box.append(h("span", { class: "picture-told" }, `${name}, ${sizeText(size)}`));
    return box;
  }

  /** Brings a picture; a link that does not lead to it is asked for once more. @param {Element} box */
  async #load(box) {
    const shown = this.#shown.get(box);
    if (shown === undefined) return;
    const { file, image, tries } = shown;
    shown.tries++;
    try {
      const href = await this.#links.to(file.id, tries > 0);
      image.onerror = () => {
        if (shown.tries < 2) void this.#load(box);
        else this.#tell(box, "This picture can't be had any more");
      };
      image.src = href;
    } catch (error) {
      if (error instanceof RequestFault && error.code === "offline") {
        shown.tries = 0;
        this.#owed.add(box);
      } else this.#tell(box, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {Element} box @param {string} why there is no picture in it */
  #tell(box, why) {
    box.replaceChildren(h("span", { class: "picture-told" }, inertLine(why)));
  }
}

/** Whether somebody has asked the browser to fetch less. */
function savesData() {
  /** Not every browser tells it. @type {{ saveData?: boolean } | undefined} */
  const connection = Reflect.get(navigator, "connection");
  return connection?.saveData === true;
}
