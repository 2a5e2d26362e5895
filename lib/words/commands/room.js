// @ts-check
/** The commands for what a room is, and who may come into it. */

import { roomName } from "../names.js";
import { ask, countIn, personIn, shortTime, splitTime, wrong } from "../command.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Command, Parsed, Place } from "../command.js" */

/** Who may enter a room. */
const ACCESS = /** @type {const} */ (["open", "unlisted", "invite"]);
const MAX_USES = 100_000;
const ACCESS_TEXT = /** @type {Readonly<Record<string, string>>} */ ({
  open: "open to everybody",
  unlisted: "not listed, and open to whoever knows its name",
  invite: "for those only who were invited",
});

/** What `/room` takes first. */
export const ROOM_WORDS = /** @type {const} */ ([
  ...["info", "access", "title", "lock", "slow", "quiet", "host", "remove"],
]);

/** @type {readonly Command[]} */
export const ROOM_RECORD_COMMANDS = [
  {
    name: "room",
    usage: "[info [ROOM]|access|title|lock …]",
    summary: "show what this room is, or change it: /room access invite, /room title Kitchen " +
      "(alone it shows the title, - clears it), /room lock on, /room slow 10s, /room quiet on, /room host ann",
    topic: "rooms",
    takes: ROOM_WORDS,
    parse: parseRoom,
    tells: { room: (event) => [roomText(event)] },
  },
  {
    name: "host",
    usage: "NAME",
    summary: "make somebody the host of this room in your place",
    topic: "rooms",
    takes: "name",
    parse: (rest, place) => parseRoom(`host ${rest}`.trim(), place),
  },
  {
    name: "invite",
    usage: "NAME | --link [TIME] [USES] …",
    summary: "let somebody into this room, or whoever has a link: /invite --link 7d 5 register",
    topic: "people",
    takes: "name",
    parse: (rest, { room }) => {
      const [isLink, link = ""] = /^--link(?:\s+([\s\S]*))?$/.exec(rest) ?? [];
      if (isLink !== undefined) return parseLink(link, room);
      return rest === ""
        ? wrong("/invite needs a name, as in: /invite ann; or --link for a link")
        : ask({ type: "invite", room, name: personIn(rest) });
    },
    tells: { invite: inviteLines },
    dated: true,
  },
  {
    name: "uninvite",
    usage: "NAME | --link ID",
    summary: "take an invitation back; who came by it has to leave",
    topic: "people",
    takes: "name",
    parse: (rest, { room }) => {
      const [, link] = /^--link\s+(\S+)$/.exec(rest) ?? [];
      if (link !== undefined) return ask({ type: "uninvite", room, link });
      return rest === "" || rest === "--link"
        ? wrong("/uninvite needs a name, or --link and its id; /invites lists both")
        : ask({ type: "uninvite", room, name: personIn(rest) });
    },
    tells: {
      uninvite: ({ id, room, name, link }) => [
        id === undefined
          ? `You are not invited to ${room} any more.`
          : name === undefined
          ? `The link ${link ?? ""} does not let anybody into ${room} any more.`
          : `${name} may not enter ${room} any more.`,
      ],
    },
  },
  {
    name: "invites",
    usage: "[ROOM]",
    summary: "list who may enter this room, and its links",
    topic: "people",
    takes: "room",
    parse: (rest, { room }) => ask({ type: "invites", room: roomName(rest) || room }),
    tells: { invites: invitesLines },
    dated: true,
  },
];

/** What a line asks for behind `/room`. @type {(rest: string, place: Place) => Parsed} */
export function parseRoom(rest, { room }) {
  const [, word = "", value = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  /** @type {(change: Partial<RequestOf<"room">>) => Parsed} */
  const change = (change) => ask({ type: "room", room, ...change });
  switch (word.toLowerCase()) {
    case "":
      return change({});
    case "info":
      return ask({ type: "room", room: roomName(value) || room });
    case "access":
      return parseAccess(value, change);
    case "title":
      // Whoever leaves the text out wants to see the title, and must not lose it.
      return change(value === "" ? {} : { title: value === "-" ? "" : value });
    case "lock":
      return parseSwitch("lock", value, (topicLocked) => change({ topicLocked }));
    case "quiet":
      return parseSwitch("quiet", value, (quiet) => change({ quiet }));
    case "slow":
      return parseSlow(value, (slow) => change({ slow }));
    case "host":
      return value === ""
        ? wrong("/host needs the name of the new host, as in: /host ann")
        : change({ host: personIn(value) });
    case "remove":
      // It can't be undone, so it is not enough to be in the wrong room.
      return room !== "" && roomName(value) === room ? change({ remove: true }) : wrong(
        `/room remove needs the name of this room behind it, since all that was said in it goes: ` +
          `/room remove ${room}`,
      );
    default:
      return wrong(`/room takes ${ROOM_WORDS.join(", ")}, not ${word}`);
  }
}

/** @type {(value: string, change: (change: Partial<RequestOf<"room">>) => Parsed) => Parsed} */
function parseAccess(value, change) {
  const [typed, reveal = "reveal", ...more] = value.toLowerCase().split(/\s+/);
  const access = ACCESS.find((word) => word === typed);
  if (access === undefined || reveal !== "reveal" || more.length > 0) {
    return wrong(`/room access takes open, unlisted or invite, not ${value || "nothing"}`);
  }
  return change(value.includes(" ") ? { access, reveal: true } : { access });
}

/** @type {(word: string, value: string, change: (on: boolean) => Parsed) => Parsed} */
function parseSwitch(word, value, change) {
  const way = value.toLowerCase();
  if (way === "on" || way === "off") return change(way === "on");
  return wrong(`/room ${word} takes on or off, not ${value || "nothing"}`);
}

/** @type {(value: string, change: (seconds: number) => Parsed) => Parsed} */
function parseSlow(value, change) {
  if (value.toLowerCase() === "off") return change(0);
  const [ms, rest] = splitTime(value);
  if (ms !== undefined && rest === "") return change(Math.ceil(ms / 1_000));
  return wrong(`/room slow takes a time such as 10s or 5m, or off, not ${value || "nothing"}`);
}

/** @type {(text: string, room: string) => Parsed} */
function parseLink(text, room) {
  const [forMs, rest] = splitTime(text);
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const uses = countIn(words[0] ?? "", MAX_USES);
  if (uses !== undefined) words.shift();
  const register = words[0]?.toLowerCase() === "register";
  if (register) words.shift();
  if (words.length > 0) {
    return wrong(
      "/invite --link takes a time, how often it may be used, and register for a link that may " +
        `reserve a name, as in: /invite --link 7d 5; not ${words.join(" ")}`,
    );
  }
  return ask({
    type: "invite",
    room,
    link: {
      ...forMs === undefined ? {} : { forMs },
      ...uses === undefined ? {} : { uses },
      ...register ? { register } : {},
    },
  });
}

/** @type {(event: EventOf<"room">) => string} */
function roomText({ room, access, title, topicLocked, slow, quiet, hosts, removed }) {
  if (removed) return `${room} was removed, with all that was said in it.`;
  return [
    `${room}${title ? ` (${title})` : ""} is ${ACCESS_TEXT[access] ?? access}`,
    ...topicLocked ? ["its topic is locked"] : [],
    ...slow ? [`a message every ${slow} s from each`] : [],
    ...quiet ? ["only its hosts speak"] : [],
    hosts.length === 0 ? "it has no host" : `its hosts: ${hosts.join(", ")}`,
  ].join("; ") + ".";
}

/** What somebody is told whom another one has invited. @type {(invitation: { room: string, by: string }) => string} */
export function invitedText({ room, by }) {
  return `${by} has invited you to ${room}; /join ${room} enters it.`;
}

/** @type {(event: EventOf<"invite">) => string[]} */
function inviteLines({ id, room, name, by, messages = 0, link, token = "", url, until, uses }) {
  if (link === undefined) {
    if (id === undefined) return [invitedText({ room, by })];
    const read = messages === 1 ? "the message that was" : `the ${messages} messages that were`;
    const said = messages === 0 ? "" : `, and read ${read} said there`;
    return [`${name ?? ""} may enter ${room} now${said}.`];
  }
  const limits = [
    ...until === undefined ? [] : [`until ${shortTime(until)}`],
    ...uses === undefined ? [] : [uses === 1 ? "once" : `${uses} times`],
  ];
  const how = limits.length === 0 ? "" : ` (${limits.join(", ")})`;
  const shown = url === undefined
    ? `Who opens the page with this behind its address may enter ${room}${how}: #invite=${token}`
    : `Who opens this in a browser may enter ${room}${how}: ${url}`;
  return [
    shown,
    `It is shown once; chatroom connect --invite takes it, too; /uninvite --link ${link} takes it back.`,
  ];
}

/** @type {(event: EventOf<"invites">) => string[]} */
function invitesLines({ room, members, links }) {
  return [
    members.length === 0
      ? `Nobody was invited to ${room}.`
      : `${room} is for ${members.map(({ name }) => name).join(", ")}.`,
    ...links.map(({ link, by, until, uses, used }) =>
      `Link ${link} by ${by}, used ${used} of ${uses ?? "any number of"} times` +
      (until === undefined ? "" : `, until ${shortTime(until)}`)
    ),
  ];
}
