// @ts-check
/// <reference lib="dom" />
/**
 * What is to be sent, before it is: what it looks like, how large it is, whether pictures are made
 * smaller, and what is said with it. It comes when somebody has chosen files.
 */

import { isStillShown, problemView } from "../controls.js";
import { openDialog } from "../dialogs.js";
import { button, h } from "../dom.js";
import { closeDialog } from "../drawers.js";
import { fileSentence, safeFileName, sizeAndLimit, sizeText } from "../../../words/files.js";
import { inertLine } from "../../../words/inert.js";
import { isSecret, MAY_BE_SECRET } from "../../../words/secret.js";
import { isPhoto, mayShrink, redraw } from "./pictures.js";
import { placeLabel } from "./words.js";

/** @import { Place } from "../place.js" */
/** @import { Redrawn } from "./pictures.js" */
/**
 * @typedef {object} SendOptions
 * @property {Place} place where it is sent
 * @property {number} most how large a file may be, in bytes
 * @property {number} mostText how long what is said with it may be, in bytes
 * @property {string} caption what was written already
 * @property {(chosen: Array<{ name: string, blob: Blob, caption: string }>) => void} send
 */
/**
 * One of the files. `redrawn`: made smaller, once that is done and if it can be; `isDrawn`: that was
 * tried; `isSame`: it can't, though it is a photo.
 * @typedef {{ readonly file: File, readonly row: HTMLElement, readonly told: HTMLElement,
 *   redrawn?: Redrawn | undefined, isDrawn: boolean, isSame: boolean }} Choice
 */

/** The most files of one message of several. */
const MAX_FILES = 100;
const PREVIEW_PX = 240;
const AS_IT_IS = "; this browser can't make it smaller: it goes as it is, with all that a camera " +
  "notes, such as the place";
const TOO_LONG = "The caption is too long; say it as a message of its own.";
const touches = matchMedia("(pointer: coarse)");

export class SendDialog {
  #options;
  /** @type {Choice[]} */
  #choices = [];
  /** Pictures are made smaller one after the other: each takes much memory. @type {Promise<unknown>} */
  #drawing = Promise.resolve();
  #list = h("ul", { class: "outgoing" });
  #original = h("input", { type: "checkbox", onchange: () => this.#paint() });
  #originalLabel = h("span");
  #originalRow = h(
    "label",
    { class: "check", hidden: true },
    this.#original,
    h(
      "span",
      {},
      this.#originalLabel,
      h("small", {}, "As it is, with all that a camera notes, such as the place."),
    ),
  );
  #caption = h("textarea", {
    id: "caption",
    rows: 2,
    dir: "auto",
    autocomplete: "off",
    autofocus: !touches.matches,
  });
  #captionLabel = h("label", { for: "caption" }, "Caption");
  #button = h("button", { class: "primary", autofocus: touches.matches }, "Send");
  #problem = problemView();
  /** Whether it is sent as soon as all pictures are ready. */
  #isSubmitted = false;
  #form;

  /** @param {SendOptions} options */
  constructor(options) {
    this.#options = options;
    this.#caption.value = options.caption;
    this.#caption.addEventListener("keydown", (event) => this.#key(event));
    /** @param {Event} event */
    const onsubmit = (event) => {
      event.preventDefault();
      void this.#submit();
    };
    this.#form = h(
      "form",
      { class: "sending", onsubmit },
      this.#list,
      this.#originalRow,
      this.#captionLabel,
      this.#caption,
      this.#problem,
      this.#button,
    );
  }

  /** Whether it can still be added to. */
  get isShown() {
    return isStillShown(this.#form);
  }

  open() {
    openDialog(`Send to ${placeLabel(this.#options.place)}`, this.#form);
    (touches.matches ? this.#button : this.#caption).focus();
  }

  /** @param {readonly File[]} files */
  add(files) {
    const { most } = this.#options;
    const problems = [];
    for (const file of files) {
      if (file.size > most) {
        const [has, takes] = sizeAndLimit(file.size, most);
        problems.push(
          `${inertLine(file.name)} has ${has}; this server takes files of ${takes} at most.`,
        );
      } else if (this.#choices.length >= MAX_FILES) {
        problems.push(`Only ${MAX_FILES} files can be sent at once.`);
        break;
      } else this.#add(file);
    }
    this.#problem.textContent = problems.join(" ");
    this.#paint();
  }

  /** @param {File} file */
  #add(file) {
    const name = inertLine(file.name);
    const preview = h("canvas", { width: PREVIEW_PX, hidden: true });
    const told = h("small");
    const leaveOut = button(
      { class: "icon", "aria-label": `Leave out ${name}`, onclick: () => this.#leaveOut(choice) },
      "×",
    );
    const about = h("span", { class: "file-about" }, h("bdi", {}, name), told);
    const row = h("li", {}, preview, about, leaveOut);
    this.#drawing = this.#drawing.then(async () => {
      if (!this.#choices.includes(choice)) return;
      choice.redrawn = await redraw(file, preview).catch(() => undefined);
      choice.isDrawn = true;
      choice.isSame = choice.redrawn === undefined && isPhoto(file);
      this.#paint();
    });
    /** @type {Choice} */
    const choice = { file, row, told, isDrawn: false, isSame: false };
    this.#choices.push(choice);
    this.#list.append(row);
  }

  /** @param {Choice} choice */
  #leaveOut(choice) {
    choice.row.remove();
    this.#choices = this.#choices.filter((each) => each !== choice);
    if (this.#choices.length === 0) return closeDialog();
    this.#paint();
    this.#caption.focus();
  }

  #paint() {
    const isOriginal = this.#original.checked;
    for (const { file, redrawn, isSame, told } of this.#choices) {
      const as = redrawn === undefined || isOriginal
        ? sizeText(file.size) + (isSame ? AS_IT_IS : "")
        : `${sizeText(redrawn.blob.size)}, ${redrawn.width} × ${redrawn.height}` +
          (redrawn.blob.size < file.size ? `; the original has ${sizeText(file.size)}` : "");
      told.textContent = as;
    }
    const many = this.#choices.length;
    // It has its room from the beginning: nothing moves when the smaller picture is ready.
    this.#originalRow.hidden = !this.#choices.some(({ redrawn, isDrawn, file }) =>
      isDrawn ? redrawn !== undefined : mayShrink(file)
    );
    this.#originalLabel.textContent = many > 1 ? "Send the originals" : "Send the original";
    this.#captionLabel.textContent = many > 1 ? "Caption, with the first of them" : "Caption";
    this.#button.disabled = many === 0 || this.#isSubmitted;
    const label = many > 1 ? `Send ${many} files` : "Send";
    this.#button.textContent = this.#isSubmitted ? "Getting ready…" : label;
  }

  async #submit() {
    if (this.#isSubmitted) return;
    this.#isSubmitted = true;
    this.#paint();
    // Others may be added meanwhile, and are not to go out as they are.
    for (let last; last !== this.#drawing;) await (last = this.#drawing);
    this.#isSubmitted = false;
    if (!this.isShown) return;
    const { send, mostText } = this.#options;
    const caption = this.#caption.value.trim();
    const chosen = this.#choices.map(({ file, redrawn }, n) => ({
      ...this.#original.checked || redrawn === undefined
        ? { name: safeFileName(file.name), blob: file }
        : { name: safeFileName(redrawn.name), blob: redrawn.blob },
      caption: n === 0 ? caption : "",
    }));
    const [first] = chosen;
    const text = first && fileSentence(first.name, first.blob.size, caption);
    const isTooLong = new TextEncoder().encode(JSON.stringify(text)).length > mostText;
    if (isTooLong || isSecret(caption)) {
      this.#problem.textContent = isTooLong ? TOO_LONG : `${MAY_BE_SECRET}.`;
      return this.#paint();
    }
    closeDialog();
    send(chosen);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter") return;
    if (event.shiftKey || touches.matches) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }
}
