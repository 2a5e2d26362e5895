/**
 * The flags of `chatroom serve` in one table: the keys of its configuration file, and by their column
 * `reloads` what a running server takes anew.
 */

import { NATS_FLAGS, NODE_FLAGS } from "./cluster_flags.ts";
import { CONFIG_FLAG } from "./config_flag.ts";
import { FILES_FLAG } from "./file_flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "./limit_flags.ts";
import { LOG_FLAGS } from "./log.ts";
import { PASSWORD_FLAG } from "./password.ts";
import { STORE_FLAGS } from "./store_flags.ts";
import { TLS_FLAGS } from "./tls_flags.ts";
import { DEFAULT_ADDRESS } from "./values.ts";
import { TITLE_FLAG, WEB_FLAGS } from "./web_flags.ts";

/** The flags that most servers are run with. */
const COMMON = new Set([
  ...["host", "port", "tls", "password-file", "data", "memory", "keep", "web", "web-host"],
  "log-level",
]);

function ranked(flags: readonly ServeFlag[]): ServeFlag[] {
  return flags.map((flag) => COMMON.has(flag.name) ? { ...flag, rank: "common" } : flag);
}

/** Every flag of `serve`, in the order of its help. */
export const SERVE_FLAGS: readonly ServeFlag[] = ranked([
  serveFlag("restart", "--host HOST", "address to listen on; 0.0.0.0 or :: for every network", {
    default: DEFAULT_ADDRESS.hostname,
  }),
  serveFlag("restart", "-p, --port PORT", "port to listen on; 0 picks a free one", {
    default: String(DEFAULT_ADDRESS.port),
  }),
  CONFIG_FLAG,
  TITLE_FLAG,
  serveFlag(
    "restart",
    "--announce [NAME]",
    "tell the network that this server is there, as NAME, so that chatroom discover finds it",
    { default: "the title, or what this machine is called" },
  ),
  ...TLS_FLAGS,
  {
    ...PASSWORD_FLAG,
    summary: "file whose first line is the password that everybody needs",
    reload: "now",
  },
  ...STORE_FLAGS,
  ...NATS_FLAGS,
  ...NODE_FLAGS,
  FILES_FLAG,
  ...LOG_FLAGS,
  ...WEB_FLAGS,
  serveFlag(
    "restart",
    "--irc [HOST:]PORT",
    "take IRC clients there too, by default on 127.0.0.1; with --web also at /irc of the page",
  ),
  serveFlag("restart", "--irc-name NAME", "what the server calls itself to IRC clients", {
    default: "irc.local",
  }),
  ...LIMIT_FLAGS,
  ...WEB_LIMIT_FLAGS,
]);
