/** What the flags of `serve` for IRC clients say; loaded when they are given. */

import { type Invocation, parseFrom, UsageError } from "./flags.ts";
import { type Address, formatAddress, parseAddress } from "./values.ts";

/** The name of a server unless it is told another. */
const DEFAULT_NAME = "irc.local";
/** The longest name: it stands before each line of the server's. */
const MAX_NAME = 63;

/** Where IRC clients are taken, and what they are told that the server is called. */
export interface IrcPlace extends Address {
  readonly name: string;
}

/** What the flags ask for; `undefined` without `--irc`. Throws a {@linkcode UsageError}. */
export function ircPlace(invocation: Invocation): IrcPlace | undefined {
  const given = invocation.get("irc");
  if (given === undefined) {
    if (!invocation.isSaid("irc-name")) return undefined;
    throw new UsageError("--irc-name is for IRC clients; say where they come with --irc PORT");
  }
  if (!/^(\d+|[^:[\]]*:\d+|\[[^\]]+\]:\d+)$/.test(given)) {
    throw new UsageError(`--irc takes PORT, HOST:PORT or [IPV6]:PORT, not ${given}`);
  }
  return { ...parseFrom("--irc", given, parseAddress), name: serverName(invocation) };
}

function serverName(invocation: Invocation): string {
  const name = invocation.get("irc-name") ?? DEFAULT_NAME;
  if (
    name.length <= MAX_NAME && /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d-]*[a-z\d])+$/i.test(name)
  ) {
    return name;
  }
  throw new UsageError(
    `--irc-name takes a name with a dot, such as irc.example.org, not ${JSON.stringify(name)}`,
  );
}

/** Why IRC clients can't be taken there, and what to do. */
export function explainIrc(error: Error, place: Address): string {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "the port is in use; choose another with --irc, or --irc 0 to get a free one",
    EACCES: "this port is not allowed; ports from 1024 up are free for everybody",
  };
  const code = (error as Error & { readonly code?: string }).code ?? "";
  const told = why[code] ?? `${error.message}; --irc takes an address or a name of this machine`;
  return `Can't take IRC clients on ${formatAddress(place)}: ${told}`;
}
