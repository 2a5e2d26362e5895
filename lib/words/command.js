// @ts-check
/** What a command is, and what their parsers have in common. */

/** @import { Event } from "../wire/events.ts" */
/** @import { Request, RequestOf } from "../wire/requests.ts" */
/**
 * Where a line was typed.
 * @typedef {object} Place
 * @property {string} room the one that plain text goes to; `""` in none
 * @property {{ readonly chat: string } | { readonly to: string }} [conversation] what it goes to where
 *   that is no room: by its key, or by the person's name where nothing was said in it yet
 * @property {readonly string[]} [names] that may be meant; one with spaces is found in them without quotes
 * @property {LastOwn} [lastOwn] what the person said there last, as far as the client knows
 * @property {(seq: number) => { readonly name: string, readonly size: number } | undefined} [fileAt] the
 *   file that a message of theirs there brings, as far as the client knows
 * @property {Unsent} [unsent] what they wrote there after that, and is not known to have arrived
 * @property {boolean} [mends] `s/lunch/dinner/` changes what was said last: the server knows of edits
 * @property {boolean} [isOnlyRoom] a client of this door is in one room at all times, and in no other
 */
/**
 * `isLately`: it was said not so long ago that it may be meant by somebody who names no message. `isLast`:
 * nobody has said anything there since then, as far as is known.
 * @typedef {{ readonly seq: number, readonly text: string, readonly isLately: boolean,
 *   readonly isLast: boolean }} LastOwn
 */
/**
 * `isOnItsWay`: the server may have it already.
 * @typedef {{ readonly id: string, readonly request: RequestOf<"say" | "direct">,
 *   readonly isOnItsWay: boolean }} Unsent
 */
/**
 * What a typed line asks for: something of the house, or of the program that the person sits at. An
 * error is a sentence that says what was wrong and what to do. `withdraw` takes back what waits, which
 * nobody has seen: for good, to send something else instead, or to be edited. `remove` asks whether this
 * message is to be removed.
 * @typedef {{ readonly kind: "request", readonly request: Request }
 *   | { readonly kind: "withdraw", readonly id: string, readonly instead?: Request, readonly edits?: true }
 *   | { readonly kind: "remove", readonly seq: number }
 *   | { readonly kind: "help" | "quit" }
 *   | { readonly kind: "error", readonly text: string }} Parsed
 */
/** @typedef {"talk" | "messages" | "files" | "rooms" | "people" | "alerts" | "names" | "moderation" | "rest"} Topic */
/**
 * How events are told in sentences, by their types.
 * @typedef {{ readonly [T in Event["type"]]?:
 *   (event: Extract<Event, { type: T }>) => string[] }} Tells
 */
/**
 * One command. `Own`: what else a line may ask for at the one door that has the command.
 * @template [Own=never]
 * @typedef {object} Command
 * @property {string} name
 * @property {readonly string[]} [aliases]
 * @property {string} usage what follows the name, as `/help` shows it
 * @property {string} summary
 * @property {Topic} topic what it belongs to in `/help`
 * @property {number} [first] its place among those that everybody needs, which the short `/help` shows; none: only `/help all` and its topic
 * @property {"room" | "name" | "target" | "search" | "paths" | "file" | "message" | readonly string[]} [takes]
 *   what Tab completes behind it: a target is a name, perhaps behind a `#room`; paths are those of files on
 *   the person's machine; a file is the number of one that was sent, perhaps before a path; a message is the
 *   number of one; a list is all that there is
 * @property {(rest: string, place: Place) => Parsed | Own} parse reads what follows the name
 * @property {true} [beyondClassic] a classic client can't do it, and is told so
 * @property {Tells} [tells] how its answer is told, and to others what was done
 * @property {boolean} [dated] there are times in that, which a terminal shows in its own zone
 */

/** @typedef {Omit<Command, "parse">} CommandWords what of a command can be shown */

/**
 * A line that is for the house.
 * @type {(request: Request) => { readonly kind: "request", readonly request: Request }}
 */
export function ask(request) {
  return { kind: "request", request };
}

/**
 * A line that says a text where it was typed: in a room or in a conversation.
 * @type {(text: string, place: Place, how?: { readonly action?: true }) =>
 *   { readonly kind: "request", readonly request: Request }}
 */
export function speak(text, { room, conversation }, how = {}) {
  if (conversation === undefined) return ask({ type: "say", room, text, ...how });
  return ask({ type: "direct", ...conversation, text, ...how });
}

/**
 * A line that can't be meant.
 * @type {(text: string) => { readonly kind: "error", readonly text: string }}
 */
export function wrong(text) {
  return { kind: "error", text };
}

/**
 * The name of somebody that is all that was typed, without the `@` before it and the quotes around it.
 * @type {(text: string) => string}
 */
export function personIn(text) {
  const name = text.replace(/^@/, "");
  return /^"(.*)"$/s.exec(name)?.[1] ?? name;
}

/**
 * The name of somebody that a text begins with, perhaps behind an `@`, and what follows it. Quotes hold a name
 * with spaces together, and one that is known needs none.
 * @type {(text: string, place: Place) => [name: string, rest: string]}
 */
export function splitName(typed, { names = [] }) {
  const known = knownIn(typed, names);
  // There are names that begin with it.
  const text = known === undefined ? typed.replace(/^@(?=\S)/, "") : typed;
  const quoted = /^"([^"]*)"(?:\s+([\s\S]+))?$/.exec(text);
  if (quoted !== null) return [quoted[1] ?? "", quoted[2] ?? ""];
  const end = (known ?? knownIn(text, names))?.length ?? text.search(/\s/);
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}

/** The longest of some names that a text begins with. @type {(text: string, names: readonly string[]) => string | undefined} */
function knownIn(text, names) {
  const lower = `${text.toLowerCase()} `;
  return names.filter((name) => lower.startsWith(`${name.toLowerCase()} `))
    .sort((a, b) => b.length - a.length)[0];
}

/** @type {Readonly<Record<string, number>>} */
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * The time that a text begins with, as `90s` or `7d`, in ms, and what follows it; no time for any other
 * text.
 * @type {(text: string) => [ms: number | undefined, rest: string]}
 */
export function splitTime(text) {
  const [, count, unit = "", rest = ""] = /^(\d{1,6})([smhdw])(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  return count === undefined ? [undefined, text] : [Number(count) * (UNITS_MS[unit] ?? 0), rest];
}

/**
 * The number of a message that a text begins with, and what follows one blank or newline after it, as it
 * is: a text may begin with blanks. `undefined` for any other text.
 * @type {(text: string) => [number: number, rest: string] | undefined}
 */
export function splitNumber(text) {
  const [, number, rest = ""] = /^([1-9]\d{0,14})(?:\s([\s\S]*))?$/.exec(text) ?? [];
  return number === undefined ? undefined : [Number(number), rest];
}

/**
 * The room or conversation of a line, as requests about its messages name it; `undefined` where nothing
 * was said in it yet.
 * @type {(place: Place) => { readonly room: string } | { readonly chat: string } | undefined}
 */
export function logOfPlace({ room, conversation }) {
  if (conversation === undefined) return { room };
  return "chat" in conversation ? conversation : undefined;
}

/** A time in RFC 3339 as sentences have it: to the minute. @type {(at: string) => string} */
export function shortTime(at) {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}

/**
 * A number from 1 to `most`; `undefined` for anything else.
 * @type {(text: string, most: number) => number | undefined}
 */
export function countIn(text, most) {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= most ? count : undefined;
}
