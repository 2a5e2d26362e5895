// @ts-check
/// <reference lib="dom" />
/** The whole of a picture, over the page. Arrows go to the one before and after. It comes when it is opened. */

import { button, h } from "../dom.js";
import { el } from "../head.js";
import { sizeText } from "../../../words/files.js";
import { inertLine } from "../../../words/inert.js";
import { saveFrom } from "./links.js";

/** @import { SentFile } from "../../../wire/events.ts" */
/** @import { PageLinks } from "./links.js" */

const GONE = "This picture can't be had any more.";

export class PictureDialog {
  #fileIn;
  #links;
  /** The box among the messages whose picture is shown. */
  #box;
  #image = h("img");
  #title = h("h2", { id: "picture-title" });
  #problem = h("p", { class: "error", role: "alert" });
  #dialog;

  /**
   * @param {HTMLElement} box
   * @param {(box: Element) => SentFile | undefined} fileIn
   * @param {PageLinks} links
   */
  constructor(box, fileIn, links) {
    this.#box = box;
    this.#fileIn = fileIn;
    this.#links = links;
    const close = () => this.#dialog.close();
    const save = () => void this.#withLink((href, { name }) => saveFrom(href, name));
    this.#dialog = h(
      "dialog",
      {
        id: "picture",
        "aria-labelledby": "picture-title",
        onkeydown: (event) => this.#key(/** @type {KeyboardEvent} */ (event)),
        onclose: () => this.#closed(),
      },
      h(
        "header",
        {},
        this.#title,
        button({ class: "plain", onclick: save }, "Save"),
        button({ class: "plain", autofocus: true, onclick: close }, "Close"),
      ),
      h("div", { class: "whole", onclick: close }, this.#image),
      this.#problem,
    );
  }

  open() {
    document.body.append(this.#dialog);
    this.#show();
    this.#dialog.showModal();
  }

  #show() {
    const file = this.#fileIn(this.#box);
    if (file === undefined) return;
    const { width = 0, height = 0, size } = file;
    const name = inertLine(file.name);
    const image = this.#image;
    this.#title.replaceChildren(h("bdi", {}, name), h("small", {}, ` ${sizeText(size)}`));
    // Its room is there before it is.
    Object.assign(image, { alt: name, width, height });
    image.removeAttribute("src");
    let isAnew = false;
    image.onerror = () => {
      if (isAnew) this.#problem.textContent = GONE;
      else void this.#withLink((href) => image.src = href, isAnew = true);
    };
    void this.#withLink((href) => image.src = href);
  }

  /**
   * Does something with the address of the picture, unless another is shown by then.
   * @param {(href: string, file: SentFile) => void} act
   * @param {boolean} [anew]
   */
  async #withLink(act, anew) {
    const file = this.#fileIn(this.#box);
    if (file === undefined) return;
    this.#problem.textContent = "";
    try {
      const href = await this.#links.to(file.id, anew);
      if (file === this.#fileIn(this.#box)) act(href, file);
    } catch (error) {
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {KeyboardEvent} event */
  #key({ key }) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step === undefined) return;
    const all = [...document.querySelectorAll("#list .picture")];
    const next = all[all.indexOf(this.#box) + step];
    if (!(next instanceof HTMLElement) || this.#fileIn(next) === undefined) return;
    this.#box = next;
    this.#show();
  }

  #closed() {
    this.#dialog.remove();
    (this.#box.isConnected ? this.#box : el.scroller).focus();
  }
}
