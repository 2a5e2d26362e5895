// @ts-check
/// <reference lib="dom" />
/**
 * Opens what lies over the page. What is seldom looked at comes from the server when it is, so that a
 * first visit takes less.
 */

import { byId } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { lateStyles } from "./late.js";
import { visitedRooms } from "./saved.js";

/** @import { Asked } from "./asked.js" */
/** @import { Opener } from "./controls.js" */
/** @import { Found } from "./dialogs.js" */

/** @type {Found} */
const NOTHING_FOUND = { query: "", messages: undefined, more: false, ignored: [] };
const NOT_HERE = "This can't be shown: the server did not send that part of the page. " +
  "Load the page anew when it is there again.";

const dialogs = () => import("./dialogs.js");
const people = () => import("./people_dialog.js");

export class Openers {
  #opener;

  /** @param {() => Opener | undefined} opener what there is now; nothing before a chat */
  constructor(opener) {
    this.#opener = opener;
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
    byId("dialog", HTMLElement).addEventListener("click", (event) => {
      if (event.target === event.currentTarget) closeDialog();
    });
  }

  /** @param {Exclude<Asked, { kind: "people" | "end" | "earlier" | "choose" }>} asked */
  show(asked) {
    this.#open(async (now) => {
      switch (asked.kind) {
        case "help":
          return (await dialogs()).showHelp();
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
        case "missed":
          return (await import("./missed_dialog.js")).showMissed(asked.page, now);
      }
    });
  }

  /** @param {(opener: Opener) => Promise<unknown>} open */
  #open(open) {
    const now = this.#opener();
    if (now === undefined) return;
    lateStyles.come().then(() => open(now)).catch(() => now.chat.complain(NOT_HERE));
  }
}

/** @type {(found: Found, opener: Opener) => Promise<void>} */
async function showFound(found, { chat, go }) {
  (await dialogs()).showSearch(found, {
    search: (query) => void chat.run({ type: "search", query }),
    open: (message) => go(chat.store.placeList.at(message), message.seq),
  });
}
