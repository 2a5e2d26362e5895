// @ts-check
/// <reference lib="dom" />
/**
 * Files on the page: what chooses, sends, shows and lists them. It comes when somebody joins a server
 * that takes files, and brings the rest when that is needed.
 */

import { h } from "../dom.js";
import { el } from "../head.js";
import { RequestFault } from "../request_fault.js";
import { directTo } from "../mail.js";
import { captionOf } from "../../../words/files.js";
import { isSecret } from "../../../words/secret.js";
import { jsonChunk, rawChunk } from "./encode_chunk.js";
import { PageLinks } from "./links.js";
import { Tray } from "./tray.js";
import { noteUnsent, takeUnsent, unsentText } from "./unsent_note.js";
import { UploadQueue } from "./upload_queue.js";
import { FileViews } from "./view.js";
import { foldersIn, pastedName } from "./words.js";

/** @import { EventOf, SentFile } from "../../../wire/events.ts" */
/** @import { Chat } from "../chat.js" */
/** @import { Opener } from "../controls.js" */
/** @import { Place } from "../place.js" */
/** @import { SendDialog } from "./send_dialog.js" */
/** @import { Target } from "./page_upload.js" */
/**
 * @typedef {object} PageFileDeskOptions
 * @property {() => Chat | undefined} chat
 * @property {() => void} update paints the page
 * @property {(text: string) => void} say tells a screen reader
 * @property {() => void} emptyDraft forgets what is written and not sent
 */

/** What a chunk takes in a request besides its bytes, at most. */
const CHUNK_REST_BYTES = 512;
/** A best size of chunks that a server does not name, in bytes. */
const CHUNK_BYTES = 16_384;
const NOT_HERE = "This can't be shown: the server did not send that part of the page. " +
  "Load the page anew when it is there again.";
const NOT_GUESTS = "Here only people with a reserved name send files; /register reserves yours";
const touches = matchMedia("(pointer: coarse)");

export class PageFileDesk {
  #options;
  #links = new PageLinks((request) => this.#ask(request), document.baseURI);
  #views = new FileViews(this.#links, el.scroller, (box) =>
    void this.#late(async () => {
      const { PictureDialog } = await import("./picture_dialog.js");
      new PictureDialog(box, (other) => this.#views.fileIn(other), this.#links).open();
    }));
  #queue = new UploadQueue({
    link: {
      ask: (request) => this.#ask(request),
      online: (signal) => this.#online(signal),
      nextId: () => this.#chat?.link.nextId() ?? "",
    },
    changed: () => this.#changed(),
    sent: (place, ack) => this.#sent(place, ack),
    say: (text) => this.#options.say(text),
  });
  #tray = new Tray({
    cancel: (id) => this.#queue.cancel(id),
    again: (id) => this.#queue.again(id),
    cancelAll: () => this.#queue.cancelAll(),
  });
  #frame = 0;
  /** Who waits for the connection. @type {Array<() => void>} */
  #waiting = [];
  /** @type {SendDialog | undefined} */
  #dialog;

  /** @param {PageFileDeskOptions} options */
  constructor(options) {
    this.#options = options;
    addEventListener("beforeunload", (event) => this.#queue.busy && event.preventDefault());
    this.#tellUnsent();
  }

  /** Says what was on its way when this page was left before. */
  #tellUnsent() {
    const chat = this.#chat;
    if (chat === undefined) return;
    const byPlace = Map.groupBy(takeUnsent(), ({ place }) => place);
    for (const [key, files] of byPlace) {
      const text = unsentText(files.map(({ name }) => name));
      const place = chat.store.placeList.get(key);
      if (place === undefined || place === chat.store.active) chat.store.note(text, "error");
      else place.timeline.note(text, "error");
    }
    if (byPlace.size > 0) this.#options.update();
  }

  get #chat() {
    return this.#options.chat();
  }

  /** Whether whoever is here may send any. */
  get maySend() {
    const { welcome, store } = this.#chat ?? {};
    return welcome?.limits.senders !== "registered" || store?.account.id !== "";
  }

  /** Lets somebody choose files. */
  choose() {
    if (!this.maySend) return this.#chat?.complain(NOT_GUESTS);
    if (!touches.matches) return this.#pick({});
    void this.#late(async () => {
      const { openSources } = await import("./sources_dialog.js");
      openSources((properties) => this.#pick(properties));
    });
  }

  /** @param {Record<string, string>} properties of the field that lets the system ask */
  #pick(properties) {
    const onchange = () => {
      this.take([...input.files ?? []]);
      input.remove();
    };
    const gone = { hidden: true, onchange, oncancel: () => input.remove() };
    const input = h("input", { type: "file", multiple: true, ...properties, ...gone });
    document.body.append(input);
    input.click();
  }

  /**
   * Takes what was dropped or pasted. A folder looks like a file there.
   * @param {{ readonly files: readonly File[], readonly items: Parameters<typeof foldersIn>[0] }} given
   * @param {boolean} [pasted]
   */
  takeFrom({ files, items }, pasted) {
    const folders = foldersIn(items);
    this.take(files.filter(({ name }) => !folders.includes(name)), pasted);
    if (folders.length === 0) return;
    this.#chat?.complain(
      `Folders can't be sent, as ${folders.join(", ")}; pack it into one file first`,
    );
  }

  /**
   * Shows files that are to be sent here, before they are.
   * @param {readonly File[]} files
   * @param {boolean} [pasted]
   */
  take(files, pasted = false) {
    const named = !pasted ? files : files.map((file) => {
      const { type } = file;
      return new File([file], pastedName(file.name, new Date()), { type });
    });
    if (named.length === 0) return;
    if (!this.maySend) return this.#chat?.complain(NOT_GUESTS);
    void this.#late(async () => {
      const { SendDialog } = await import("./send_dialog.js");
      if (this.#dialog?.isShown !== true) this.#dialog = this.#newDialog(SendDialog);
      this.#dialog?.add(named);
    });
  }

  /** @param {typeof SendDialog} Dialog */
  #newDialog(Dialog) {
    const chat = this.#chat;
    const place = chat?.store.active;
    if (chat === undefined) return undefined;
    if (place === undefined || place.gone) {
      const where = place === undefined
        ? "you are in no room; /join ROOM enters one"
        : "nobody is here";
      chat.complain(`Files can't be sent here: ${where}`);
      return undefined;
    }
    const { limits = { payload: 0 } } = chat.welcome ?? {};
    const { file: most = 0, payload, chunk = CHUNK_BYTES, raw = 0 } = limits;
    const draft = el.input.value;
    const caption = draft.startsWith("/") || isSecret(draft) ? "" : draft;
    // Base64 takes four bytes for three.
    const fits = Math.floor((payload - CHUNK_REST_BYTES) / 4) * 3;
    const dialog = new Dialog({
      place,
      most,
      mostText: payload - CHUNK_REST_BYTES,
      caption,
      send: (chosen) => {
        if (caption !== "" && el.input.value === draft) this.#options.emptyDraft();
        const target = targetOf(place);
        for (const each of chosen) {
          const smallest = Math.min(chunk, fits);
          const largest = this.#takesBytes ? Math.max(raw, smallest) : smallest;
          this.#queue.add({ ...each, target, chunk: smallest, largest }, place);
        }
        // The keyboard of a phone would cover what was just sent.
        if (!touches.matches) el.input.focus();
      },
    });
    dialog.open();
    return dialog;
  }

  /**
   * How a message with a file looks, and what is said with it.
   * @param {{ readonly text: string, readonly file: SentFile }} said
   */
  attached({ text, file }) {
    return { caption: captionOf(text, file), element: this.#views.view(file) };
  }

  /** Shows the files of the place that is shown. @param {Opener} opener */
  async open(opener) {
    const { openFileList } = await import("./list_dialog.js");
    await openFileList(opener, this.#views);
  }

  /** The connection came or went. */
  statusChanged() {
    this.#changed();
    if (this.#chat?.online !== true) return;
    for (const wake of this.#waiting.splice(0)) wake();
    this.#views.resume();
  }

  /** Whoever comes next is somebody else. */
  end() {
    this.#queue.cancelAll();
    document.getElementById("picture")?.remove();
    this.#links.forget();
  }

  /** @param {import("../../../wire/requests.ts").Request} request */
  async #ask(request) {
    const chat = this.#chat;
    if (chat === undefined) throw new RequestFault("offline", "There is no connection");
    if (request.type !== "chunk") return await chat.link.ask(request);
    return await chat.link.ask(request, this.#takesBytes ? rawChunk : jsonChunk);
  }

  /** Whether the server takes the bytes of files as they are. */
  get #takesBytes() {
    return this.#chat?.welcome?.features?.includes("bytes") === true;
  }

  /** @param {AbortSignal} signal */
  async #online(signal) {
    while (this.#chat?.online !== true) {
      signal.throwIfAborted();
      await new Promise((resolve) => {
        this.#waiting.push(() => resolve(undefined));
        signal.addEventListener("abort", resolve, { once: true });
      });
    }
  }

  /** @param {Place} place @param {EventOf<"ack">} ack */
  #sent(place, ack) {
    const chat = this.#chat;
    if (chat === undefined) return;
    // The first that is said to somebody begins a conversation.
    if (ack.chat !== undefined && place.chat === "") place.chat = ack.chat;
    for (const effect of chat.store.take(ack)) {
      if (effect.kind === "owed") chat.pager.owe(effect.place, effect.seq);
    }
    this.#options.update();
  }

  #changed() {
    noteUnsent(this.#queue.all);
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#tray.show(this.#queue.all, this.#chat?.online === true);
    });
  }

  /** Does something with a part of the page that comes now. @param {() => Promise<void>} act */
  async #late(act) {
    try {
      await act();
    } catch {
      this.#chat?.complain(NOT_HERE);
    }
  }
}

/** Where something is sent, as a request names it. @type {(place: Place) => Target} */
function targetOf(place) {
  return place.kind === "room" ? { room: place.name } : directTo(place);
}
