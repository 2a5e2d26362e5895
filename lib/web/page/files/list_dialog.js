// @ts-check
/// <reference lib="dom" />
/** The files that were sent in a room or a conversation, the newest first. It comes when it is opened. */

import { attempt, isStillShown, moment, problemView } from "../controls.js";
import { openDialog } from "../dialogs.js";
import { button, h } from "../dom.js";
import { closeDialog } from "../drawers.js";
import { captionOf } from "../../../words/files.js";
import { inertLine } from "../../../words/inert.js";
import { placeLog } from "../place.js";
import { placeLabel } from "./words.js";

/** @import { Message } from "../../../wire/events.ts" */
/** @import { Opener } from "../controls.js" */
/** @import { Place } from "../place.js" */
/** @import { FileViews } from "./view.js" */

const PAGE = 50;

/**
 * @param {Opener} opener
 * @param {FileViews} views
 */
export async function openFileList(opener, views) {
  const place = opener.chat.store.active;
  if (place === undefined) return;
  const list = h("ul", { class: "files" });
  const problem = problemView();
  const none = h("p", { class: "none", hidden: true }, "No files were sent here yet.");
  const more = button({ class: "plain", hidden: true, onclick: () => void bring() }, "Show more");
  let before = 0;
  const bring = () =>
    attempt(problem, async () => {
      const log = placeLog(place);
      const messages = log === undefined ? [] : await bringPage(opener, log, before, more);
      before = messages[0]?.seq ?? before;
      list.append(...messages.toReversed().map((each) => fileRow(each, place, opener, views)));
      none.hidden = list.childElementCount > 0;
    });
  openDialog(`Files in ${placeLabel(place)}`, list, none, problem, more);
  await bring();
  if (isStillShown(list)) list.querySelector("button")?.focus();
}

/**
 * Those before a message, or the last.
 * @type {(opener: Opener, log: { room: string } | { chat: string }, before: number, more: HTMLElement) =>
 *   Promise<readonly Message[]>}
 */
async function bringPage({ chat }, log, before, more) {
  const page = await chat.link.ask({
    type: "history",
    ...log,
    files: true,
    limit: PAGE,
    ...(before > 0 ? { before } : {}),
  });
  if (page.type !== "page") return [];
  more.hidden = !page.more;
  return page.messages;
}

/** @type {(message: Message, place: Place, opener: Opener, views: FileViews) => HTMLElement | string} */
function fileRow({ file, text, from, at, seq }, place, { go }, views) {
  if (file === undefined) return "";
  const show = () => {
    closeDialog();
    go(place, seq);
  };
  const label = `Show where ${inertLine(file.name)} was sent`;
  const row = views.row(
    file,
    button({ class: "plain", "aria-label": label, onclick: show }, "Show"),
  );
  const who = h(
    "span",
    { class: "meta" },
    h("bdi", {}, inertLine(from)),
    `, ${moment.format(new Date(at))}`,
  );
  const caption = inertLine(captionOf(text, file));
  const said = caption !== "" && h("span", { class: "file-said", dir: "auto" }, caption);
  row.querySelector(".file-about")?.append(...said ? [said, who] : [who]);
  return h("li", {}, row);
}
