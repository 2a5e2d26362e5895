/** Which of the words of `chatroom send` are the server, and which are the message. */

import { type Invocation, parseFrom, UsageError } from "./flags.ts";
import { type Addresses, parseAddresses } from "./addresses.ts";
import { serverAddresses } from "./peer.ts";

/**
 * The server and the words of the message. Throws a {@linkcode UsageError} if a word may be either:
 * otherwise a text might go to the wrong server, or an address be sent as a text.
 */
export function splitWords(invocation: Invocation): [Addresses, readonly string[]] {
  const { positionals, beforeDashes } = invocation;
  const words = positionals.slice(0, beforeDashes);
  const [first = ""] = words;
  const given = invocation.get("server");
  if (invocation.isSaid("server") && given !== undefined) {
    return [parseFrom("--server", given, parseAddresses), positionals];
  }
  if (/^tls:\/\//i.test(first)) return [parseAddresses(first), positionals.slice(1)];
  const isPlace = PLACE.test(first) || isPlaces(first);
  if (isPlace && given !== undefined) {
    throw eitherWord(first, ", since $CHATROOM_SERVER names a server too");
  }
  if (isPlace) return [parseAddresses(first), positionals.slice(1)];
  const last = words.at(-1) ?? "";
  if (isHost(first)) throw eitherWord(first);
  if (isHost(last) || isPlaceAtEnd(words)) throw eitherWord(last);
  return [serverAddresses(undefined), positionals];
}

const PLACE = /^(\[[^\]]+\]|[\p{L}\p{M}\p{N}_.-]*):\d{1,5}$/u;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
const IPV6 = /^(?:\[[\da-f:.]+\](?::\d{1,5})?|[\da-f]*:[\da-f:.]*:[\da-f.]*)$/i;

/** Whether a word is several addresses with their ports. Times of the day have no letters. */
function isPlaces(word: string): boolean {
  const parts = word.split(",");
  const isEach = parts.every((part) => PLACE.test(part) || /^tls:\/\/./i.test(part));
  return parts.length > 1 && isEach && !parts.every((part) => /^\d+:/.test(part));
}

/** Whether a word is a host, with or without a port, and hardly a message of its own. */
function isHost(word: string): boolean {
  return word.split(",").every(isOneHost);
}

function isOneHost(word: string): boolean {
  if (/^(?:tls:\/\/.+|localhost(?::\d{1,5})?)$/i.test(word) || IPV4.test(word)) return true;
  // A time of the day has colons too.
  return IPV6.test(word) && (word.includes("::") || word.split(":").length >= 8);
}

/** Whether an address follows a quoted text, where `connect` would take it. A time of the day is none. */
function isPlaceAtEnd(words: readonly string[]): boolean {
  const [text = "", last = ""] = words;
  return words.length === 2 && /\s/.test(text) && (PLACE.test(last) || isPlaces(last)) &&
    /\p{L}/u.test(last);
}

function eitherWord(word: string, why = ""): UsageError {
  return new UsageError(
    `${JSON.stringify(word)} may be the server or the text${why}; nothing was sent. ` +
      `Write --server ${word} for the server, or -- before the text`,
  );
}
