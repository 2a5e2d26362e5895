/** Accounts, bans and what one person did to another, as sentences for a person. */

import type { AuditLine, EventOf, ListedBan } from "../wire/events.ts";

/** What became of a request about one's name. */
export function accountText({ action, name, role }: EventOf<"account">): string {
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

const DONE: Readonly<Record<string, string>> = {
  op: "is an operator now",
  deop: "is no operator any more",
  kick: "was sent away",
  ban: "is banned",
  unban: "is not banned any more",
  mute: "is muted",
  unmute: "may speak again",
};

/** What was done to somebody, as who did it is told. */
export function modText(event: EventOf<"mod">): string {
  const { action, target, room, until, reason, address } = event;
  const where = room === undefined ? "" : ` (in ${room})`;
  const time = until === undefined ? "" : ` until ${shortTime(until)}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  const from = address === undefined ? "" : `; the address is ${address}`;
  return `${target} ${DONE[action] ?? action}${where}${time}${why}${from}.`;
}

/** A ban or a mute, as `/bans` lists it. */
export function banLine({ kind, target, room, by, at, until, reason }: ListedBan): string {
  const what = kind === "ban" ? "banned" : "muted";
  const where = room === undefined ? "" : ` in ${room}`;
  const time = until === undefined ? "" : ` until ${shortTime(until)}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  return `${target} is ${what}${where}${time}, by ${by} on ${shortTime(at)}${why}`;
}

/** A line of the audit trail. */
export function auditText({ at, by, action, target, room, detail }: AuditLine): string {
  const where = room === undefined ? "" : ` in ${room}`;
  const more = detail === undefined ? "" : ` (${detail})`;
  return `[${shortTime(at)}] ${by}: ${action} ${target}${where}${more}`;
}

function shortTime(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
