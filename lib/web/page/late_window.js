// @ts-check
/// <reference lib="dom" />
/** What the window does without until somebody has joined: keys, what opens over it, and the rest. */

import { el } from "./head.js";
import { Late, lateCopy, lateStyles } from "./late.js";
import { lateCommands } from "./late_commands.js";
import { lateText } from "./late_text.js";

/** @import { Opener } from "./controls.js" */
/** @import { LateFiles } from "./late_files.js" */
/** @typedef {Parameters<typeof import("./document_events.js").bindKeys>[0]} KeyActions */

const NOT_HERE = "This can't be shown: the server did not send that part of the page. " +
  "Load the page anew when it is there again.";

export class LateWindow {
  #openers;
  #events;
  #complain;
  #changed;

  /**
   * @param {object} parts
   * @param {() => Opener | undefined} parts.opener what there is now; nothing before a chat
   * @param {LateFiles} parts.files
   * @param {KeyActions} parts.keys
   * @param {(text: string) => void} parts.complain
   * @param {() => void} parts.changed something has come
   */
  constructor({ opener, files, keys, complain, changed }) {
    this.#complain = complain;
    this.#changed = changed;
    this.#openers = new Late(async () => {
      const { Openers } = await import("./openers.js");
      return new Openers(opener, NOT_HERE);
    });
    this.#events = new Late(async () => {
      const { bindFiles, bindKeys } = await import("./document_events.js");
      bindFiles(el.chat, files);
      bindKeys(keys);
    });
  }

  /** Brings it; what could not come is tried again with each connection. */
  come() {
    for (
      const late of [lateText, lateStyles, lateCopy, lateCommands, this.#events, this.#openers]
    ) {
      if (late.here === undefined) void late.come().then(this.#changed);
    }
  }

  /** Opens what somebody asks for. @param {Parameters<import("./openers.js").Openers["show"]>[0]} asked */
  async show(asked) {
    const openers = await this.#openers.come();
    if (openers === undefined) this.#complain(NOT_HERE);
    else openers.show(asked);
  }
}
