// @ts-check
/// <reference lib="dom" />
/**
 * The ways to a cluster: the node that the page is from, and others, of which nodes tell, for when it is lost.
 * It is loaded when there are any, while the node that has it is still there.
 */

/** How many of a list are looked at, and how long each may be. */
const MOST = 16;
const LONGEST = 512;

/** What was told last. @type {readonly string[] | undefined} */
let told;
/** The addresses that were tried since somebody has let us in. @type {Set<string>} */
let tried = new Set();
/** Where we went last. */
let last = "";
/** Where the page is from. */
let from = "";

/**
 * Opens a socket: to where `live` leads, if we are in and only come in anew; else to where the page is from,
 * and then to one of the others, by chance, so that those who have lost one are spread over the others.
 * @type {(own: URL, servers?: readonly string[], live?: WebSocket) => WebSocket}
 */
export function openWay(own, servers = [], live) {
  const home = from = own.href;
  if (servers !== told) {
    told = servers;
    // What we are from may be several nodes behind one name, and is tried anew; another is lost.
    tried = new Set(last === "" || last === home ? [] : [last]);
  }
  last = live?.url ?? nextOf(home, waysIn(servers, own.protocol));
  tried.add(last);
  try {
    return new WebSocket(last);
  } catch {
    // The browser may go there by no means.
    return new WebSocket(last = home);
  }
}

/**
 * Whether what we went to last was only told of, and says by its epoch that it is none of the cluster, whose
 * epoch is `known`: then it is not shown who we are.
 * @type {(epoch: string, known: string) => boolean}
 */
export function isOther(epoch, known) {
  return last !== from && epoch !== known;
}

/** @type {(home: string, others: readonly string[]) => string} */
function nextOf(home, others) {
  const all = [...new Set([home, ...others])];
  if (all.every((way) => tried.has(way))) tried.clear();
  const fresh = all.filter((way) => !tried.has(way));
  return fresh.includes(home) ? home : fresh[Math.floor(Math.random() * fresh.length)] ?? home;
}

/**
 * The addresses of a list to which the page may go: never without TLS where it has come with that.
 * @type {(servers: readonly string[], protocol: string) => string[]}
 */
export function waysIn(servers, protocol) {
  return servers.slice(0, MOST).flatMap((text) => {
    if (typeof text !== "string" || text.length > LONGEST || !URL.canParse(text)) return [];
    const { protocol: given, username, password, hash, href } = new URL(text);
    const isSafe = given === "wss:" || given === "ws:" && protocol === "ws:";
    return isSafe && username === "" && password === "" && hash === "" ? [href] : [];
  });
}
