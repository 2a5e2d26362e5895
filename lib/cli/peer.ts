/** What the subcommands that talk to a server have in common: where it is, and who we are. */

import { nameKey } from "../chat/name.ts";
import type { Secrets } from "../client/memory.ts";
import { Link, type LinkOptions } from "../client/link.ts";
import { Refused } from "../client/refusal.ts";
import type { Stream } from "../client/wire.ts";
import { DEFAULT_ROOM } from "../wire/event.ts";
import { type Flag, type Invocation, parseFrom, readEnv, UsageError } from "./flags.ts";
import { givenLogin, givenPassword, PASSWORD_FLAG } from "./password.ts";
import { secured, TLS_PEER_NOTES, type TlsWish, tlsWish } from "./tls_peer.ts";
import { type Address, DEFAULT_ADDRESS, formatAddress, parseAddress } from "./values.ts";

/** How long a connection may take to come about, in ms. */
const CONNECT_MS = 10_000;

/** Flags of every subcommand that talks to a server. */
export const PEER_FLAGS = {
  name: {
    name: "name",
    short: "n",
    value: "NAME",
    env: "CHATROOM_NAME",
    default: "your login name",
    summary: "the name that others see",
  },
  room: {
    name: "room",
    short: "r",
    value: "ROOM",
    default: "lobby",
    summary: "the room to be in; it is made if there is none",
  },
  password: PASSWORD_FLAG,
  classic: {
    name: "classic",
    summary: "speak the protocol of the Python scripts, without rooms and history",
  },
} as const satisfies Readonly<Record<string, Flag>>;

/** Lines for the help of these subcommands. */
export const PEER_NOTES: readonly string[] = [
  `HOST is ${DEFAULT_ADDRESS.hostname} and PORT ${DEFAULT_ADDRESS.port} unless told; ` +
  "$CHATROOM_SERVER stands in for both.",
  "$CHATROOM_PASSWORD holds the server's password, $CHATROOM_LOGIN that of a reserved name.",
  "Exit codes: 0 done, 1 not delivered, 2 bad usage, 3 no connection (or no reply in time),",
  "4 refused by the server; 129, 130 and 143 for the signals SIGHUP, SIGINT and SIGTERM.",
  ...TLS_PEER_NOTES,
];

/** Where the server is: a positional, the environment, or where one was last. */
export function serverAddress(positional: string | undefined, last?: string): Address {
  const variable = readEnv("CHATROOM_SERVER");
  if (positional === undefined && variable !== undefined) {
    return parseFrom("$CHATROOM_SERVER", variable, parseAddress);
  }
  const text = positional ?? last;
  return text === undefined ? DEFAULT_ADDRESS : parseAddress(text);
}

/** The name from the flag, the environment, the last time, or the login. */
export function chosenName(invocation: Invocation, last?: string): string | undefined {
  return invocation.get("name") ?? readEnv("CHATROOM_NAME") ?? last ??
    readEnv("USER") ?? readEnv("LOGNAME") ?? readEnv("USERNAME");
}

/** The same, where there is nobody to ask. */
export function requiredName(invocation: Invocation): string {
  const name = chosenName(invocation);
  if (name === undefined) throw new UsageError("A name is needed: --name NAME or $CHATROOM_NAME");
  return name;
}

/** What {@linkcode openLink} is told besides. */
export interface OpenLinkOptions extends Pick<LinkOptions, "giveUpMs" | "scrollback" | "secrets"> {
  /** How TLS is to be spoken; as the flags say unless told. */
  readonly wish?: TlsWish | undefined;
  /** A connection that has been made already. */
  readonly stream?: Stream | undefined;
}

/**
 * A link as the flags say. `giveUpMs`: how long to go on after the connection was lost. `scrollback`:
 * as in {@linkcode LinkOptions}; a program takes what was said before it came for news.
 */
export function openLink(
  invocation: Invocation,
  address: Address,
  name: string,
  { wish = tlsWish(invocation, address), stream, ...options }: OpenLinkOptions = {},
): Link {
  checkClassic(invocation);
  let first = stream;
  return new Link({
    secrets: givenSecrets(invocation),
    connect: async (signal) => {
      const made = first;
      first = undefined;
      return made ?? await connect(address, wish, signal);
    },
    name,
    rooms: invocation.all("room"),
    classic: invocation.has("classic"),
    ...options,
  });
}

function checkClassic(invocation: Invocation): void {
  if (invocation.has("classic") && invocation.get("password-file") !== undefined) {
    throw new UsageError(
      "--classic sends no password by itself; leave out --password-file, and say /login PASSWORD",
    );
  }
  const beyond = invocation.all("room").find((room) => nameKey(room) !== nameKey(DEFAULT_ROOM));
  if (!invocation.has("classic") || beyond === undefined) return;
  throw new UsageError(`--classic has no room but ${DEFAULT_ROOM}; leave out --room ${beyond}`);
}

/** What the server may want to see, from the flag and the environment. */
export function givenSecrets(invocation: Invocation): Secrets {
  const password = givenPassword(invocation);
  const login = givenLogin();
  return {
    ...(password === undefined ? {} : { password }),
    ...(login === undefined ? {} : { login }),
  };
}

/** Connects, with TLS if that is wished for; what has failed is told in a sentence. */
export async function connect(
  address: Address,
  wish: TlsWish | undefined,
  closing: AbortSignal,
): Promise<Stream> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(CONNECT_MS)]);
  let unanswered = "no answer";
  try {
    const { hostname, port } = address;
    const conn = sendingAtOnce(await Deno.connect({ hostname, port, signal }));
    if (wish === undefined) return conn;
    unanswered = "it may not speak TLS there: no answer";
    return await secured(conn, address, wish, signal);
  } catch (error) {
    if (error instanceof Refused) throw error;
    const why = explain(error as Error, unanswered);
    throw new Error(`Can't connect to ${formatAddress(address)}: ${why}`);
  }
}

/** Small messages should not wait for acknowledgements of the network's own. */
function sendingAtOnce(conn: Deno.TcpConn): Deno.TcpConn {
  try {
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    // macOS refuses this for a socket that was reset already.
    conn.close();
    throw error;
  }
}

function explain(error: Error, unanswered: string): string {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "nothing listens there; is the server running?";
  }
  if (error.name === "TimeoutError") return `${unanswered} within ${CONNECT_MS / 1_000} s`;
  if (error instanceof Deno.errors.NotCapable) {
    return "the permission is missing; run with --allow-net or -A";
  }
  return error.message.replace(/ \(os error \d+\)$/, "");
}
