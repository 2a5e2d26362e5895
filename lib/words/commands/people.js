// @ts-check
/** The commands for people: who somebody is, who can be written to, being away, and whom one blocks. */

import { ask, personIn, shortTime, wrong } from "../command.js";
import { sameName } from "../names.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Command, Tells } from "../command.js" */

/** How many names `/people` asks for. */
const MAX_FOUND = 20;

/** @type {Tells} */
const settingsTells = { settings: (event) => settingsLines(event) };

/** @type {readonly Command[]} */
export const PEOPLE_COMMANDS = [
  {
    name: "whois",
    usage: "NAME",
    summary: "tell who somebody is, and whether they are here",
    topic: "people",
    takes: "name",
    parse: (rest) =>
      rest === ""
        ? wrong("/whois needs a name, as in: /whois ann")
        : ask({ type: "whois", name: personIn(rest) }),
    tells: { person: (event) => [personText(event)] },
    dated: true,
  },
  {
    name: "people",
    usage: "[NAME]",
    summary: "find people with a reserved name, also those who are away, by how it begins",
    topic: "people",
    takes: "name",
    beyondClassic: true,
    parse: (rest) => ask({ type: "people", prefix: personIn(rest), limit: MAX_FOUND }),
    tells: {
      people: ({ people, more }) => [
        people.length === 0
          ? "Nobody has such a reserved name."
          : people.map(({ name, here, away }) => here ? `${name} (${hereText(away)})` : name)
            .join(", ") +
            (more ? " and more" : ""),
      ],
    },
  },
  {
    name: "away",
    aliases: ["back"],
    usage: "[TEXT]",
    summary: "say that you are away; without a text, that you are back",
    topic: "people",
    parse: (text) => ask(text === "" ? { type: "away" } : { type: "away", text }),
    tells: {
      away: ({ id, name, text = "" }) => {
        if (id === undefined) {
          return [text === "" ? `${name} is back.` : `${name} is away: ${text}`];
        }
        return [text === "" ? "You are back." : `You are away: ${text}`];
      },
    },
  },
  blocking("block", "keep somebody from writing to you; nothing of theirs counts for you"),
  blocking("unblock", "let them write to you again"),
  {
    name: "seen",
    usage: "[hide|show]",
    summary: "whether those who share a room with you see when you were here last",
    topic: "people",
    takes: ["hide", "show"],
    beyondClassic: true,
    parse: (rest) => {
      const way = rest.toLowerCase();
      if (way === "") return ask({ type: "settings" });
      if (way !== "hide" && way !== "show") return wrong(`/seen takes hide or show, not ${rest}`);
      return ask({ type: "settings", hideSeen: way === "hide" });
    },
    tells: settingsTells,
  },
];

/** @type {(name: "block" | "unblock", summary: string) => Command} */
function blocking(name, summary) {
  return {
    name,
    usage: name === "block" ? "[NAME]" : "NAME",
    summary,
    topic: "people",
    takes: "name",
    beyondClassic: true,
    parse: (rest) => {
      if (rest !== "") return ask({ type: name, name: personIn(rest) });
      if (name === "block") return ask({ type: "settings" });
      return wrong("/unblock needs a name; /block lists those whom you block");
    },
    tells: settingsTells,
  };
}

/** @type {(event: EventOf<"person">) => string} */
function personText({ name, account, role, here, away, rooms, idleMs, seen }) {
  const what = account === undefined ? "a guest" : `a reserved name${roleText(role)}`;
  const where = here
    ? `is here${idleMs === undefined ? "" : `, ${idleText(idleMs)}`}`
    : `is not here${seen === undefined ? "" : `, and was last on ${shortTime(seen)}`}`;
  const says = away === undefined ? "" : `; away: ${away}`;
  const shared = rooms.length === 0 ? "" : `; in ${rooms.join(", ")}`;
  return `${name} (${what}) ${where}${shared}${says}`;
}

/** @type {(away?: string) => string} */
function hereText(away) {
  return away === undefined ? "here" : `away: ${away}`;
}

/** @type {(role?: string) => string} */
function roleText(role) {
  return role === undefined || role === "member" ? "" : `, ${role}`;
}

/** @type {(ms: number) => string} */
function idleText(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "active";
  return minutes < 120 ? `idle for ${minutes} min` : `idle for ${Math.floor(minutes / 60)} h`;
}

/**
 * What an account has chosen: whom it blocks, which rooms tell it what, what others see of it.
 * @type {(event: EventOf<"settings">) => string[]}
 */
function settingsLines({ notify, hideSeen, blocked }) {
  const rooms = Object.entries(notify).map(([room, mode]) => `${room} ${mode}`);
  return [
    blockedText({ blocked }),
    ...rooms.length === 0 ? [] : [`What you are told of: ${rooms.join(", ")}.`],
    seenText(hideSeen),
  ];
}

/** @type {(hideSeen: boolean) => string} */
function seenText(hideSeen) {
  return hideSeen
    ? "Nobody sees when you were here last."
    : "Those who share a room with you see when you were here last.";
}

/** What rings of a room. @type {Readonly<Record<string, string>>} */
const RINGS = { mentions: "only what is for you rings", none: "nothing rings" };

/** What of a room an account has chosen to be told of. @type {(room: string, notify?: string) => string} */
export function notifyText(room, notify = "all") {
  return `In ${room} ${RINGS[notify] ?? "every message rings"}, on all your devices.`;
}

/**
 * What has come of a request for one of these choices; `undefined`: it was for all of them.
 * @type {(settings: EventOf<"settings">, request: Request) => string | undefined}
 */
export function chosenText(settings, request) {
  if (request.type === "block" || request.type === "unblock") return blockedText(settings);
  if (request.type !== "settings") return undefined;
  if (request.hideSeen !== undefined) return seenText(settings.hideSeen);
  const [room] = Object.keys(request.notify ?? {});
  if (room === undefined) return undefined;
  const [, notify] = Object.entries(settings.notify).find(([of]) => sameName(of, room)) ?? [];
  return notifyText(room, notify);
}

/** Whom an account blocks. @type {(settings: Pick<EventOf<"settings">, "blocked">) => string} */
export function blockedText({ blocked }) {
  // Two may have had one name, of whom the first has given it back.
  const names = new Set(blocked.map(({ name }) => name));
  return names.size === 0 ? "You block nobody." : `You block ${[...names].join(", ")}.`;
}
