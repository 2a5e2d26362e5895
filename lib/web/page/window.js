// @ts-check
/// <reference lib="dom" />
/** The window of the chat: brings what is shown in step with the store, and wires up what is pressed. */

import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { closeDialog, Drawers } from "./drawers.js";
import { el, paintAround, paintHead } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { lateCommands } from "./late_commands.js";
import { LateFiles } from "./late_files.js";
import { LateWindow } from "./late_window.js";
import { MessageList } from "./list.js";
import { announce, tellOf } from "./notify.js";
import { isMember, unfold } from "./place.js";
import { rowsOf } from "./rows.js";
import { presenceMode } from "./saved.js";
import { Sight } from "./sight.js";
import { Travel } from "./travel.js";

/** @import { Chat } from "./chat.js" */
/** @import { Status } from "./connection.js" */
/** @import { Done, Heard } from "./notify.js" */
/** @import { Asked } from "./asked.js" */
/** @import { Access, Opener } from "./controls.js" */
/** @import { PlaceKey } from "./place.js" */

export class Window {
  /** @type {Chat | undefined} */
  #chat;
  /** @type {Status} */
  #status = { kind: "connecting", text: "" };
  #takeOver;
  #frame = 0;
  #drawers = new Drawers();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;
  /** @type {MessageList} */
  #list = new MessageList({
    scroller: el.scroller,
    list: byId("list", HTMLElement),
    actions: {
      isName: (key) => isMember(this.#chat?.store.active, key),
      life: () => this.#late.rowLife,
      retry: (id) => this.#late.again(id),
      discard: (id) => void this.#chat?.withdraw(id),
      resend: (id) => void this.#chat?.resend(id),
      unfold: (keys) => {
        unfold(this.#chat?.store.active, keys);
        this.update();
      },
      attached: (said) => this.#files.here?.attached(said),
    },
    onScroll: () => this.#sight.changed(),
  });
  #travel = new Travel(this.#list, this.#drawers, {
    chat: () => this.#chat,
    paint: () => this.#paint(),
    update: () => this.update(),
  });
  #sight = new Sight(this.#list, this.#travel, {
    chat: () => this.#chat,
    read: (chat) => this.#late.around?.places.show(chat.store),
  });
  #files = new LateFiles({
    chat: () => this.#chat,
    update: () => this.update(),
    say: announce,
    emptyDraft: () => this.#composer.set(""),
  });
  /** @type {LateWindow} */
  #late = new LateWindow({
    opener: () => this.#opener,
    files: this.#files,
    keys: {
      places: () => this.#chat?.store.places ?? [],
      active: () => this.#chat?.store.active,
      go: (key) => this.#go(key),
      escape: () => this.#drawers.open ? this.#drawers.close() : this.#composer.focus(),
      end: () => void this.#toEnd(),
      isShown: () => this.shown,
    },
    life: {
      chat: () => this.#chat,
      list: this.#list,
      paint: () => this.#paint(),
      update: () => this.update(),
      say: announce,
      go: (place, seq) => void this.#travel.showMessage(place, seq),
    },
    write: (text) => this.#composer.set(text),
    complain: (text) => this.#chat?.complain(text),
    changed: () => {
      this.update();
      this.#composer.complete();
    },
  });
  #composer = new Composer({
    form: byId("composer", HTMLFormElement),
    input: el.input,
    choices: byId("choices", HTMLElement),
    complete: (before, came) => lateCommands.here?.complete(before, this.#chat?.store, came),
    menu: () => lateCommands.here?.ChoiceMenu,
    submit: (line) => this.#late.submit(line),
    page: (pages) => this.#list.page(pages),
    say: announce,
  });

  /** @param {{ takeOver: () => void }} actions */
  constructor({ takeOver }) {
    this.#takeOver = takeOver;
    this.#bind();
  }

  get shown() {
    return !el.chat.hidden;
  }

  /** @param {Chat} chat */
  use(chat) {
    this.#chat = chat;
    this.#travel.expect();
    void this.#late.come();
  }

  /** Settles when the chat can be shown. */
  whole = () => this.#late.whole();

  reveal() {
    el.chat.hidden = false;
    this.#paint();
    this.#list.toEnd();
    this.#composer.focus();
  }

  /** @param {boolean} [forgets] whether all goes that somebody was writing, read, and where they were */
  hide(forgets = false) {
    if (forgets) {
      this.#composer.empty();
      this.#travel.leave();
      this.#chat = undefined;
    }
    el.chat.hidden = true;
    closeDialog();
    this.#drawers.setSide(false);
  }

  /** @param {Status} status */
  setStatus(status) {
    const was = this.#status.kind;
    this.#status = status;
    clearInterval(this.#clock);
    this.#files.setStatus(status);
    if (status.kind === "online") void this.#late.come();
    if (status.kind === "waiting") this.#clock = setInterval(() => this.update(), 1_000);
    if (status.kind === "online" && was === "connecting" && this.shown) announce("Online.");
    if (status.kind === "waiting" && was === "online") announce("The connection was lost.");
    this.update();
  }

  /** Paints at the next frame, however often it is called before; at once where a page has none. */
  update() {
    this.#files.expect();
    if (el.chat.hidden) return;
    if (document.visibilityState === "hidden") return this.#paint();
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  /** @param {Heard | Done} heard */
  hear(heard) {
    if (heard.kind === "done") return this.#late.hear(heard);
    const isHere = heard.place === this.#chat?.store.active;
    const { kind, name } = heard.place;
    const notify = kind === "room" && this.#chat?.store.account.notifyOf(name);
    tellOf(heard, isHere, heard.addressed && notify !== "none", () => this.#go(heard.place.key));
  }

  /** @param {boolean} goes where the address has led meanwhile @param {string} invite the token in it when the page came */
  async arrive(goes, invite) {
    this.#travel.useUp(invite);
    if (goes) await this.#travel.goOn();
    else this.#travel.forget();
    this.update();
  }

  /** @param {Asked} asked */
  show(asked) {
    switch (asked.kind) {
      case "people":
        // Where they are listed already nothing would answer.
        if (!el.people.hidden) this.#chat?.store.note(asked.text);
        return this.#drawers.setPeople(true);
      case "earlier":
        el.scroller.scrollTop = 0;
        return this.#sight.changed();
      case "choose":
        return this.#files.choose();
      case "end":
        return void this.#toEnd();
      default:
        return void this.#late.show(asked);
    }
  }

  /** What dialogs may do. @returns {Opener | undefined} */
  get #opener() {
    return this.#chat && {
      chat: this.#chat,
      files: this.#files.here,
      update: () => this.update(),
      write: (name) => {
        this.#travel.forget();
        this.#drawers.close();
        this.#chat?.converse(name);
        this.#composer.focus();
      },
      enter: (room, access) => this.#enter(room, access),
      go: (place, seq) => void this.#travel.showMessage(place, seq),
    };
  }

  /** @param {string} room @param {Access} [access] */
  #enter(room, access) {
    this.#travel.forget();
    this.#drawers.close();
    void this.#chat?.enter(room, access).then(() => this.#composer.focus());
  }

  #bind() {
    /** @param {string} id @param {() => void} action */
    const on = (id, action) => byId(id, HTMLElement).addEventListener("click", action);
    on("jump", () => void this.#toEnd());
    on("leave", () => {
      const place = this.#chat?.store.active;
      this.#drawers.closePeople();
      if (place !== undefined) void this.#chat?.leave(place);
    });
    on("banner-button", () => {
      if (this.#status.kind === "ended") this.#takeOver();
      else this.#chat?.link.wake();
    });
    on("attach", () => this.#files.choose());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const chat = this.#chat;
    if (chat === undefined) return;
    const { store, store: { active: place, account, waiting, me } } = chat;
    if (place === undefined) return this.#paintNowhere(chat);
    this.#travel.arrive(place);
    const hasFiles = this.#files.here !== undefined;
    el.filesOpen.hidden = !hasFiles;
    el.attach.hidden = !this.#files.maySend;
    const rows = rowsOf(place, waiting, me, presenceMode(), account.isBlocked);
    this.#list.show(place.key, rows, `${hasFiles} ${this.#late.came} ${me}`);
    void this.#travel.find(place, this.#status.kind === "online");
    this.#sight.watch();
    this.#late.around?.places.show(store);
    this.#late.around?.members.show(place, account);
    paintHead(place, account);
    this.#drawers.showPeople(place.kind === "room");
    this.#late.around?.paintStart(place, this.#status.kind === "online");
    paintAround(this.#status, store, chat.welcome?.title);
    const label = `Message ${place.kind === "room" ? "#" : ""}${inertLine(place.name)}`;
    this.#composer.show(this.#late.draftOf(place) ?? { key: place.key, label });
    this.#late.painted();
    this.#sight.changed();
  }

  /** In no room at all. @param {Chat} chat */
  #paintNowhere({ store, welcome }) {
    this.#travel.arrive(undefined);
    this.#list.show("", [], "");
    this.#late.around?.places.show(store);
    this.#drawers.showPeople(false);
    this.#late.around?.paintNowhere(store.told.stray, this.#status.kind === "online");
    paintAround(this.#status, store, welcome?.title);
    this.#composer.show({ key: "", label: "/join a room" });
    this.#late.painted();
  }

  async #toEnd() {
    await this.#chat?.load("toEnd");
    this.#paint();
    this.#list.toEnd();
    this.#paint();
  }

  /** @param {PlaceKey} key */
  #go(key) {
    this.#travel.forget();
    this.#drawers.setSide(false);
    this.#chat?.show(key);
    this.#composer.focus();
  }
}
