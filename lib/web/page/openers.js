// @ts-check
/// <reference lib="dom" />
/**
 * Opens what lies over the page. It comes when somebody joins, and what is seldom looked at when it is,
 * so that a first visit takes less.
 */

import { byId } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { el } from "./head.js";
import { lateStyles } from "./late.js";
import { visitedRooms } from "./saved.js";

/** @import { Asked } from "./asked.js" */
/** @import { Opener } from "./controls.js" */
/** @import { Found } from "./dialogs.js" */

/** @type {Found} */
const NOTHING_FOUND = { query: "", messages: undefined, more: false, ignored: [] };
const dialogs = () => import("./dialogs.js");
const people = () => import("./people_dialog.js");

export class Openers {
  #opener;
  #notHere;

  /**
   * @param {() => Opener | undefined} opener what there is now; nothing before a chat
   * @param {string} notHere what is told where something does not come
   */
  constructor(opener, notHere) {
    this.#opener = opener;
    this.#notHere = notHere;
    /** @param {string} id @param {(opener: Opener) => unknown} open */
    const on = (id, open) =>
      byId(id, HTMLElement).addEventListener(
        "click",
        () => this.#open(async (now) => await open(now)),
      );
    byId("dialog-close", HTMLElement).addEventListener("click", closeDialog);
    on("rooms-open", ({ chat }) => chat.run({ type: "rooms" }));
    on("search-open", (now) => showFound(NOTHING_FOUND, now));
    on("settings-open", async (now) => (await import("./settings.js")).openSettings(now));
    on("files-open", (now) => now.files?.open(now));
    on("write-open", async (now) => (await people()).openWrite(now));
    on("room-open", async (now) => (await import("./room_dialog.js")).openRoom(now));
    on(
      "person-open",
      ({ chat }) => chat.run({ type: "whois", name: chat.store.active?.name ?? "" }),
    );
    on("missed-open", ({ chat }) => chat.run({ type: "missed" }));
    on(
      "chats-more",
      ({ chat }) => chat.run({ type: "chats", before: chat.store.placeList.oldestNews }),
    );
    byId("dialog", HTMLElement).addEventListener("close", ({ target }) => {
      // What opened it may be gone meanwhile. On a phone the field would bring the keyboard.
      const { activeElement: focused, body } = document;
      if (focused !== body && !(target instanceof Node && target.contains(focused))) return;
      (matchMedia("(pointer: coarse)").matches ? el.scroller : el.input).focus();
    });
    byId("dialog", HTMLElement).addEventListener("click", (event) => {
      if (event.target === event.currentTarget) closeDialog();
    });
  }

  /** @param {Exclude<Asked, { kind: "people" | "end" | "earlier" | "choose" | "edit" }>} asked */
  show(asked) {
    this.#open(async (now) => {
      switch (asked.kind) {
        case "help":
          return showHelpAbout(asked.topic ?? "", now);
        case "rooms":
          return (await dialogs()).showRooms(
            asked.rooms,
            visitedRooms(),
            now.enter,
            now.chat.store.account.id !== "",
          );
        case "found":
          return showFound(asked, now);
        case "files":
          return now.files?.open(now);
        case "person":
          return (await people()).showPerson(asked.person, now);
        case "pins":
          return (await import("./life/life_dialogs.js")).showPins(asked.page, now);
        case "reactions":
          return (await import("./life/life_dialogs.js")).showReactions(asked.event);
        case "missed":
          return (await import("./missed_dialog.js")).showMissed(asked.page, now);
      }
    });
  }

  /** @param {(opener: Opener) => Promise<unknown>} open */
  #open(open) {
    const now = this.#opener();
    if (now === undefined) return;
    lateStyles.come().then(() => open(now)).catch(() => now.chat.complain(this.#notHere));
  }
}

/** @type {(topic: string, opener: Opener) => Promise<void>} */
async function showHelpAbout(topic, { chat }) {
  const told = (await dialogs()).showHelp(topic);
  if (told !== undefined) chat.complain(told);
}

/** @type {(found: Found, opener: Opener) => Promise<void>} */
async function showFound(found, { chat, go }) {
  (await dialogs()).showSearch(found, {
    search: (query) => void chat.run({ type: "search", query }),
    open: (message) => go(chat.store.placeList.at(message), message.seq),
  });
}
