// @ts-check
/** The commands for names, and for what one person may do to another. Pure. */

import { ask, roomName, splitName, wrong } from "./parsed.js";

/** @typedef {import("./parsed.js").Parse} Parse */
/** @typedef {import("./parsed.js").Parsed} Parsed */
/** @typedef {import("./parsed.js").Place} Place */

/** @type {Readonly<Record<string, number>>} */
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const MAX_AUDIT = 200;

/** @type {Readonly<Record<string, Parse>>} */
export const PEOPLE_PARSERS = {
  register: secret("register"),
  login: secret("login"),
  passwd: secret("passwd"),
  unregister: () => ask({ type: "unregister" }),
  kick: deed("kick", false),
  ban: deed("ban", true),
  unban: deed("unban", false),
  mute: deed("mute", true),
  unmute: deed("unmute", false),
  bans: (_, { room }) => ask(room === "" ? { type: "bans" } : { type: "bans", room }),
  op: deed("op", false),
  deop: deed("deop", false),
  audit: (rest) => {
    if (rest === "") return ask({ type: "audit" });
    const limit = /^\d{1,6}$/.test(rest) ? Number(rest) : 0;
    if (limit >= 1 && limit <= MAX_AUDIT) return ask({ type: "audit", limit });
    return wrong(`/audit takes a number from 1 to ${MAX_AUDIT}, not ${rest}`);
  },
};

/**
 * @param {"register" | "login" | "passwd"} name
 * @returns {Parse}
 */
function secret(name) {
  return (password) =>
    password === ""
      ? wrong(`/${name} needs a password, as in: /${name} correct horse battery`)
      : ask({ type: name, password });
}

/**
 * @param {string} action
 * @param {boolean} timed
 * @returns {Parse}
 */
function deed(action, timed) {
  return (rest, place) => parseModAction(action, timed, rest, place);
}

/**
 * @param {string} action
 * @param {boolean} timed
 * @param {string} text
 * @param {Place} place
 * @returns {Parsed}
 */
function parseModAction(action, timed, text, place) {
  const [, only, rest = text] = /^(#\S+)\s+([\s\S]+)$/.exec(text) ?? [];
  const [target, after] = splitName(rest, place);
  if (target === "" || target.startsWith("#")) {
    return wrong(`/${action} needs a name, as in: /${action} bob`);
  }
  const room = only === undefined ? place.room : roomName(only);
  const [, count, unit = "", why] =
    (timed ? /^(\d{1,6})([smhdw])(?:\s+([\s\S]*))?$/.exec(after) : null) ?? [];
  const [first] = /^\d\S*/.exec(after) ?? [];
  if (timed && first !== undefined && count === undefined) {
    return wrong(
      `${first} is no time; /${action} takes one such as 90s, 10m, 2h, 7d or 4w, ` +
        "or a reason that begins with a letter",
    );
  }
  const reason = count === undefined ? after : why ?? "";
  return ask({
    type: "mod",
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(only === undefined ? {} : { only: true }),
    ...(count === undefined ? {} : { forMs: Number(count) * (UNITS_MS[unit] ?? 0) }),
    ...(reason === "" ? {} : { reason }),
  });
}
