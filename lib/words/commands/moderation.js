// @ts-check
/** The commands for what one person may do to another, and for what was done. */

import { roomName } from "../names.js";
import { ask, countIn, shortTime, splitName, splitTime, wrong } from "../command.js";

/** @import { AuditLine, EventOf, ListedBan } from "../../wire/events.ts" */
/** @import { Command, Parsed, Place } from "../command.js" */

const TIMED = "[#ROOM] WHO [TIME] [REASON]";
const MAX_AUDIT = 200;

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
 * The same in one room, where that is another word.
 * @type {Readonly<Record<string, string>>}
 */
const DONE_IN_ROOM = { op: "is a host now", deop: "is no host any more" };

/** @type {readonly Command[]} */
export const MOD_COMMANDS = [
  modCommand(
    "kick",
    "[#ROOM] NAME [REASON]",
    "send somebody away; out of one room only with #ROOM",
  ),
  modCommand("ban", TIMED, "keep a name or an address out: /ban bob 2h spam"),
  modCommand("unban", "[#ROOM] WHO", "let a name or an address in again"),
  modCommand("mute", TIMED, "let a name or an address listen only"),
  modCommand("unmute", "[#ROOM] WHO", "let a name or an address speak again"),
  {
    name: "bans",
    usage: "",
    summary: "list who is banned or muted",
    topic: "moderation",
    parse: (_, { room }) => ask(room === "" ? { type: "bans" } : { type: "bans", room }),
    tells: {
      bans: ({ bans, more }) =>
        bans.length === 0
          ? ["Nobody is banned or muted."]
          : [...bans.map(banLine), ...more ? ["There are more."] : []],
    },
    dated: true,
  },
  modCommand("op", "[#ROOM] NAME", "make somebody an operator, or with #ROOM a host of that room"),
  modCommand("deop", "[#ROOM] NAME", "make an operator, or a host, a member again"),
  {
    name: "audit",
    usage: "[COUNT]",
    summary: "show who did what to whom",
    topic: "moderation",
    parse: (rest) => {
      if (rest === "") return ask({ type: "audit" });
      const limit = countIn(rest, MAX_AUDIT);
      return limit === undefined
        ? wrong(`/audit takes a number from 1 to ${MAX_AUDIT}, not ${rest}`)
        : ask({ type: "audit", limit });
    },
    tells: {
      audit: ({ entries }) =>
        entries.length === 0 ? ["Nothing was done yet."] : entries.map(auditText),
    },
    dated: true,
  },
];

/**
 * What was done to somebody, as who did it is told.
 * @type {(event: EventOf<"mod">) => string}
 */
export function modText({ action, target, room, until, reason, address }) {
  const where = room === undefined ? "" : ` (in ${room})`;
  const from = address === undefined ? "" : `; the address is ${address}`;
  const done = (room === undefined ? undefined : DONE_IN_ROOM[action]) ?? DONE[action] ?? action;
  return `${target} ${done}${where}${untilText(until)}${whyText(reason)}${from}.`;
}

/**
 * A ban or a mute, as `/bans` lists it.
 * @type {(ban: ListedBan) => string}
 */
export function banLine({ kind, target, room, by, at, until, reason }) {
  const what = kind === "ban" ? "banned" : "muted";
  return `${target} is ${what}${roomText(room)}${untilText(until)}, by ${by} on ${shortTime(at)}` +
    whyText(reason);
}

/** A line of the audit trail. @type {(line: AuditLine) => string} */
export function auditText({ at, by, action, target, room, detail }) {
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

/** @type {(action: string, usage: string, summary: string) => Command} */
function modCommand(action, usage, summary) {
  return {
    name: action,
    usage,
    summary,
    topic: "moderation",
    takes: "target",
    parse: (rest, place) => parseModAction(action, usage === TIMED, rest, place),
    tells: { mod: (event) => [modText(event)] },
    dated: true,
  };
}

/** @type {(action: string, timed: boolean, text: string, place: Place) => Parsed} */
function parseModAction(action, timed, text, place) {
  const [, only, rest = text] = /^(#\S+)\s+([\s\S]+)$/.exec(text) ?? [];
  const [target, after] = splitName(rest, place);
  if (target === "" || target.startsWith("#")) {
    // Elsewhere a room is muted so.
    const quiet = action === "mute" ? "; /notify none makes a room quiet for you" : "";
    return wrong(`/${action} needs a name, as in: /${action} bob${quiet}`);
  }
  const room = only === undefined ? place.room : roomName(only);
  const [forMs, reason] = timed ? splitTime(after) : [undefined, after];
  const [first] = /^\d\S*/.exec(after) ?? [];
  if (timed && first !== undefined && forMs === undefined) {
    return wrong(
      `${first} is no time; /${action} takes one such as 90s, 10m, 2h, 7d or 4w, ` +
        "or a reason that begins with a letter",
    );
  }
  return ask({
    type: "mod",
    action,
    target,
    ...(room === "" ? {} : { room }),
    ...(only === undefined ? {} : { only: true }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(reason === "" ? {} : { reason }),
  });
}
