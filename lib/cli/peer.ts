/** What the subcommands that talk to a server have in common: its address, and our name. */

import type { Secrets } from "../client/resume_options.ts";
import type { Shape } from "../client/shown.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { nameKey, roomName } from "../words/names.js";
import { type Flag, flagOf, type Invocation, parseFrom, readEnv, UsageError } from "./flags.ts";
import { givenPassword, PASSWORD_FLAG } from "./password.ts";
import { TLS_PEER_NOTES } from "./tls_peer.ts";
import { type Addresses, parseAddresses } from "./addresses.ts";
import { DEFAULT_ADDRESS } from "./values.ts";

/** The flags of these subcommands. */
export const PEER_FLAGS = {
  name: flagOf("-n, --name NAME", "the name that others see", {
    env: "CHATROOM_NAME",
    default: "your login name",
  }),
  room: flagOf("-r, --room ROOM", "the room to join; it is made if there is none", {
    default: "lobby",
  }),
  exactName: flagOf(
    "--exact-name",
    "fail if the name is in use, instead of putting a number after it",
  ),
  password: PASSWORD_FLAG,
  classic: flagOf(
    "--classic",
    "speak the protocol of the Python scripts, without rooms and history",
  ),
} as const satisfies Readonly<Record<string, Flag>>;

/** `--invite`: come in by a link, in place of the server's password. */
export const INVITE_FLAG = flagOf(
  "--invite LINK",
  "come in by an invitation: an address with #invite=, or what stands behind that",
  { env: "CHATROOM_INVITE" },
);

/** The token of an invitation that was given, as a link or alone. Throws a {@linkcode UsageError}. */
export function givenInvite(invocation: Invocation): string | undefined {
  const text = invocation.get("invite");
  if (text === undefined) return undefined;
  const [, token = text] = /#(?:.*&)?invite=([^&]*)/.exec(text) ?? [];
  if (token !== "" && !/[\s/#]/.test(token)) return token;
  // Not with the text, which may hold the token.
  throw new UsageError("--invite needs a link with #invite= and more behind it, without blanks");
}

/** Lines for the help of these subcommands. */
export const PEER_NOTES: readonly string[] = [
  `HOST is ${DEFAULT_ADDRESS.hostname} and PORT ${DEFAULT_ADDRESS.port} unless given; ` +
  "$CHATROOM_SERVER stands in for both.",
  "Several servers of one cluster are written as A:PORT,B:PORT: where one is lost, or lets nobody in,",
  "the client goes to another of them and goes on there.",
  "$CHATROOM_PASSWORD holds the server's password, $CHATROOM_LOGIN that of a reserved name.",
  "",
  "Exit codes: 0 done, 1 not delivered, 2 bad usage, 3 no connection (or no reply in time),",
  "4 refused by the server; 129, 130 and 143 for the signals SIGHUP, SIGINT and SIGTERM.",
  "",
  ...TLS_PEER_NOTES,
  "",
];

/** The servers' addresses: from a positional, the environment, or the last run. */
export function serverAddresses(positional: string | undefined, last?: string): Addresses {
  const variable = readEnv("CHATROOM_SERVER");
  if (positional === undefined && variable !== undefined) {
    return parseFrom("$CHATROOM_SERVER", variable, parseAddresses);
  }
  const text = positional ?? last;
  return text === undefined ? [DEFAULT_ADDRESS] : parseAddresses(text);
}

/** The name from the flag, the environment, the last run, or the system's user. */
export function chosenName(invocation: Invocation, last?: string): string | undefined {
  return onceName(invocation) ?? last ??
    readEnv("USER") ?? readEnv("LOGNAME") ?? readEnv("USERNAME");
}

/** The name that was given for this run. */
export function onceName(invocation: Invocation): string | undefined {
  return invocation.get("name") ?? readEnv("CHATROOM_NAME");
}

/** The name, for scripts: there is nobody to ask for it. Throws a {@linkcode UsageError}. */
export function requiredName(invocation: Invocation): string {
  const name = chosenName(invocation);
  if (name === undefined) throw new UsageError("A name is needed: --name NAME or $CHATROOM_NAME");
  return name;
}

/** The rooms that the flags name. */
export function givenRooms(invocation: Invocation): string[] {
  return invocation.all("room").map(roomName);
}

/** Throws a {@linkcode UsageError} if the flags ask for what the classic protocol does not have. */
export function checkClassic(invocation: Invocation): void {
  if (invocation.has("classic") && invocation.get("password-file") !== undefined) {
    throw new UsageError(
      "--classic sends no password by itself; leave out --password-file, and say /login PASSWORD",
    );
  }
  if (invocation.has("classic") && invocation.has("exact-name")) {
    throw new UsageError("--classic puts a number after a name in use; leave out --exact-name");
  }
  const beyond = givenRooms(invocation).find((room) => nameKey(room) !== nameKey(DEFAULT_ROOM));
  if (!invocation.has("classic") || beyond === undefined) return;
  throw new UsageError(`--classic has no room but ${DEFAULT_ROOM}; leave out --room ${beyond}`);
}

/** The passwords from the flags and the environment: the server's, and that of our reserved name. */
export function givenSecrets(invocation: Invocation): Secrets {
  const password = givenPassword(invocation);
  const login = readEnv("CHATROOM_LOGIN");
  return {
    ...(password === undefined ? {} : { password }),
    ...(login === undefined ? {} : { login }),
  };
}

/** `--json` and `--raw`: how a client in a pipe prints events. */
export const SHAPE_FLAGS = {
  json: flagOf("--json", "print each event as a line of JSON"),
  raw: flagOf("--raw", "print the texts alone, byte for byte; not on a terminal"),
} as const satisfies Readonly<Record<string, Flag>>;

/** `--time`: lines begin with the time. */
export const TIME_FLAG = flagOf("--time", "begin each line with the date and time of this machine");

/** Whether lines are to begin with the time. Throws {@linkcode UsageError}. */
export function timesFrom(invocation: Invocation, shape: Shape): boolean {
  if (!invocation.has("time") || shape === "lines") return invocation.has("time");
  throw new UsageError(
    shape === "json"
      ? "--time is for lines; with --json each event has its time in the field at"
      : "--time is for lines; --raw prints the texts alone",
  );
}

/** Their lines in the help. */
export const SHAPE_NOTES: readonly string[] = [
  "--json prints events with their fields, all but ack, ping and welcome; chatroom help events",
  "lists them. --raw prints the text of each message as it was sent and a newline, without the",
  "sender. What others write could steer a terminal, so --raw refuses to print to one; a text may",
  "hold newlines of its own.",
];

/** The shape that the flags ask for. Throws {@linkcode UsageError}. */
export function shapeFrom(invocation: Invocation): Shape {
  const raw = invocation.has("raw");
  if (raw && invocation.has("json")) throw new UsageError("--json and --raw exclude each other");
  if (raw && Deno.stdout.isTerminal()) {
    throw new UsageError(
      "--raw would let others steer this terminal; leave it out, or send stdout to a file or pipe",
    );
  }
  return raw ? "raw" : invocation.has("json") ? "json" : "lines";
}
