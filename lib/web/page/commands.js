// @ts-check
/**
 * Reads a typed line by the rules of the server's own table of commands, whose names and summaries
 * come as /commands.json. Pure.
 */

import { ask, roomName, splitName, unquote, wrong } from "./parsed.js";
import { PEOPLE_PARSERS } from "./people_commands.js";
import { holdsSecret, MAY_BE_SECRET } from "../../words/secret.js";

/** @typedef {import("./parsed.js").CommandRow} CommandRow */
/** @typedef {import("./parsed.js").CommandTable} CommandTable */
/** @typedef {import("./parsed.js").Parse} Parse */
/** @typedef {import("./parsed.js").Parsed} Parsed */
/** @typedef {import("./parsed.js").Place} Place */

/** @type {Readonly<Record<string, Parse>>} */
const PARSERS = {
  help: () => ({ kind: "help" }),
  join: (rest) =>
    rest === ""
      ? wrong("/join needs the name of a room, as in: /join dev")
      : ask({ type: "join", room: roomName(rest) }),
  leave: (rest, { room }) => ask({ type: "leave", room: roomName(rest) || room }),
  rooms: () => ask({ type: "rooms" }),
  who: (rest, { room }) => ask({ type: "who", room: roomName(rest) || room }),
  msg: (rest, place) => parseDirect(rest, place),
  me: (rest, { room }) =>
    rest === ""
      ? wrong("/me needs to know what you do, as in: /me waves")
      : ask({ type: "say", room, text: rest, action: true }),
  nick: (rest) =>
    rest === ""
      ? wrong("/nick needs the name you want, as in: /nick ann")
      : ask({ type: "rename", name: unquote(rest) }),
  topic: (rest, { room }) =>
    ask(rest === "" ? { type: "topic", room } : { type: "topic", room, text: rest }),
  history: (rest, { room }, table) => parseHistory(rest, room, table),
  search: (rest) => ask({ type: "search", query: rest }),
  ...PEOPLE_PARSERS,
  quit: (rest) => (rest === "" ? { kind: "quit" } : wrong(`/quit takes nothing, not ${rest}`)),
};

/**
 * @param {string} line
 * @param {Place} place
 * @param {CommandTable} table
 * @returns {Parsed}
 */
export function parseLine(line, place, table) {
  if (holdsSecret(line)) return wrong(MAY_BE_SECRET);
  if (!line.startsWith("/")) return ask({ type: "say", room: place.room, text: line });
  if (line.startsWith("//")) return ask({ type: "say", room: place.room, text: line.slice(1) });
  const [, name = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const found = find(name.toLowerCase(), table);
  const parse = found === undefined || !Object.hasOwn(PARSERS, found) ? undefined : PARSERS[found];
  if (parse !== undefined) return parse(rest.trimEnd(), place, table);
  const near = nearest(name.toLowerCase(), table);
  const advice = near === undefined ? "/help lists them all" : `did you mean /${near}?`;
  return wrong(`There is no command /${name}; ${advice} (a message that begins with / needs //)`);
}

/**
 * @param {string} name
 * @param {CommandTable} table
 * @returns {string | undefined}
 */
function find(name, { commands }) {
  // The table may not have come yet.
  if (commands.length === 0) return name;
  return commands.find((c) => c.name === name || c.aliases.includes(name))?.name;
}

/**
 * @param {string} rest
 * @param {Place} place
 * @returns {Parsed}
 */
function parseDirect(rest, place) {
  const [to, text] = splitName(rest, place);
  return to === "" || text === ""
    ? wrong("/msg needs a name and a text, as in: /msg ann see you at noon")
    : ask({ type: "direct", to, text });
}

/**
 * @param {string} rest
 * @param {string} room
 * @param {CommandTable} table
 * @returns {Parsed}
 */
function parseHistory(rest, room, { defaultHistory, maxHistory }) {
  if (rest === "") return ask({ type: "history", room, limit: defaultHistory });
  const limit = /^\d{1,6}$/.test(rest) ? Number(rest) : 0;
  if (limit >= 1 && limit <= maxHistory) return ask({ type: "history", room, limit });
  return wrong(`/history takes a number from 1 to ${maxHistory}, not ${rest}`);
}

/**
 * The command that `name` begins, or is one edit away from, or two where it is long or has letters swapped.
 * @param {string} name
 * @param {CommandTable} table
 * @returns {string | undefined}
 */
function nearest(name, { commands }) {
  if (name === "") return undefined;
  const spelled = commands.flatMap((c) =>
    [c.name, ...c.aliases].map((s) => /** @type {const} */ ([s, c.name]))
  );
  const begun = spelled.find(([s]) => s.startsWith(name));
  if (begun !== undefined) return begun[1];
  const ranked = spelled
    .map(([s, target]) => /** @type {const} */ ([editDistance(name.slice(0, 20), s), target, s]))
    .sort(([a], [b]) => a - b)
    .find(([edits, , s]) => edits <= 1 || (edits === 2 && (name.length > 4 || isSwap(name, s))));
  return ranked?.[1];
}

/**
 * Whether two words have the same letters in another order.
 * @param {string} a
 * @param {string} b
 * @returns {boolean}
 */
function isSwap(a, b) {
  return [...a].sort().join("") === [...b].sort().join("");
}

/**
 * The Levenshtein distance of two short words.
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
