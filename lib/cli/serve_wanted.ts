/** What `chatroom serve` is asked for by flags, the environment and its configuration file. */

import { LIMITS, type Limits, withDefaults } from "../server/limits.ts";
import type { WebOptions } from "../web/serve_web.ts";
import { type NodeWish, nodeWish } from "./cluster_flags.ts";
import { configPath } from "./config_flag.ts";
import { fileLimits, type FilesWish, filesWish } from "./file_flags.ts";
import { type Flag, type Invocation, parseFrom, UsageError } from "./flags.ts";
import type { IrcPlace } from "./irc_flags.ts";
import type { AnnounceWish } from "./lan_flags.ts";
import { limitsFrom } from "./limit_flags.ts";
import { type LogStyle, logStyle } from "./log.ts";
import { openFilesLimit } from "./open_files.ts";
import { givenPassword } from "./password.ts";
import { type StorePlace, storePlace } from "./store_flags.ts";
import { type TlsPlan, tlsPlan } from "./tls_flags.ts";
import { type Address, asciiHost, DEFAULT_ADDRESS, parsePort } from "./values.ts";
import { givenTitle, webPlace } from "./web_flags.ts";

/** What the flags and the environment ask for. */
export interface Wanted {
  readonly address: Address;
  readonly limits: Limits;
  /** The limits that were said, by their names. */
  readonly said: readonly string[];
  /** Files that this process may have open; `undefined`: not known. */
  readonly openFiles: number | undefined;
  readonly password: string | undefined;
  readonly title: { title?: string };
  readonly style: LogStyle;
  /** Where messages are kept; `undefined`: in memory. */
  readonly place: StorePlace | undefined;
  /** The node of a cluster that it is. */
  readonly node: NodeWish | undefined;
  readonly files: FilesWish;
  readonly plan: TlsPlan | undefined;
  readonly web: WebOptions | undefined;
  readonly irc: IrcPlace | undefined;
  readonly announce: AnnounceWish | undefined;
  readonly invocation: Invocation;
  /** The configuration file; `undefined`: there is none. */
  readonly configPath: string | undefined;
}

/**
 * What was asked for, with what is in the configuration file, if there is one. Rejects with a
 * {@linkcode UsageError} that says where in the file something is wrong.
 */
export async function withConfig(
  invocation: Invocation,
  flags: readonly Flag[],
): Promise<Invocation> {
  const path = configPath(invocation);
  if (path === undefined) return invocation;
  // A server without such a file does not load what reads TOML.
  const [{ readConfig }, { withFile }] = await Promise.all([
    import("./config_file.ts"),
    import("./config_values.ts"),
  ]);
  const { problems: [first, ...others], values } = readConfig(path, flags);
  if (first === undefined) return withFile(invocation, { path, values });
  // How much more there is shows only when values are looked at, and what the files hold that they name.
  const more = others.length === 0
    ? ""
    : `; that is not all, and chatroom config check ${path} says the rest`;
  throw new UsageError(first + more);
}

/**
 * Looks at what is asked for, and opens nothing; `passwordOf` reads the server's password. Rejects with a {@linkcode UsageError}, which says where in a
 * file something is wrong.
 */
export async function wantedBy(
  invocation: Invocation,
  passwordOf = givenPassword,
): Promise<Wanted> {
  try {
    return await wantedFrom(invocation, passwordOf);
  } catch (error) {
    // Only what can't be read as a password names no flag.
    throw await placedIn(invocation, error, "password-file");
  }
}

/** An error with its place in a configuration file, if it is about something there. */
export async function placedIn(
  invocation: Invocation,
  error: unknown,
  about: string,
): Promise<unknown> {
  const { placed } = await import("./config_values.ts");
  return placed(invocation, error, about);
}

async function wantedFrom(
  invocation: Invocation,
  passwordOf: typeof givenPassword,
): Promise<Wanted> {
  // A server without IRC does not load this.
  const isForIrc = invocation.get("irc") !== undefined || invocation.isSaid("irc-name");
  const irc = isForIrc ? (await import("./irc_flags.ts")).ircPlace(invocation) : undefined;
  const host = (invocation.get("host") ?? DEFAULT_ADDRESS.hostname).replace(/^\[|\]$/g, "");
  const port = invocation.get("port") ?? String(DEFAULT_ADDRESS.port);
  const openFiles = openFilesLimit();
  const place = storePlace(invocation);
  const said = limitsFrom(LIMITS, invocation);
  const hostname = parseFrom("--host", host, (text) => asciiHost(text, text));
  const title = givenTitle(invocation);
  // Nor does one that nobody is told of load this.
  const announce = invocation.isSaid("announce")
    ? (await import("./lan_flags.ts")).announceWish(invocation, hostname, title.title)
    : undefined;
  return {
    address: {
      hostname,
      port: parseFrom("--port", port, parsePort),
    },
    password: passwordOf(invocation),
    openFiles,
    limits: fileLimits(withDefaults(said, { openFiles }), place),
    said: Object.keys(said),
    style: logStyle(invocation),
    place,
    node: nodeWish(invocation),
    files: filesWish(invocation),
    plan: tlsPlan(invocation),
    web: webPlace(invocation),
    irc,
    title,
    announce,
    invocation,
    configPath: configPath(invocation),
  };
}
