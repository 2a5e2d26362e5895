/**
 * What to think of servers that were found on a network. All that is told of them are claims of anybody: it
 * is compared with what is known, and shown inert. Pure.
 */

import { lookAlike } from "../chat/names/skeleton.ts";
import { textWidth } from "../chat/names/width.ts";
import type { KnownServerLine } from "../client/known_servers.ts";
import type { FoundServer } from "../lan/browser.ts";
import { parseFingerprint } from "../tls/fingerprint.ts";
import { inertLine } from "../words/inert.js";
import { type Address, formatAddress } from "./values.ts";

/** The widest column of names. */
const MOST_NAME_COLUMNS = 40;

/** A server that was found, and what is thought of it. */
export interface JudgedServer {
  /** What it calls itself; inert, in one line. */
  readonly name: string;
  readonly address: Address;
  readonly addresses: readonly string[];
  /** What it says its certificate has. */
  readonly fingerprint: string | undefined;
  readonly hasPassword: boolean;
  /** The port of its page. */
  readonly web: number | undefined;
  /** Known: it says that it is a server whose certificate was accepted here. Refused: not to be gone to. */
  readonly verdict: "known" | "new" | "warned" | "refused";
  /** What a person should know of it before all else. */
  readonly note: string | undefined;
  /** The server that it says it is. */
  readonly known: KnownServerLine | undefined;
}

/** Judges a server by the known ones. */
export function judgeFound(
  { name, port, addresses, texts }: FoundServer,
  knownOnes: readonly KnownServerLine[],
): JudgedServer {
  const [hostname = ""] = addresses;
  const tls = texts.get("tls");
  const fingerprint = tls === "1" ? parseFingerprint(texts.get("fp") ?? "") : undefined;
  const known = knownOnes.find((each) => parseFingerprint(each.fingerprint) === fingerprint);
  const web = Number(/^\d{1,5}$/.exec(texts.get("web") ?? "")?.[0] ?? NaN);
  const places = addresses.map((each) => formatAddress({ hostname: each, port }));
  return {
    name: shownName(name),
    address: { hostname, port, ...tls === "1" ? { tls: true } : {} },
    addresses,
    fingerprint,
    hasPassword: texts.get("pw") === "1",
    web: web > 0 && web <= 65_535 ? web : undefined,
    known: fingerprint === undefined ? undefined : known,
    ...texts.get("v") !== "1" || (tls !== "0" && tls !== "1")
      ? { verdict: "refused", note: "refused: it is of a version that is not known here" }
      : verdictOn({ isSecure: tls === "1", known: fingerprint && known, name, places }, knownOnes),
  };
}

/** What counts in a verdict. */
interface Claim {
  readonly isSecure: boolean;
  readonly known: KnownServerLine | "" | undefined;
  readonly name: string;
  readonly places: readonly string[];
}

function verdictOn(
  { isSecure, known, name, places }: Claim,
  knownOnes: readonly KnownServerLine[],
): Pick<JudgedServer, "verdict" | "note"> {
  if (known) return { verdict: "known", note: `known as ${shownAs(known)}` };
  const earlier = knownOnes.find(({ server }) => places.includes(server)) ??
    knownOnes.find((each) => each.name !== undefined && isCalledLike(each.name, name));
  if (earlier === undefined) return { verdict: "new", note: undefined };
  const who = `the one that is known as ${shownAs(earlier)}`;
  return isSecure
    ? { verdict: "warned", note: `WARNING: it is not ${who}, whose certificate is another one` }
    : { verdict: "refused", note: `refused: it says that it speaks no TLS, and ${who} does` };
}

function shownAs({ server, name }: KnownServerLine): string {
  return name === undefined ? inertLine(server) : `${shownName(name)} (${inertLine(server)})`;
}

/** Whether a name that is kept, which is kept as it was shown, looks like one that was told. */
function isCalledLike(kept: string, told: string): boolean {
  return lookAlike(kept, told) || lookAlike(kept, shownName(told));
}

/** What a server calls itself, in which two names that differ look different: spaces that nobody counts are shown. */
function shownName(name: string): string {
  return inertLine(name).replace(UNSEEN_SPACE, (space) => {
    const code = space.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}

/**
 * All spaces but a plain one between two letters, what has no ink though it is none, and what chooses the look of
 * the letter before it, which most have in one look only.
 */
const UNSEEN_SPACE = /^ | (?= |$)|(?! )[\p{Zs}\u2800\u{1D159}\u{16FE4}\p{Variation_Selector}]/gu;

/** How servers are shown to a person, a line for each; `begin` gives what stands before each. */
export function foundLines(
  servers: readonly JudgedServer[],
  begin: (server: JudgedServer) => string = () => "",
): string[] {
  const wide = (texts: readonly string[], most: number): number =>
    Math.min(most, Math.max(...texts.map(textWidth)));
  const names = wide(servers.map(({ name }) => name), MOST_NAME_COLUMNS);
  const places = wide(servers.map(serverText), MOST_NAME_COLUMNS);
  return servers.map((server) => {
    const [name, place] = [padded(server.name, names), padded(serverText(server), places)];
    return `${begin(server)}${name}  ${place}  ${aboutText(server)}`;
  });
}

/** A server as it is given to `chatroom connect`. */
export function serverText({ address }: JudgedServer): string {
  return `${address.tls ? "tls://" : ""}${formatAddress(address)}`;
}

/** Where its page is; `undefined`: it has none. */
function pageText({ address, web }: JudgedServer): string | undefined {
  if (web === undefined) return undefined;
  const place = formatAddress({ hostname: address.hostname, port: web });
  return `http${address.tls ? "s" : ""}://${place}/`;
}

function aboutText(server: JudgedServer): string {
  const page = pageText(server);
  const parts = [
    ...server.note === undefined ? [] : [server.note],
    ...server.address.tls ? [] : ["not encrypted"],
    ...server.hasPassword ? ["password"] : [],
    ...page === undefined ? [] : [`page ${page}`],
  ];
  return parts.length === 0 ? "encrypted" : parts.join(", ");
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}
