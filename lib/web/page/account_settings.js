// @ts-check
/// <reference lib="dom" />
/** The settings that an account has on all its devices: those devices, its rooms, and whom it has blocked. */

import {
  attempt,
  choice,
  heading,
  isStillShown,
  moment,
  problemView,
  setting,
  toggle,
} from "./controls.js";
import { button, h } from "./dom.js";
import { inertLine } from "../../words/inert.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Notify } from "./account.js" */
/** @import { Chat } from "./chat.js" */
/** @import { Choices } from "./controls.js" */
/** @typedef {EventOf<"devices">["devices"][number]} SignedIn */

/** @type {Choices} */
const NOTIFY = [["all", "All"], ["mentions", "Mentions"], ["none", "Nothing"]];

/**
 * @param {Chat} chat
 * @param {() => void} again makes the dialog anew
 * @returns {Promise<HTMLElement[]>}
 */
export async function accountRows(chat, again) {
  const problem = problemView();
  /** @param {Request} request */
  const ask = (request) =>
    void attempt(problem, async () => {
      await chat.ask(request);
      if (isStillShown(problem)) again();
    });
  const { hideSeen } = chat.store.account;
  return [
    setting(
      "When you were here last",
      "Told to those who share a room with you.",
      toggle(
        hideSeen ? "Hidden" : "Shown",
        hideSeen,
        () => ask({ type: "settings", hideSeen: !hideSeen }),
        "plain",
      ),
    ),
    ...roomRows(chat, ask),
    ...blockedRows(chat, ask),
    heading("Your devices"),
    problem,
    ...await deviceRows(chat, problem, ask),
  ];
}

/** @type {(chat: Chat, ask: (request: Request) => void) => HTMLElement[]} */
function roomRows({ store }, ask) {
  const rooms = store.places.filter(({ kind }) => kind === "room");
  if (rooms.length === 0) return [];
  const rows = rooms.map(({ name }) => {
    const label = `What counts as unread in ${inertLine(name)}`;
    const choose = (/** @type {string | undefined} */ what) =>
      ask({ type: "settings", notify: { [name]: /** @type {Notify} */ (what) } });
    const shown = h("bdi", {}, `# ${inertLine(name)}`);
    return setting(shown, "", choice(label, store.account.notifyOf(name), NOTIFY, choose));
  });
  return [heading("What counts as unread"), ...rows];
}

/** @type {(chat: Chat, ask: (request: Request) => void) => HTMLElement[]} */
function blockedRows({ store }, ask) {
  const { blocked } = store.account;
  if (blocked.length === 0) return [];
  // Two may have had one name, of whom the first has given it back; both are unblocked by it.
  const rows = [...new Set(blocked.map(({ name }) => name))].map((name) => {
    const onclick = () => ask({ type: "unblock", name });
    const label = `Unblock ${inertLine(name)}`;
    const unblock = button({ class: "plain", "aria-label": label, onclick }, "Unblock");
    return setting(h("bdi", {}, inertLine(name)), "", unblock);
  });
  return [heading("Blocked"), ...rows];
}

/**
 * @type {(chat: Chat, problem: HTMLElement, ask: (request: Request) => void) => Promise<HTMLElement[]>}
 */
async function deviceRows(chat, problem, ask) {
  /** @type {readonly SignedIn[]} */
  let devices = [];
  await attempt(problem, async () => {
    const event = await chat.ask({ type: "devices" });
    if (event.type === "devices") devices = event.devices;
  });
  const others = devices.filter((device) => device.this !== true);
  const all = button(
    { class: "plain", onclick: () => ask({ type: "logout", others: true }) },
    "Sign out everywhere else",
  );
  return [
    ...devices.map((device) => deviceRow(device, ask)),
    ...others.length > 0 ? [setting("All other devices", "", all)] : [],
  ];
}

/** @type {(device: SignedIn, ask: (request: Request) => void) => HTMLElement} */
function deviceRow({ device, label, door, since, seen, here, this: isThis }, ask) {
  const name = inertLine(label) || inertLine(door);
  const when = isThis ? "this one" : here ? "here now" : `last here ${shown(seen)}`;
  const hint = `${when} · signed in ${shown(since)}`;
  const onclick = () => ask({ type: "logout", device });
  const out = button(
    { class: "plain", "aria-label": `Sign out ${name}`, onclick },
    "Sign out there",
  );
  return setting(h("bdi", {}, name), hint, isThis !== true && out);
}

/** @type {(at: string) => string} */
function shown(at) {
  return moment.format(new Date(at));
}
