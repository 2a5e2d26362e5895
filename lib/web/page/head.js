// @ts-check
/// <reference lib="dom" />
/** What stands above the messages, and says where one is, how the connection is, and what is unread. */

import { byId, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { sameName } from "../../words/names.js";
import { lateText, lineView } from "./late_text.js";

/** @import { OwnAccount } from "./account.js" */
/** @import { Status } from "./connection.js" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */

/** The parts of the window. */
export const el = {
  chat: byId("chat", HTMLElement),
  side: byId("side", HTMLElement),
  people: byId("people", HTMLElement),
  shade: byId("shade", HTMLElement),
  title: byId("title", HTMLElement),
  topic: byId("topic", HTMLElement),
  about: byId("about", HTMLElement),
  start: byId("start", HTMLElement),
  scroller: byId("scroller", HTMLElement),
  jump: byId("jump", HTMLButtonElement),
  banner: byId("banner", HTMLElement),
  bannerText: byId("banner-text", HTMLElement),
  bannerButton: byId("banner-button", HTMLButtonElement),
  input: byId("input", HTMLTextAreaElement),
  inputLabel: byId("input-label", HTMLElement),
  live: byId("live", HTMLElement),
  elsewhere: byId("elsewhere", HTMLElement),
  attach: byId("attach", HTMLButtonElement),
  filesOpen: byId("files-open", HTMLButtonElement),
  personOpen: byId("person-open", HTMLButtonElement),
  peopleOpen: byId("people-open", HTMLButtonElement),
  sideOpen: byId("side-open", HTMLButtonElement),
  leave: byId("leave", HTMLButtonElement),
  me: byId("me", HTMLElement),
  host: byId("host", HTMLElement),
};

/** @param {Place} place @param {OwnAccount} account */
export function paintHead(place, account) {
  const { kind, name, title, topic, total, gone } = place;
  const shown = inertLine(name);
  const isNotes = kind === "direct" && !gone && sameName(name, account.name);
  setText(el.title, kind === "direct" ? shown : title === "" ? `# ${shown}` : inertLine(title));
  el.title.title = kind === "room" ? `#${shown}` : "";
  paintTopic(
    kind === "room"
      ? topic
      : isNotes
      ? "Notes to yourself, on all your devices."
      : gone
      ? `${shown} is gone; nothing can be written here any more.`
      : "Only the two of you see this.",
  );
  setText(el.me, inertLine(account.name));
  el.personOpen.hidden = kind === "room" || isNotes || gone;
  el.peopleOpen.hidden = kind === "direct";
  setText(el.peopleOpen, total === 1 ? "1 person" : `${total.toLocaleString("en")} people`);
  setText(el.leave, kind === "room" ? "Leave this room" : "Close this conversation");
  setText(el.inputLabel, `Message to ${shown}`);
  el.scroller.setAttribute("aria-label", `Messages in ${shown}`);
}

/** What the topic that is shown was painted from. @type {{ topic?: string, views?: unknown }} */
let shownTopic = {};

/**
 * The topic, with its links: in one line above the messages, and whole above the people.
 * @param {string} topic
 */
export function paintTopic(topic) {
  const views = lateText.here;
  if (shownTopic.topic === topic && shownTopic.views === views) return;
  shownTopic = { topic, views };
  el.topic.title = inertLine(topic);
  const view = () => h("bdi", {}, ...lineView(topic));
  el.topic.replaceChildren(view());
  el.about.replaceChildren(view());
  el.about.hidden = topic === "";
}

/**
 * What holds wherever one is.
 * @param {Status} status
 * @param {Store} store
 * @param {string | undefined} server what it is called
 */
export function paintAround(status, store, server) {
  paintBanner(status, store);
  paintCounts(store, server);
}

/**
 * How the connection is, where there is something to say about it.
 * @param {Status} status @param {Store} store
 */
function paintBanner({ kind, text, retryAt = 0 }, { session, unsent }) {
  el.chat.classList.toggle("offline", kind !== "online");
  el.banner.hidden = kind === "online" || (kind === "connecting" && session === "");
  el.banner.classList.toggle("error", kind === "ended");
  if (el.banner.hidden) return;
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000));
  const count = unsent.length === 1 ? "One message waits" : `${unsent.length} messages wait`;
  const kept = unsent.length === 0 ? "" : ` ${count} to be sent.`;
  const told = {
    connecting: `Connecting…${kept}`,
    waiting: `${inertLine(text)} Trying again in ${seconds} s.${kept}`,
    ended: "You went on in another tab or window.",
    online: "",
  };
  setText(el.bannerText, told[kind]);
  el.bannerButton.hidden = kind === "connecting";
  setText(el.bannerButton, kind === "ended" ? "Go on here" : "Try now");
}

/**
 * What is unread: in the title, on the page's icon, and on the button that leads to the other rooms.
 * @param {Store} store
 * @param {string | undefined} server what it is called
 */
function paintCounts({ unread, active, places, account }, server = "") {
  setText(el.host, inertLine(server) || location.host);
  const here = `${inertLine(active?.name ?? "")} · ${inertLine(server) || "chatroom"}`;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${here}`;
  paintBadge(places.reduce((sum, place) => sum + account.callsIn(place), 0));
  const elsewhere = unread - (active === undefined ? 0 : account.newsIn(active));
  const strong = places.some((place) => place !== active && account.callsIn(place) > 0);
  el.elsewhere.hidden = elsewhere === 0;
  el.elsewhere.classList.toggle("strong", strong);
  setText(el.elsewhere, elsewhere > 99 ? "99+" : String(elsewhere));
  const label = `Rooms and conversations${elsewhere > 0 ? `, ${elsewhere} unread` : ""}`;
  el.sideOpen.setAttribute("aria-label", label);
}

let badge = 0;

/** What is meant for us alone, on the icon of a page that was installed. @param {number} count */
function paintBadge(count) {
  if (count === badge) return;
  badge = count;
  navigator.setAppBadge?.(count).catch(() => {});
}

/** @param {HTMLElement} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
