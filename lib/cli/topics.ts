/** What `chatroom help` shows of the documents beside the code, by a short word for each heading. */

/** A document that the executable holds, too. */
export interface Document {
  /** The word for all of it. */
  readonly word: string;
  /** From the project's folder. */
  readonly path: string;
  /** Its topics: a word, and the heading that it stands for. */
  readonly topics: Readonly<Record<string, string>>;
}

/** The documents. Whoever makes the executable puts them into it. */
export const DOCUMENTS: readonly Document[] = [
  {
    word: "manual",
    path: "lib/cli/MANUAL.md",
    topics: {
      terminal: "The client",
      scripts: "In scripts",
      tab: "Tab completes",
      settings: "Settings",
      original: "The Python scripts, and a client of your own",
      reference: "Reference",
    },
  },
  {
    word: "operating",
    path: "lib/server/OPERATING.md",
    topics: {
      tls: "TLS",
      page: "The page",
      proxy: "Behind a proxy",
      watch: "Watch it",
      control: "Commands beside a running server",
      log: "The log",
      warnings: "What the log warns of",
      silent: "Clients that have gone without a word",
      metrics: "Metrics",
    },
  },
  {
    word: "data",
    path: "lib/store/DATA.md",
    topics: {
      keep: "Keep what is said",
      upgrade: "After an upgrade of chatroom",
      backup: "Make a backup",
      restore: "Put a backup back",
      rooms: "Rooms that are kept",
      disk: "See that the disk is waited for",
      copies: "Export, import, check",
      damage: "When the files are lost or damaged",
    },
  },
  {
    word: "moderation",
    path: "lib/chat/MODERATION.md",
    topics: {
      password: "A password for everybody",
      names: "A name of your own",
      bans: "Kick, mute and ban",
      roles: "Who may do what to whom",
    },
  },
  {
    word: "protocol",
    path: "lib/wire/PROTOCOL.md",
    topics: {
      frame: "Frame",
      opening: "Opening",
      classic: "Classic",
      events: "Events",
      python: "A client in Python",
    },
  },
];

/** Every word that {@linkcode DOCUMENTS} has for something. */
export function topicWords(): string[] {
  return DOCUMENTS.flatMap(({ word, topics }) => [word, ...Object.keys(topics)]);
}
