/** The topics of `chatroom help`: a short word for each heading of the documents. */

/** A document, which is also in the executable. */
export interface Document {
  /** The topic that shows all of it. */
  readonly word: string;
  /** Its path from the project's folder. */
  readonly path: string;
  /** Its other topics, and the heading of each. */
  readonly topics: Readonly<Record<string, string>>;
  /** Topics of sections that are below those, which many look for by another word than their heading. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** The documents. `deno task compile` puts them into the executable. */
export const DOCUMENTS: readonly Document[] = [
  {
    word: "manual",
    path: "lib/cli/MANUAL.md",
    topics: {
      terminal: "The client",
      scripts: "In scripts",
      tab: "Tab completes",
      found: "Servers on this network",
      settings: "Settings",
      configuration: "A configuration file",
      reload: "Change a server that runs",
      library: "A library for programs",
      original: "The Python scripts, and a client of your own",
      weechat: "IRC clients",
      reference: "Reference",
    },
    parts: {
      view: "Each room on a screen of its own",
      devices: "On several devices",
      mentions: "Mentions, and people you don't want to read",
      browser: "In the browser",
      hooks: "Webhooks in",
      codes: "Exit codes",
    },
  },
  {
    word: "operating",
    path: "lib/server/OPERATING.md",
    topics: {
      tls: "TLS",
      page: "The page",
      announce: "Told to the network",
      proxy: "Behind a proxy",
      http: "Files over HTTP",
      webhooks: "Webhooks",
      packages: "Packages",
      watch: "Watch it",
      control: "Commands beside a running server",
      doctoring: "What doctor finds",
      machines: "Several machines",
      log: "The log",
      warnings: "What the log warns of",
      silent: "Clients that have gone without a word",
      metrics: "Metrics",
      nodes: "Metrics of a node",
    },
  },
  {
    word: "data",
    path: "lib/store/DATA.md",
    topics: {
      keep: "Keep what is said",
      removed: "What is removed",
      files: "Files that were sent",
      upgrade: "After an upgrade of chatroom",
      backups: "Make a backup",
      restoring: "Put a backup back",
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
      edits: "What was said",
      access: "Rooms that are not for everybody",
      roles: "Who may do what to whom",
    },
  },
  {
    word: "irc",
    path: "lib/irc/IRC.md",
    topics: {
      come: "How to come in",
      called: "What is called how",
      spoken: "What is spoken",
      clients: "Settings of clients",
      watched: "What an operator sees",
      missing: "What there is not yet",
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

/** All topics of {@linkcode DOCUMENTS}. */
export function topicWords(): string[] {
  return DOCUMENTS.flatMap(topicsOf);
}

/** The topics of a document, of which the first shows all of it. */
export function topicsOf({ word, topics, parts = {} }: Document): string[] {
  return [word, ...Object.keys(topics), ...Object.keys(parts)];
}
