// @ts-check
/** The commands for rooms: which there are, who is in one, and going in and out. */

import { roomName } from "../names.js";
import { ask, wrong } from "../command.js";
import { topicText } from "./talk.js";

/** @import { EventOf, RoomSummary } from "../../wire/events.ts" */
/** @import { Command, Parsed } from "../command.js" */
/** @typedef {NonNullable<EventOf<"members">["people"]>[number]} Person */

/** How a room may be opened that is not for everybody. */
const OPENED = /** @type {const} */ (["unlisted", "invite"]);

/** @type {readonly Command[]} */
export const ROOM_COMMANDS = [
  {
    name: "join",
    aliases: ["j"],
    usage: "ROOM [--invite|--unlisted]",
    summary: "enter a room; it is made if there is none, with --invite for invited people only",
    topic: "rooms",
    first: 5,
    takes: "room",
    parse: parseJoin,
    tells: {
      joined: ({ id, name, room, topic }) =>
        id === undefined
          ? [`${name} joined ${room}.`]
          : [`You are in ${room} now.`, ...topic ? [topicText(room, topic)] : []],
    },
  },
  {
    name: "leave",
    aliases: ["part"],
    usage: "[ROOM]",
    summary: "leave this room, or the one named",
    topic: "rooms",
    first: 6,
    takes: "room",
    parse: (rest, { room, isOnlyRoom }) => {
      if (isOnlyRoom) return wrong(`You are in ${room}; /join another room, or /quit.`);
      if (/\s/.test(rest)) return wrong(`/leave takes the name of one room, not ${rest}`);
      return ask({ type: "leave", room: roomName(rest) || room });
    },
    tells: {
      left: (event) => {
        if (event.id !== undefined) return [`You left ${event.room}.`];
        const why = whyLeft(event);
        return [`${event.name} left ${event.room}${why && ` (${why})`}.`];
      },
    },
  },
  {
    name: "rooms",
    aliases: ["list"],
    usage: "",
    summary: "list the rooms that are open",
    topic: "rooms",
    first: 7,
    parse: () => ask({ type: "rooms" }),
    tells: {
      rooms: ({ rooms, more }) => [
        ...rooms.map(roomLine),
        ...more ? ["There are more rooms, with fewer people."] : [],
      ],
    },
  },
  {
    name: "who",
    aliases: ["names"],
    usage: "[ROOM]",
    summary: "list who is here, or in the room named",
    topic: "rooms",
    first: 8,
    takes: "room",
    parse: (rest, { room }) => ask({ type: "who", room: roomName(rest) || room }),
    tells: {
      members: ({ room, members, total, visitors, people = [] }) => [
        `${total} ${total === 1 ? "person" : "people"} in ${room}: ` +
        withAway(members, people).join(", "),
        ...notHere(people),
        ...visitors === undefined ? [] : [visitorsText(visitors)],
      ],
    },
  },
];

/** Who is there besides the members, and is not counted. @type {(visitors: readonly string[]) => string} */
function visitorsText(visitors) {
  const who = visitors.length === 1
    ? "1 visitor besides, a program that hears what is said"
    : `${visitors.length} visitors besides, programs that hear what is said`;
  return `${who}: ${visitors.join(", ")}`;
}

/** @type {(rest: string) => Parsed} */
function parseJoin(rest) {
  const [first = "", ...others] = rest.split(/\s+/);
  const isFirst = first.startsWith("--");
  const word = isFirst ? first : others.at(-1) ?? "";
  const access = OPENED.find((each) => word === `--${each}`);
  // Whoever mistypes it must not open the room to everybody.
  if (access === undefined && word.startsWith("--") && !rest.startsWith("#")) {
    return wrong(`/join takes --invite or --unlisted, not ${word}; #ROOM stands for any name`);
  }
  const named = access === undefined
    ? rest
    : isFirst
    ? rest.slice(word.length).trimStart()
    : rest.slice(0, -word.length).trimEnd();
  const room = roomName(named);
  if (room === "") return wrong("/join needs the name of a room, as in: /join dev");
  return ask(access === undefined ? { type: "join", room } : { type: "join", room, access });
}

/** A room in a list of them. @type {(room: RoomSummary) => string} */
function roomLine({ room, members, topic, title, access }) {
  const called = title === undefined ? "" : ` (${title})`;
  const how = access === "invite" ? ", by invitation" : access === undefined ? "" : `, ${access}`;
  const about = topic === undefined ? "" : `: ${topic}`;
  return `${room}${called} (${members}${how})${about}`;
}

/** Names, and of whom it is known that they are away. @type {(names: readonly string[], people: readonly Person[]) => string[]} */
function withAway(names, people) {
  const away = new Set(people.filter((each) => each.away !== undefined).map(({ name }) => name));
  return names.map((name) => away.has(name) ? `${name} (away)` : name);
}

/** Who belongs to a room and is not here. @type {(people: readonly Person[]) => string[]} */
function notHere(people) {
  const away = people.filter(({ here }) => !here).map(({ name }) => name);
  return away.length === 0 ? [] : [`Not here: ${away.join(", ")}`];
}

/**
 * Why somebody left, and who sent them away: `kicked by ann: spam`, or what they said as they left; empty where
 * nothing is told.
 * @param {{ readonly reason?: string, readonly by?: string, readonly why?: string }} event
 * @returns {string}
 */
export function whyLeft({ reason = "", by, why }) {
  const who = by === undefined ? "" : ` by ${by}`;
  const how = reason + who;
  return why === undefined ? how : how === "" ? why : `${how}: ${why}`;
}
