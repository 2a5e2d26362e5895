// @ts-check
/** Accounts, bans and what one person did to another, in the server's own sentences. Pure. */

/** @typedef {import("../../wire/events.ts").Event} Event */

/** @type {Readonly<Record<string, string>>} */
const DONE = {
  op: "is an operator now",
  deop: "is no operator any more",
  kick: "was sent away",
  ban: "is banned",
  unban: "is not banned any more",
  mute: "is muted",
  unmute: "may speak again",
};

/**
 * The sentences that tell an event of this kind; none for any other.
 * @param {Event} event
 * @returns {string[]}
 */
export function peopleNews(event) {
  switch (event.type) {
    case "account":
      return [accountText(event)];
    case "mod":
      return [modText(event)];
    case "bans":
      if (event.bans.length === 0) return ["Nobody is banned or muted."];
      return [...event.bans.map(banLine), ...event.more ? ["There are more."] : []];
    case "audit":
      if (event.entries.length === 0) return ["Nothing was done yet."];
      return event.entries.map(auditText);
    default:
      return [];
  }
}

/**
 * @param {Extract<Event, { type: "account" }>} event
 * @returns {string}
 */
function accountText({ action, name, role }) {
  switch (action) {
    case "register":
      return `The name ${name} is yours now; next time it needs the password.`;
    case "login":
      return `You are ${name}${role === "member" ? "" : `, ${role}`}.`;
    case "passwd":
      return `${name} has another password now.`;
    default:
      return `The name ${name} is anybody's again.`;
  }
}

/**
 * @param {Extract<Event, { type: "mod" }>} event
 * @returns {string}
 */
function modText({ action, target, room, until, reason, address }) {
  const where = room === undefined ? "" : ` (in ${room})`;
  const from = address === undefined ? "" : `; the address is ${address}`;
  return `${target} ${DONE[action] ?? action}${where}${untilText(until)}${whyText(reason)}${from}.`;
}

/**
 * @param {import("../../wire/events.ts").ListedBan} ban
 * @returns {string}
 */
function banLine({ kind, target, room, by, at, until, reason }) {
  const what = kind === "ban" ? "banned" : "muted";
  return `${target} is ${what}${roomText(room)}${untilText(until)}, by ${by} on ${shortTime(at)}` +
    whyText(reason);
}

/**
 * @param {import("../../wire/events.ts").AuditLine} line
 * @returns {string}
 */
function auditText({ at, by, action, target, room, detail }) {
  const more = detail === undefined ? "" : ` (${detail})`;
  return `[${shortTime(at)}] ${by}: ${action} ${target}${roomText(room)}${more}`;
}

/** @param {string | undefined} room */
function roomText(room) {
  return room === undefined ? "" : ` in ${room}`;
}

/** @param {string | undefined} until */
function untilText(until) {
  return until === undefined ? "" : ` until ${shortTime(until)}`;
}

/** @param {string | undefined} reason */
function whyText(reason) {
  return reason === undefined ? "" : `: ${reason}`;
}

/** @param {string} at */
function shortTime(at) {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
