/**
 * The servers that a server tells of as nodes of its cluster. Whoever sends such a list may mean harm, so it
 * is short, says addresses and nothing else, and leads nobody to their own machine. It is never a reason to
 * trust: each server is asked for the same as the first, TLS and certificate among them.
 */

/** How many of a list are looked at. */
const MOST = 16;
/** The longest address: a name of 253 characters, and a port. */
const LONGEST = 259;
const ADDRESS = /^(\[[\da-f:.]+\]|[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?):([1-9]\d{0,4})$/i;
/** Addresses that mean this machine, or what is plugged into it, in their canonical form. */
const OWN = [
  /^(?:.*\.)?localhost$/,
  /^(?:127|0)\.|^169\.254\./,
  /^\[(?:::|::1|::ffff:[\da-f:]*|fe[89ab][\da-f]:.*)\]$/,
];

/**
 * The addresses of a list that may be gone to, as `HOST:PORT` in their canonical form. `given`: those that
 * the person has named; where one of them is on this machine, the others may be as well.
 */
export function toldServers(list: readonly string[], given: readonly string[]): string[] {
  const isHere = given.some((address) => isOwn(hostIn(address) ?? ""));
  return list.slice(0, MOST).flatMap((text) => {
    const host = hostIn(text);
    return host === undefined || isOwn(host) && !isHere ? [] : [`${host}:${portIn(text)}`];
  });
}

/** The canonical host of an address; `undefined`: it is none. `127.1` is 127.0.0.1 to the system, too. */
function hostIn(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const [, host, port] = ADDRESS.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) return undefined;
  return URL.parse(`http://${host}/`)?.hostname;
}

function portIn(text: string): string {
  return text.slice(text.lastIndexOf(":") + 1);
}

function isOwn(host: string): boolean {
  return OWN.some((own) => own.test(host));
}
