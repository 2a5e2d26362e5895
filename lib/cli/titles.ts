/** The names and summaries of the subcommands, which are loaded only when they are run. */

import type { Title } from "./flags.ts";

/** The topic of `chatroom help` for the limits of a server. */
export const LIMITS_TOPIC = "limits";

/** The title of every subcommand. */
export const TITLES = {
  serve: { name: "serve", aliases: ["server"], summary: "run a server" },
  connect: {
    name: "connect",
    aliases: ["client"],
    summary: "join a server, at a terminal or in a pipe",
  },
  discover: { name: "discover", summary: "list the servers that this network is told of" },
  send: {
    name: "send",
    summary: "deliver one message or files, wait until the server has it, and exit",
  },
  ask: { name: "ask", summary: "ask people a question with choices, and wait for the answer" },
  run: { name: "run", summary: "run a command, and tell a room how it goes and how it ended" },
  get: { name: "get", summary: "fetch a file that was sent" },
  tail: { name: "tail", summary: "follow rooms without sending a message" },
  relay: { name: "relay", summary: "post what is said in rooms to a URL, as webhooks" },
  bench: { name: "bench", summary: "put a load on a server and measure it" },
  user: { name: "user", summary: "reserve names on a server, and say who owns it" },
  room: { name: "room", summary: "list the rooms that are kept, set them, and remove some" },
  invite: { name: "invite", summary: "make a link that invites people to a room" },
  hook: { name: "hook", summary: "make URLs by which programs say something in a room" },
  ban: { name: "ban", summary: "list who is banned or muted on a server, and lift it" },
  cluster: { name: "cluster", summary: "make the log that several machines share, and show it" },
  export: { name: "export", summary: "print the messages of a data directory" },
  import: { name: "import", summary: "store what chatroom export printed, or another program" },
  backup: { name: "backup", summary: "copy a data directory, whole, while the server runs or not" },
  restore: { name: "restore", summary: "put a backup back into a data directory" },
  doctor: { name: "doctor", summary: "find out what keeps a server or a page from working" },
  check: { name: "check", summary: "look for damage in a data directory" },
  config: {
    name: "config",
    summary: "check a server's configuration file, and show what comes of it",
  },
  completions: {
    name: "completions",
    summary: "print the script by which your shell completes chatroom's command line",
  },
} as const satisfies Readonly<Record<string, Title>>;
