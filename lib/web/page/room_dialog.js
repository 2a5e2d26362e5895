// @ts-check
/// <reference lib="dom" />
/**
 * What a room is, and who may enter it: for whoever is in it to see, and for its hosts to change. It
 * comes when it is opened.
 */

import { attempt, choice, isStillShown, moment, problemView, setting, toggle } from "./controls.js";
import { ACCESS, lineForm, openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { closeDialog } from "./drawers.js";
import { inertLine } from "../../words/inert.js";
import { sameName } from "../../words/names.js";
import { guestRows } from "./invite_dialog.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Access, Choices } from "./controls.js" */
/** @import { Opener } from "./controls.js" */
/** @import { Place } from "./place.js" */
/** @import { RoomView } from "./invite_dialog.js" */

const ACCESS_HINTS = /** @type {Record<string, string>} */ ({
  open: "Everybody finds it and may enter.",
  unlisted: "Who knows its name may enter; it is in no list.",
  invite: "Only who was invited may enter, and see what is said.",
});
/** @type {Choices} */
const SLOW = [["0", "Off"], ["10", "10 s"], ["60", "1 min"], ["300", "5 min"]];

/** @param {Opener} opener */
export async function openRoom(opener) {
  const place = opener.chat.store.active;
  if (place?.kind !== "room") return;
  await showRoom(opener, place, problemView());
}

/**
 * @type {(opener: Opener, place: Place, problem: HTMLElement, made?: HTMLElement) => Promise<void>}
 *   `made`: a link that was just made
 */
async function showRoom(opener, place, problem, made) {
  const { chat } = opener;
  const { account } = chat.store;
  /** @type {EventOf<"room"> | undefined} */
  let room;
  await attempt(problem, async () => {
    const event = await chat.ask({ type: "room", room: place.name });
    if (event.type === "room") room = event;
  });
  if (room === undefined) {
    return openDialog(`# ${inertLine(place.name)}`, problem, topicView(place));
  }
  const isHost = room.hosts.some((host) => sameName(host, account.name));
  /** @type {RoomView} */
  const view = {
    opener,
    place,
    room,
    mayChange: account.id !== "" &&
      (isHost || account.role === "owner" || account.role === "operator"),
    problem,
    made,
    linked: (made) => showRoom(opener, place, problem, made),
    ask: (request, toldOf) =>
      void attempt(problem, async () => {
        const event = await chat.ask(request);
        if (!isStillShown(problem)) return;
        await showRoom(opener, place, problem);
        problem.textContent = toldOf?.(event) ?? "";
      }),
  };
  openDialog(
    `# ${inertLine(place.name)}`,
    ...aboutRows(view),
    problem,
    ...view.mayChange ? hostRows(view) : [],
    ...await guestRows(view),
    ...account.role === "owner" ? [removeRow(view)] : [],
  );
}

/** @type {(place: Place) => HTMLElement | undefined} */
function topicView({ topic, topicBy, topicAt }) {
  if (topic === "") return undefined;
  const by = topicBy === undefined ? "" : ` by ${inertLine(topicBy)}`;
  const at = topicAt === undefined ? "" : `, ${moment.format(new Date(topicAt))}`;
  return setting(h("bdi", {}, inertLine(topic)), `The topic${by}${at}.`);
}

/** What everybody may see. @type {(view: RoomView) => Array<HTMLElement | undefined>} */
function aboutRows({ place, room, mayChange }) {
  const { access, hosts, slow = 0, quiet, topicLocked, title } = room;
  const label = ACCESS.find(([value]) => value === access)?.[1] ?? access;
  const rules = [
    slow > 0 ? `One message in ${slow.toLocaleString("en")} s from each.` : "",
    quiet === true ? "Only hosts speak." : "",
    topicLocked === true ? "Only hosts set the topic." : "",
  ].filter((rule) => rule !== "");
  return [
    title !== undefined && title !== "" ? h("p", {}, h("bdi", {}, inertLine(title))) : undefined,
    topicView(place),
    ...mayChange ? [] : [setting(label, [ACCESS_HINTS[access] ?? "", ...rules].join(" "))],
    hosts.length > 0
      ? setting(hosts.length === 1 ? "Its host" : "Its hosts", hosts.map(inertLine).join(", "))
      : undefined,
  ];
}

/** What its hosts may change. @type {(view: RoomView) => HTMLElement[]} */
function hostRows(view) {
  const { room: { room, access, title = "", topicLocked = false, slow = 0, quiet = false }, ask } =
    view;
  /** @param {Omit<RequestOf<"room">, "type" | "room">} change */
  const change = (change) => ask({ type: "room", room, ...change });
  const named = {
    "aria-label": "What the room is called for people",
    placeholder: "A title",
    value: title,
    maxlength: 80,
  };
  const handed = {
    "aria-label": "The reserved name of the next host",
    placeholder: "A reserved name",
    maxlength: 64,
  };
  /** @type {(label: string, isOn: boolean, next: Omit<RequestOf<"room">, "type" | "room">) => HTMLElement} */
  const onOff = (label, isOn, next) =>
    toggle(isOn ? "On" : "Off", isOn, () => change(next), `plain ${label}`);
  return [
    setting(
      "Who may enter",
      ACCESS_HINTS[access] ?? "",
      choice("Who may enter", access, ACCESS, (value) => void setAccess(view, value ?? access)),
    ),
    setting("Title", "", lineForm(named, "Set", (line) => change({ title: line }))),
    setting(
      "Only hosts set the topic",
      "",
      onOff("topic", topicLocked, { topicLocked: !topicLocked }),
    ),
    setting("Only hosts speak", "", onOff("quiet", quiet, { quiet: !quiet })),
    setting(
      "Slow",
      "The time between two messages of one person.",
      choice("Slow", String(slow), SLOW, (value) => change({ slow: Number(value) })),
    ),
    setting(
      "Hand the room over",
      "The other hosts it then.",
      lineForm(handed, "Hand over", (line) => line !== "" && change({ host: line })),
    ),
  ];
}

/**
 * Opens a room, or closes it; what was said by invitation is shown to all only if somebody says so.
 * @param {RoomView} view
 * @param {string} access
 */
async function setAccess({ opener, place, problem, ask }, access) {
  /** @type {RequestOf<"room">} */
  const request = { type: "room", room: place.name, access: /** @type {Access} */ (access) };
  let isSecret = false;
  await attempt(problem, async () => {
    try {
      await opener.chat.ask(request);
    } catch (error) {
      isSecret = /** @type {{ code?: string }} */ (error).code === "would-reveal";
      throw error;
    }
    if (!isStillShown(problem)) return;
    await showRoom(opener, place, problem);
  });
  if (!isSecret) return;
  const onclick = () => ask({ ...request, reveal: true });
  problem.append(" ", button({ class: "plain", onclick }, "Show it to everybody"));
}

/** @type {(view: RoomView) => HTMLElement} */
function removeRow({ opener, place, problem }) {
  const { chat } = opener;
  const remove = () =>
    void attempt(problem, async () => {
      await chat.ask({ type: "room", room: place.name, remove: true });
      closeDialog();
    });
  const sure = () => {
    problem.textContent = "All that was said in it is gone for good then. ";
    problem.append(button({ class: "plain", onclick: remove }, "Remove it for good"));
    problem.scrollIntoView({ block: "nearest" });
  };
  return setting(
    "Remove",
    "The room and all that was said in it.",
    button({ class: "plain", onclick: sure }, "Remove the room"),
  );
}
