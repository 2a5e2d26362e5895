// @ts-check
/// <reference lib="dom" />
/** Whom a room was opened to: people by name, and whoever has a link. It comes with the dialog of the room. */

import { attempt, choice, heading, isStillShown, moment, setting, toggle } from "./controls.js";
import { lineForm } from "./dialogs.js";
import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { copyText } from "./life/clipboard.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Choices, Opener } from "./controls.js" */
/** @import { Place } from "./place.js" */
/**
 * `ask`: asks, makes the dialog anew, and tells of the answer. `mayChange`: whether one is a host of
 * it, or more.
 * @typedef {object} RoomView
 * @property {Opener} opener
 * @property {Place} place
 * @property {EventOf<"room">} room
 * @property {boolean} mayChange
 * @property {HTMLElement} problem
 * @property {HTMLElement | undefined} made a link that was just made, to be seen only now
 * @property {(made: HTMLElement) => Promise<void>} linked makes the dialog anew, with such a link
 * @property {(request: Request, toldOf?: (event: Event) => string) => void} ask
 */
/** @typedef {EventOf<"invites">} Invites */

const DAY_MS = 86_400_000;
/** @type {Choices} */
const HOW_LONG = [["1", "A day"], ["7", "A week"], ["30", "30 days"], [undefined, "For ever"]];
/** @type {Choices} */
const HOW_OFTEN = [["1", "Once"], ["10", "10 times"], [undefined, "Always"]];

/** @type {(view: RoomView) => Promise<Array<HTMLElement | undefined>>} */
export async function guestRows(view) {
  const { opener: { chat }, room: { room, access }, mayChange, problem, ask } = view;
  // Where not everybody may enter, its hosts invite.
  if (!mayChange && (access === "invite" || chat.store.account.id === "")) return [];
  /** @type {Invites | undefined} */
  let invites;
  if (mayChange) {
    await attempt(problem, async () => {
      const event = await chat.ask({ type: "invites", room });
      if (event.type === "invites") invites = event;
    });
  }
  const field = {
    "aria-label": "The name of whom you invite",
    placeholder: "A name",
    maxlength: 64,
  };
  const form = lineForm(field, "Invite", (name) => {
    if (name !== "") ask({ type: "invite", room, name }, toldOf);
  });
  return [
    heading("Invite"),
    setting("Somebody by name", "", form),
    linkForm(view),
    view.made,
    ...invitedRows(view, invites),
  ];
}

/** @type {(event: Event) => string} */
function toldOf(event) {
  if (event.type !== "invite") return "";
  const { name = "", messages = 0 } = event;
  const past = messages === 0
    ? ""
    : ` and read the ${messages.toLocaleString("en")} messages in it`;
  return `${inertLine(name)} may enter now${past}.`;
}

/** Makes a link. The server tells it once; the page keeps it until it is loaded anew. @type {(view: RoomView) => HTMLElement} */
function linkForm({ opener: { chat }, room: { room }, problem, linked }) {
  /** @type {{ days: string | undefined, uses: string | undefined, register: boolean }} */
  const wanted = { days: "7", uses: undefined, register: false };
  const place = h("div", { class: "link-form" });
  const make = () =>
    void attempt(problem, async () => {
      const { days, uses, register } = wanted;
      const link = {
        ...(days === undefined ? {} : { forMs: Number(days) * DAY_MS }),
        ...(uses === undefined ? {} : { uses: Number(uses) }),
        ...(register ? { register } : {}),
      };
      const event = await chat.ask({ type: "invite", room, link });
      if (event.type !== "invite" || event.token === undefined) return;
      const made = linkView(keepLink(chat, event), event);
      if (!isStillShown(place)) return;
      await linked(made);
      made.querySelector("input")?.select();
      made.scrollIntoView({ block: "nearest" });
    });
  const paint = () => {
    const { days, uses, register } = wanted;
    place.replaceChildren(
      setting("A link for whoever has it", "How long, and how often it lets somebody in."),
      choice("How long", days, HOW_LONG, (value) => paintWith({ days: value })),
      choice("How often", uses, HOW_OFTEN, (value) => paintWith({ uses: value })),
      toggle("May reserve a name", register, () => paintWith({ register: !register }), "plain"),
      button({ class: "primary", onclick: make }, "Make a link"),
    );
  };
  const paintWith = (/** @type {Partial<typeof wanted>} */ change) => {
    Object.assign(wanted, change);
    const { textContent = "" } = document.activeElement ?? {};
    paint();
    [...place.querySelectorAll("button")].find((each) => each.textContent === textContent)?.focus();
  };
  paint();
  return place;
}

/**
 * The links that somebody has made here, by their ids: nobody can be told them again.
 * @type {WeakMap<Opener["chat"], Map<string, string>>}
 */
const keptLinks = new WeakMap();

/** @type {(chat: Opener["chat"], made: EventOf<"invite">) => string} */
function keepLink(chat, { link = "", token }) {
  const url = new URL(document.baseURI);
  url.hash = `invite=${token}`;
  const kept = keptLinks.get(chat) ?? new Map();
  keptLinks.set(chat, kept.set(link, url.href));
  return url.href;
}

/** @type {(url: string, made: EventOf<"invite">) => HTMLElement} */
function linkView(url, { until, uses }) {
  const field = h("input", { readonly: true, value: url, "aria-label": "The link" });
  const often = uses === undefined ? "as often as wanted" : uses === 1 ? "once" : `${uses} times`;
  const row = h("div", { class: "line" }, field, copyButton(url, "Copy", "primary"));
  const told = `It lets somebody in ${often}, ${howLong(until)}. You can copy it below, too, ` +
    "until this page is loaded anew; after that nobody can see it again.";
  return h("div", { class: "made" }, row, h("small", {}, told));
}

/** Says on itself whether it has copied. @type {(text: string, label: string, kind: string) => HTMLElement} */
function copyButton(text, label, kind) {
  const onclick = async () => {
    view.textContent = await copyText(text) ? "Copied" : "It can't be copied";
  };
  const view = button({ class: kind, "aria-live": "polite", onclick }, label);
  return view;
}

/** @type {(until: string | undefined) => string} */
function howLong(until) {
  return until === undefined ? "for ever" : `until ${moment.format(new Date(until))}`;
}

/** @type {(link: Invites["links"][number]) => string} */
function howOften({ uses, used }) {
  if (uses !== undefined) return `used ${used} of ${uses} times`;
  return used === 0 ? "not used yet" : used === 1 ? "used once" : `used ${used} times`;
}

/** @type {(view: RoomView, invites: Invites | undefined) => HTMLElement[]} */
function invitedRows({ opener: { chat }, room: { room }, ask }, invites) {
  if (invites === undefined) return [];
  const members = invites.members.map(({ name, by, at }) => {
    const label = `Take back the invitation of ${inertLine(name)}`;
    const onclick = () => ask({ type: "uninvite", room, name });
    const back = button({ class: "plain", "aria-label": label, onclick }, "Take back");
    const hint = `invited by ${inertLine(by)}, ${moment.format(new Date(at))}`;
    return setting(h("bdi", {}, inertLine(name)), by === "" ? "" : hint, back);
  });
  const links = invites.links.map((link) => {
    const url = keptLinks.get(chat)?.get(link.link);
    const onclick = () => ask({ type: "uninvite", room, link: link.link });
    const revoke = button(
      { class: "plain", "aria-label": `Revoke the link ${link.link}`, onclick },
      "Revoke",
    );
    const made = [`made by ${inertLine(link.by)}`, howOften(link)];
    if (link.register) made.push("who comes by it may reserve a name");
    return setting(
      `A link ${howLong(link.until)}`,
      made.join(", "),
      url !== undefined && copyButton(url, "Copy", "plain"),
      revoke,
    );
  });
  return [
    ...members.length > 0 ? [heading("Invited"), ...members] : [],
    ...links.length > 0 ? [heading("Links"), ...links] : [],
  ];
}
