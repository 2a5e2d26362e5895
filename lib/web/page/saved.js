// @ts-check
/// <reference lib="dom" />
/** What survives: in this tab the session and what is typed, on this machine the name and the taste. */

import { nameKey } from "../../words/names.js";
import { isMessagePost, placeOfPost } from "./pending.js";
import { placeKey } from "./place.js";

/** @import { PresenceMode } from "./rows.js" */
/** @import { Saved } from "./store.js" */
/** @typedef {"name" | "theme" | "notify" | "presence" | "reactions"} Preference */

/** Of direct conversations so many characters are kept, of the 5 million that a tab has. */
const MOST_TALK = 1_000_000;
/** A tab that has not been heard of for longer than this has gone, or sleeps, in ms. */
const AWAKE_MS = 5 * 60_000;
/** A server forgets a device that was not used for so long: of an account, and of a guest, in ms. */
const KEPT_MS = { account: 90 * 86_400_000, guest: 7 * 86_400_000 };
const MOST_ROOMS = 50;
const MOST_DEVICES = 50;
/** With less room than this they are not kept. */
const LEAST_TALK = 1_000;
/** @type {Saved} */
const NOTHING = {
  name: "",
  session: "",
  epoch: "",
  direct: 0,
  waiting: [],
  active: "",
  rooms: [],
  directs: [],
};
/** In which form it is kept. The first had none, and knew a place by the key of its name. */
const FORM = 2;

/**
 * What is kept, or `undefined`: a browser may forbid storage, and another version of the page may have
 * kept it in another form.
 * @template T
 * @param {() => T} find
 */
function attempt(find) {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** @type {(storage: "sessionStorage" | "localStorage", key: string) => string | undefined} */
function read(storage, key) {
  return attempt(() => globalThis[storage].getItem(`chatroom.${key}`) ?? undefined);
}

/**
 * A browser may also have no room left: then things are forgotten, and that is all.
 * @param {"sessionStorage" | "localStorage"} storage
 * @param {string} key
 * @param {string | undefined} value `undefined` deletes it.
 * @returns {boolean} whether it was done
 */
function write(storage, key, value) {
  try {
    if (value === undefined) globalThis[storage].removeItem(`chatroom.${key}`);
    else globalThis[storage].setItem(`chatroom.${key}`, value);
    return true;
  } catch {
    return false;
  }
}

/** @param {Preference} key */
export function preference(key) {
  return read("localStorage", key);
}

/** @param {Preference} key @param {string | undefined} value */
export function setPreference(key, value) {
  write("localStorage", key, value);
}

/** @returns {Saved | undefined} */
export function savedSession() {
  const session = read("sessionStorage", "session");
  if (session === undefined) return undefined;
  return attempt(() => unpacked(session, read("sessionStorage", "talks") ?? "[]"));
}

/**
 * Remembers the session that this browser used last. Another tab takes it up, or goes on beside it;
 * so does the browser when it was closed. What was written is not remembered, which the tab itself keeps.
 * @param {Saved} session
 * @param {boolean} [isFree] whether no tab has it any more
 */
export function rememberSession(session, isFree = false) {
  const { name, session: secret, account } = session;
  // What an account has is the server's, but for who it is.
  const kept = account === undefined
    ? { ...session, waiting: [] }
    : { ...NOTHING, name, session: secret, account };
  const text = sessionText(kept);
  write("localStorage", "last", JSON.stringify({ at: Date.now(), isFree, text }));
}

/** Takes up what this browser used last: a tab that comes at the same time goes on beside it. */
export function claimLast() {
  attempt(() => {
    const last = JSON.parse(read("localStorage", "last") ?? "");
    write("localStorage", "last", JSON.stringify({ ...last, at: Date.now(), isFree: false }));
  });
}

/**
 * `isInUse`: another tab of this browser has it.
 * @returns {{ saved: Saved, isInUse: boolean } | undefined}
 */
export function lastSession() {
  return attempt(() => {
    const { at, isFree = false, text } = JSON.parse(read("localStorage", "last") ?? "{}");
    const saved = unpacked(text, "[]");
    const age = Date.now() - at;
    const keptMs = saved.account === undefined ? KEPT_MS.guest : KEPT_MS.account;
    if (!(age < keptMs)) return undefined;
    return { saved, isInUse: !isFree && age < AWAKE_MS };
  });
}

/**
 * Notes a device of an account that a tab of this browser is, and is again when it is brought back
 * after it was closed.
 * @param {string} account @param {string} device
 */
export function noteDevice(account, device) {
  const others = allDevicesHere().filter(([, other]) => other !== device);
  keepDevices([[account, device], ...others].slice(0, MOST_DEVICES));
}

/** Accounts and their devices, the latest first. @returns {string[][]} */
export function allDevicesHere() {
  return attempt(() => [...JSON.parse(read("localStorage", "devices") ?? "[]")]) ?? [];
}

/** @param {string[][]} devices */
export function keepDevices(devices) {
  const text = devices.length === 0 ? undefined : JSON.stringify(devices);
  write("localStorage", "devices", text);
}

/** Tells the other tabs that somebody signs out here. @param {string} account */
export function tellSignedOut(account) {
  write("localStorage", "signed-out", `${account} ${Date.now()}`);
}

/**
 * Whether what has changed on this machine says that an account signs out in another tab.
 * @type {(change: { readonly key: string | null, readonly newValue: string | null }, account: string) => boolean}
 */
export function isSignOut({ key, newValue }, account) {
  const isOurs = account !== "" && newValue?.split(" ")[0] === account;
  return key === "chatroom.signed-out" && isOurs;
}

/** Forgets what whoever comes next is not to see of somebody who has signed out. */
export function forgetTraces() {
  write("localStorage", "rooms", undefined);
  const keys = attempt(() => Object.keys(globalThis.sessionStorage)) ?? [];
  for (const key of keys) {
    if (key.startsWith("chatroom.draft ")) write("sessionStorage", key.slice(9), undefined);
  }
}

/** Who leaves is not to be taken up again. */
export function forgetLast() {
  write("localStorage", "last", undefined);
}

/** Forgets the session of this tab and all that was said in it. */
export function forgetSession() {
  write("sessionStorage", "session", undefined);
  write("sessionStorage", "talks", undefined);
}

/**
 * Keeps what is not sent before what was said: where there is not room for both, the conversations
 * give way.
 * @param {Saved} session
 * @returns {boolean} whether there was room for what must not be lost
 */
export function saveSession(session) {
  const text = sessionText(session);
  let isKept = write("sessionStorage", "session", text);
  if (!isKept) {
    write("sessionStorage", "talks", undefined);
    isKept = write("sessionStorage", "session", text);
  }
  // Conversations that are newer than the rest would be counted twice.
  if (!isKept) return false;
  for (let most = MOST_TALK; most >= LEAST_TALK; most /= 4) {
    if (write("sessionStorage", "talks", talksText(session.directs, most))) return true;
  }
  write("sessionStorage", "talks", undefined);
  return true;
}

/** @returns {PresenceMode} */
export function presenceMode() {
  const chosen = preference("presence");
  return chosen === "each" || chosen === "none" ? chosen : "folded";
}

/** The rooms that this browser was in, the last one first. @returns {string[]} */
export function visitedRooms() {
  return attempt(() => {
    const rooms = JSON.parse(read("localStorage", "rooms") ?? "[]");
    return rooms.filter((/** @type {unknown} */ room) => typeof room === "string");
  }) ?? [];
}

/** @param {string} room */
export function noteVisit(room) {
  const others = visitedRooms().filter((other) => other !== room);
  write("localStorage", "rooms", JSON.stringify([room, ...others].slice(0, MOST_ROOMS)));
}

/** @param {string} place */
export function draft(place) {
  return read("sessionStorage", `draft ${place}`) ?? "";
}

/** @param {string} place @param {string} text */
export function saveDraft(place, text) {
  write("sessionStorage", `draft ${place}`, text === "" ? undefined : text);
}

/**
 * What must not be lost, as text: who we are, where, and what is not sent yet.
 * @type {(saved: Saved) => string}
 */
function sessionText(saved) {
  return JSON.stringify({ ...saved, directs: [], form: FORM });
}

/**
 * The conversations, with the newest of their messages in so many characters.
 * @type {(directs: Saved["directs"], most: number) => string}
 */
function talksText(directs, most) {
  let left = most;
  const newest = directs
    .flatMap(({ messages }) => messages)
    .sort((a, b) => b.at.localeCompare(a.at))
    .filter((message) => (left -= JSON.stringify(message).length) >= 0);
  const kept = new Set(newest);
  return JSON.stringify(
    directs.map((each) => ({ ...each, messages: each.messages.filter((m) => kept.has(m)) })),
  );
}

/** @type {(session: string, talks: string) => Saved} */
function unpacked(session, talks) {
  const { form, ...saved } = JSON.parse(session);
  if (form !== FORM) return upgraded(saved);
  return { ...saved, directs: JSON.parse(talks) };
}

/**
 * @param {Saved & { active: string }} saved by a page of version 0.1
 * @returns {Saved}
 */
function upgraded({ active, waiting, directs, ...saved }) {
  const isDirect = directs.some(({ name }) => `@${nameKey(name)}` === active);
  const shown = isDirect ? placeKey("direct", active.slice(1)) : placeKey("room", active);
  return {
    ...saved,
    directs,
    waiting: waiting.flatMap((each) =>
      isMessagePost(each.post) ? { ...each, place: placeOfPost(each.post) } : []
    ),
    active: active === "" ? "" : shown,
  };
}
