// @ts-check
/// <reference lib="dom" />
/**
 * What can be done about messages: at each row, from its menu, with keys, and in the field where one
 * writes. It comes when somebody joins.
 */

import { goneName } from "../../../words/commands/life.js";
import { captionOf } from "../../../words/files.js";
import { quoteText } from "../../../words/fold.js";
import { closeAlert } from "../alert.js";
import { RequestFault } from "../request_fault.js";
import { placeLog } from "../place.js";
import { dayAndTime, timeOfDay } from "../row_view.js";
import { copyText } from "./clipboard.js";
import { PinsBar } from "./pins_bar.js";
import { noteReaction } from "./recent.js";
import { actionsOn } from "./row_actions.js";
import { RowFloats } from "./row_floats.js";
import { RowKeys } from "./row_keys.js";
import { rowParts } from "./row_parts.js";
import { rowWords, whoReactedText } from "./row_words.js";
import { LifeTeller } from "./teller.js";
import { ComposeDesk } from "./compose_desk.js";

/** @import { Chat } from "../chat.js" */
/** @import { MessageList } from "../list.js" */
/** @import { Done } from "../notify.js" */
/** @import { Place } from "../place.js" */
/** @import { SaidRow } from "../rows.js" */
/** @import { ActionName } from "./row_actions.js" */
/**
 * @typedef {object} LifeDeskOptions
 * @property {() => Chat | undefined} chat
 * @property {MessageList} list
 * @property {() => void} paint paints the page now
 * @property {() => void} update paints it soon
 * @property {(text: string) => void} say tells a screen reader
 * @property {(text: string) => void} tell tells whoever is here what can't be seen otherwise
 * @property {(place: Place, seq: number) => void} go shows a message
 */

const NOT_HERE = "This can't be shown: the server did not send that part of the page. " +
  "Load the page anew when it is there again.";
const touches = matchMedia("(pointer: coarse)");

export class LifeDesk {
  #options;
  #keys;
  #pins;
  #teller;
  #floats;
  /** What rows show. */
  parts;
  /** What is written besides something new. */
  writing;

  /** @param {LifeDeskOptions} options */
  constructor(options) {
    this.#options = options;
    const { list, update } = options;
    const time = (/** @type {number} */ at) => timeOfDay.format(at);
    this.#teller = new LifeTeller(options.say, time);
    this.parts = rowParts({
      go: (seq) => this.#go(seq),
      react: (row, key, off) => this.#react(row, key, off),
      pick: (row, beside) => this.#floats.pick(row, beside),
      choose: (row, beside) => this.#floats.open(row, beside),
      answer: ({ seq: re }, choice) => this.#answer(re, choice),
      whoReacted: (row, key) => this.#whoReacted(row, key),
      isBlocked: (from) => this.#chat?.store.account.isBlocked({ from }) === true,
    });
    this.writing = new ComposeDesk({
      chat: options.chat,
      paint: options.paint,
      say: options.say,
      pick: () => this.#keys.pickLast(),
      remove: (seq) => this.remove(seq),
    });
    this.#floats = new RowFloats({
      list,
      actionsOn: (row) => this.#actionsOn(row),
      act: (name, row, beside) => void this.#act(name, row, beside),
      react: (row, key, off) => this.#react(row, key, off),
    });
    this.#keys = new RowKeys({
      list: list.element,
      rowAt: (element) => list.rowAt(element),
      open: (row, beside) => this.#floats.open(row, beside),
      act: (name, row, beside) => void this.#act(name, row, beside),
      actionFor: (row, key) => this.#actionsOn(row).find((each) => each.key === key)?.name,
      label: (row) => rowWords(row, dayAndTime),
    });
    this.#pins = new PinsBar({
      go: (seq) => this.#go(seq),
      all: () => void this.#chat?.run({ type: "pins", room: this.#place?.name ?? "" }),
      changed: update,
    });
  }

  get #chat() {
    return this.#options.chat();
  }

  get #place() {
    return this.#chat?.store.active;
  }

  /** Something was done about a message. @param {Done} done */
  hear(done) {
    const { place, entry, said } = done;
    if (entry.type === "removed") closeAlert(place, entry.re);
    const { account } = this.#chat?.store ?? {};
    const isHidden = account?.isBlocked(entry) || account?.isBlocked(said);
    if (place === this.#place && !isHidden) this.#teller.hear(done);
  }

  /** What is shown has changed. */
  painted() {
    const chat = this.#chat;
    if (chat === undefined) return;
    const place = chat.store.active;
    this.#keys.painted();
    if (place !== undefined) this.#teller.painted(place);
    this.#floats.painted(place);
    this.#pins.paint(place, chat);
    this.writing.paint(place);
    const { account } = chat.store;
    if (place?.kind === "room" && place.hosted === undefined && account.id !== "" && chat.online) {
      // Until it is known, nobody is offered what hosts may do.
      place.hosted = false;
      void this.#ask({ type: "room", room: place.name });
    }
  }

  /** @param {SaidRow} row */
  #actionsOn(row) {
    const chat = this.#chat;
    const place = chat?.store.active;
    if (chat === undefined || place === undefined) return [];
    // What waits may be what begins the log.
    if (row.id === undefined && placeLog(place) === undefined) return [];
    return actionsOn(row, place, chat.store.account, touches.matches);
  }

  /** @param {ActionName} name @param {SaidRow} row @param {HTMLElement} beside */
  async #act(name, row, beside) {
    const place = this.#place;
    const log = place && placeLog(place);
    const { seq: re, href, id } = row;
    switch (name) {
      case "copy":
        return await this.#copy(shownText(row), "The text was copied.");
      case "link":
        return await this.#copy(new URL(href ?? "", location.href).href, "The link was copied.");
      case "select":
        return selectText(this.#options.list.elementOf(row));
    }
    if (id !== undefined) return this.#actUnsent(name, row, id);
    if (place === undefined || log === undefined) return;
    switch (name) {
      case "reply":
        return this.writing.reply(place, row);
      case "edit":
        return this.writing.edit(place, re);
      case "react":
        return this.#floats.pick(row, beside);
      case "pin":
      case "unpin":
        return void await this.#run({
          ...{ type: "pin", room: place.name, re },
          ...(name === "unpin" ? { off: true } : {}),
        });
      case "who":
        return void await this.#run({ type: "reactions", ...log, re });
      case "unread": {
        this.#chat?.marks?.drop(place);
        const event = await this.#ask({ type: "read", ...log, seq: re - 1, back: true });
        return event && this.#options.tell("It counts as unread from here.");
      }
      case "remove":
        return this.remove(re);
    }
  }

  /** @param {ActionName} name @param {SaidRow} row of what waits @param {string} id by which it does */
  #actUnsent(name, { seq, text, removed }, id) {
    if (name === "edit") return this.writing.again(id);
    if (name === "again") return void this.#chat?.resend(id);
    if (name !== "discard") return;
    this.#chat?.store.note(
      seq === 0
        ? `Taken back, and not sent: ${quoteText(text)}`
        : removed === undefined
        ? "The edit was taken back."
        : "The message stays.",
    );
    this.#chat?.withdraw(id);
  }

  /** Asks whether a message is to be removed. @param {number} seq */
  remove(seq) {
    const place = this.#place;
    const log = place && placeLog(place);
    const said = place?.timeline.said(seq);
    if (log === undefined || said === undefined) return;
    this.#late(async () => {
      const { askRemove } = await import("./life_dialogs.js");
      askRemove({ ...said, text: shownText(said) }, (reason) => {
        this.writing.cancel();
        void this.#run({
          ...{ type: "remove", ...log, re: seq },
          ...(reason === "" ? {} : { reason }),
        });
      });
    });
  }

  /** @param {SaidRow} row @param {string} key @param {boolean} off */
  #react({ seq: re }, key, off) {
    const log = this.#place && placeLog(this.#place);
    if (log === undefined) return;
    if (!off) noteReaction(key);
    void this.#run({ type: "react", ...log, re, key, ...(off ? { off } : {}) });
  }

  /** @param {number} re @param {string} choice */
  #answer(re, choice) {
    const log = this.#place && placeLog(this.#place);
    if (log !== undefined) void this.#run({ type: "answer", ...log, re, choice });
  }

  /** @param {SaidRow} row @param {string} key */
  async #whoReacted({ seq: re }, key) {
    const log = this.#place && placeLog(this.#place);
    const event = log &&
      await this.#chat?.link.ask({ type: "reactions", ...log, re }).catch(() => {});
    const found = event?.type === "reactions" && event.reactions.find((each) => each.key === key);
    if (!found) return "";
    const { names, gone = [], count } = found;
    return whoReactedText([...names, ...gone.map(goneName)], count, key);
  }

  /** @param {string} text @param {string} told */
  async #copy(text, told) {
    const done = await copyText(text);
    this.#options.tell(done ? told : "The browser does not let a page copy this.");
  }

  /** @param {number} seq */
  #go(seq) {
    if (this.#place !== undefined) this.#options.go(this.#place, seq);
  }

  /** @param {import("../../../wire/requests.ts").Request} request */
  async #run(request) {
    await this.#chat?.run(request);
  }

  /** Asks for something that is told by itself. @param {import("../../../wire/requests.ts").Request} request */
  async #ask(request) {
    try {
      return await this.#chat?.ask(request);
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      if (error.code !== "offline") this.#chat?.complain(error.message);
      return undefined;
    }
  }

  /** Does something with a part of the page that comes now. @param {() => Promise<void>} act */
  #late(act) {
    act().catch(() => this.#chat?.complain(NOT_HERE));
  }
}

/** What somebody has written of a message: without what stands for a file. @type {(said: Pick<SaidRow, "text" | "file">) => string} */
export function shownText({ text, file }) {
  return file === undefined ? text : captionOf(text, file);
}

/** @param {HTMLElement | undefined} row */
function selectText(row) {
  const text = row?.querySelector(".text");
  if (!text) return;
  row?.classList.add("selectable");
  getSelection()?.selectAllChildren(text);
}
