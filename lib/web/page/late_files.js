// @ts-check
/** What sends and shows files comes when somebody joins a server that takes any. */

import { Late, lateStyles } from "./late.js";

/** @import { Chat } from "./chat.js" */
/** @import { Status } from "./connection.js" */
/** @import { PageFileDesk, PageFileDeskOptions } from "./files/file_desk.js" */

const NO_FILES =
  "Files can't be sent here. Put it where the others can get it, and send its address.";

const NOT_HERE = "What sends files has not been loaded yet; try again in a moment.";

const late = new Late(async () => {
  const [{ PageFileDesk }] = await Promise.all([import("./files/file_desk.js"), lateStyles.come()]);
  return PageFileDesk;
});

export class LateFiles {
  #options;
  /** @type {PageFileDesk | undefined} */
  #files;
  /** The chat for which it was asked for. @type {Chat | undefined} */
  #asked;

  /** @param {PageFileDeskOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** What sends and shows files; nothing where the server takes none, and until it has come. */
  get here() {
    const PageFileDesk = late.here;
    if (!this.#isWanted || PageFileDesk === undefined) return undefined;
    this.#files ??= new PageFileDesk(this.#options);
    return this.#files;
  }

  /** Whether files can be sent now. */
  get maySend() {
    return this.here?.maySend ?? false;
  }

  /** Lets somebody choose files, as soon as it is here. */
  async choose() {
    (this.here ?? await this.#coming())?.choose();
  }

  /**
   * Takes files that somebody hands to the page, as soon as it is here: the browser has them only now.
   * @param {DataTransfer} data
   * @param {boolean} [pasted]
   */
  async take(data, pasted) {
    const files = [...data.files];
    const items = [...data.items].map((item) => {
      const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
      return { kind: item.kind, webkitGetAsEntry: () => entry };
    });
    (this.here ?? await this.#coming())?.takeFrom({ files, items }, pasted);
  }

  /** What sends and shows files, when it has come; says so where it does not. */
  async #coming() {
    if (this.#isWanted) await late.come();
    const { here } = this;
    if (here === undefined) this.#complain();
    return here;
  }

  /** Whether the server takes files. */
  get #isWanted() {
    return this.#options.chat()?.welcome?.limits.file !== undefined;
  }

  #complain() {
    const chat = this.#options.chat();
    // Before the server has said what it takes nobody knows.
    chat?.complain(chat.welcome === undefined || this.#isWanted ? NOT_HERE : NO_FILES);
  }

  /** Lets it come as soon as it is known that the server takes files; after a failure, with the next connection. */
  expect() {
    const { chat, update } = this.#options;
    const now = chat();
    if (now?.welcome?.limits.file === undefined || now === this.#asked) return;
    this.#asked = now;
    void late.come().then(update);
  }

  /** @param {Status} status */
  setStatus({ kind, code }) {
    this.#files?.statusChanged();
    if (kind === "online") this.#asked = undefined;
    // Whoever goes on in another tab may come back.
    if (kind === "ended" && code !== "replaced") this.#files?.end();
  }
}
