// @ts-check
/** What a typed line asks for, and what the commands have in common. Pure. */

/** @typedef {import("../../wire/requests.ts").Request} Request */
/** @typedef {{ name: string, aliases: string[], usage: string, summary: string }} CommandRow */
/** @typedef {{ commands: CommandRow[], defaultHistory: number, maxHistory: number }} CommandTable */
/** @typedef {{ room: string, names?: readonly string[] }} Place */
/**
 * What a line asks for.
 * @typedef {{ kind: "request", request: Request }
 *   | { kind: "help" | "quit" }
 *   | { kind: "error", text: string }} Parsed
 */
/** @typedef {(rest: string, place: Place, table: CommandTable) => Parsed} Parse */

/**
 * @param {Request} request
 * @returns {Parsed}
 */
export function ask(request) {
  return { kind: "request", request };
}

/**
 * @param {string} text
 * @returns {Parsed}
 */
export function wrong(text) {
  return { kind: "error", text };
}

/**
 * A room's name as somebody wrote it, perhaps with the one `#` before it with which rooms are shown.
 * @param {string} text
 * @returns {string}
 */
export function roomName(text) {
  return text.startsWith("#") ? text.slice(1) : text;
}

/**
 * @param {string} text
 * @returns {string}
 */
export function unquote(text) {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/**
 * The name that a text begins with, in quotes or known or up to a blank, and what follows it.
 * @param {string} text
 * @param {Place} place
 * @returns {[name: string, rest: string]}
 */
export function splitName(text, { names = [] }) {
  const quoted = /^"([^"]*)"(?:\s+([\s\S]+))?$/.exec(text);
  if (quoted !== null) return [quoted[1] ?? "", quoted[2] ?? ""];
  const lower = `${text.toLowerCase()} `;
  const known = names
    .filter((name) => lower.startsWith(`${name.toLowerCase()} `))
    .sort((a, b) => b.length - a.length)[0];
  const end = known?.length ?? text.search(/\s/);
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}
