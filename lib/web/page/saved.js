// @ts-check
/// <reference lib="dom" />
/** What survives: in this tab the session and what is typed, on this machine the name and the taste. */

/**
 * A browser may forbid storage, or have no room left: then things are forgotten, and that is all.
 * @param {"sessionStorage" | "localStorage"} storage
 * @param {string} key
 * @returns {string | undefined}
 */
function read(storage, key) {
  try {
    return globalThis[storage].getItem(`chatroom.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {"sessionStorage" | "localStorage"} storage
 * @param {string} key
 * @param {string | undefined} value `undefined` deletes it.
 */
function write(storage, key, value) {
  try {
    if (value === undefined) globalThis[storage].removeItem(`chatroom.${key}`);
    else globalThis[storage].setItem(`chatroom.${key}`, value);
  } catch {
    // As said above.
  }
}

/** @typedef {"name" | "theme" | "notify"} Preference */

/** @param {Preference} key */
export function preference(key) {
  return read("localStorage", key);
}

/**
 * @param {Preference} key
 * @param {string | undefined} value
 */
export function setPreference(key, value) {
  write("localStorage", key, value);
}

/** @returns {import("./store.js").Saved | undefined} */
export function savedSession() {
  try {
    return JSON.parse(read("sessionStorage", "session") ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param {import("./store.js").Saved | undefined} session */
export function saveSession(session) {
  write("sessionStorage", "session", session && JSON.stringify(session));
}

/** @param {string} place */
export function draft(place) {
  return read("sessionStorage", `draft ${place}`) ?? "";
}

/**
 * @param {string} place
 * @param {string} text
 */
export function saveDraft(place, text) {
  write("sessionStorage", `draft ${place}`, text === "" ? undefined : text);
}
