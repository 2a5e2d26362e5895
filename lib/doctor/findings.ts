/**
 * Everything that `chatroom doctor` may find: one record each, from which come what it prints and the table in
 * the manual. This folder knows no flags; what it looks at it is handed.
 */

/** What may be found. */
export interface FindingKind {
  readonly id: string;
  /** What is looked at. */
  readonly looksAt: string;
  /** A fault keeps people out or loses something; a warning may be as it should be. */
  readonly level: "fault" | "warning";
  /** What is the matter, as the beginning of a sentence. */
  readonly finding: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** All of them, in the order in which they are looked for. */
export const FINDINGS = [
  {
    id: "runtime-old",
    looksAt: "the version of Deno",
    level: "fault",
    finding: "Deno is too old for TLS and the page",
    remedy: "run it with the version that it names",
  },
  {
    id: "config-wrong",
    looksAt: "the configuration file",
    level: "fault",
    finding: "The configuration file is wrong, and serve would not start",
    remedy: "put that line right; chatroom config check looks at the file again",
  },
  {
    id: "files-few",
    looksAt: "how many files may be open",
    level: "fault",
    finding: "Too few files may be open for a server",
    remedy: "raise the limit: ulimit -n 4096 before serve, or LimitNOFILE= in its unit",
  },
  {
    id: "data-place",
    looksAt: "the data directory",
    level: "fault",
    finding: "The data directory can't be one",
    remedy: "name another one with --data, or move away what is there",
  },
  {
    id: "data-mode",
    looksAt: "who may write to it",
    level: "fault",
    finding: "Other users can write to the data directory, and serve refuses it",
    remedy: "say chmod go-w with its path",
  },
  {
    id: "data-open",
    looksAt: "who may look into it",
    level: "warning",
    finding: "Other users can look into the data directory",
    remedy: "say chmod 700 with its path",
  },
  {
    id: "data-read-only",
    looksAt: "whether this user may write to it",
    level: "fault",
    finding: "This user can't write to the data directory",
    remedy: "run it as the user that the server runs as, or give the directory to this one",
  },
  {
    id: "data-locked",
    looksAt: "who uses it",
    level: "fault",
    finding: "A program uses the data directory, and is no server that answers",
    remedy: "wait until that command is done, or end the server that hangs",
  },
  {
    id: "data-network",
    looksAt: "its file system",
    level: "warning",
    finding: "The data directory is on a network file system, where locks and syncs may not hold",
    remedy: "keep it on a disk of this machine, and back it up to the network",
  },
  {
    id: "disk-full",
    looksAt: "the room on its disk",
    level: "fault",
    finding: "The disk is nearly full: files are refused, and messages will be",
    remedy: "make room, or let serve keep less with --keep and --max-files",
  },
  {
    id: "store-newer",
    looksAt: "the version of its tables",
    level: "fault",
    finding: "The database was written by a newer chatroom",
    remedy: "use that version, or put back a backup of before",
  },
  {
    id: "store-damaged",
    looksAt: "the database, quickly",
    level: "fault",
    finding: "The database is damaged, or none of ours",
    remedy: "see what chatroom check says, and put a backup back: chatroom restore",
  },
  {
    id: "cert-expired",
    looksAt: "the server's certificate",
    level: "fault",
    finding: "The certificate has expired",
    remedy: "get a new one; one of serve --tls is made anew when both tls- files are moved away",
  },
  {
    id: "cert-early",
    looksAt: "from when on it is valid",
    level: "fault",
    finding: "The certificate is not valid yet",
    remedy: "set the clock of this machine right, or get one that is valid",
  },
  {
    id: "cert-ends",
    looksAt: "until when it is valid",
    level: "warning",
    finding: "The certificate ends soon",
    remedy: "get a new one; a running server takes it without a restart",
  },
  {
    id: "cert-key",
    looksAt: "the certificate's key",
    level: "fault",
    finding: "The key is not that of the certificate",
    remedy: "name the two files that belong together in --tls-cert and --tls-key",
  },
  {
    id: "cert-unreadable",
    looksAt: "whether both can be read",
    level: "fault",
    finding: "The certificate or its key can't be used",
    remedy: "let this user read both; they are PEM, and the key has no passphrase",
  },
  {
    id: "port-taken",
    looksAt: "who has the server's port",
    level: "fault",
    finding: "Another program has the port",
    remedy: "stop it (ss -ltnp names it), or let serve listen elsewhere with --port",
  },
  {
    id: "server-away",
    looksAt: "whether the server answers",
    level: "fault",
    finding: "Nothing answers there",
    remedy: "look at the address, whether serve runs with --host 0.0.0.0, and at firewalls between",
  },
  {
    id: "server-other",
    looksAt: "what it speaks",
    level: "fault",
    finding: "What answers is no chatroom server",
    remedy: "look at the address and port; a page is named by its whole address, as in http://HOST",
  },
  {
    id: "server-refuses",
    looksAt: "whether it takes this machine",
    level: "fault",
    finding: "The server takes nobody from here",
    remedy: "ask whoever runs it: chatroom ban list shows bans, and its log says why",
  },
  {
    id: "server-version",
    looksAt: "its version",
    level: "warning",
    finding: "The server is of another version than this program",
    remedy: "they understand each other; for commands beside a server use its own version",
  },
  {
    id: "tls-none",
    looksAt: "whether it speaks TLS",
    level: "fault",
    finding: "The server speaks no TLS, and was to",
    remedy: "start it with --tls; without, nobody should show it a password",
  },
  {
    id: "tls-only",
    looksAt: "whether it speaks nothing else",
    level: "fault",
    finding: "The server speaks TLS, and was asked without",
    remedy: "say --tls, or tls:// before its address",
  },
  {
    id: "tls-failed",
    looksAt: "the handshake",
    level: "fault",
    finding: "There is no TLS connection to it",
    remedy: "see what the server's log says of the handshake",
  },
  {
    id: "tls-changed",
    looksAt: "its fingerprint",
    level: "fault",
    finding: "The server has another certificate than the one that is known",
    remedy: "ask whoever runs it before you go on: somebody may be listening in",
  },
  {
    id: "tls-untrusted",
    looksAt: "the dates and names in its certificate",
    level: "fault",
    finding: "The server's certificate is not to be trusted",
    remedy: "have a certificate made that is valid and for this name, or pin it: --tls-fingerprint",
  },
  {
    id: "tls-unknown",
    looksAt: "who has signed it",
    level: "warning",
    finding: "Nobody known here has signed the server's certificate",
    remedy: "compare the fingerprint with what the server printed, and connect once on a terminal",
  },
  {
    id: "password-missing",
    looksAt: "whether it needs a password",
    level: "warning",
    finding: "The server needs a password, and none was given",
    remedy: "say --password-file, and this looks whether it is right",
  },
  {
    id: "password-wrong",
    looksAt: "the password",
    level: "fault",
    finding: "The server does not take the password",
    remedy: "ask for the right one; on SIGHUP a server reads its file again",
  },
  {
    id: "web-refused",
    looksAt: "the page",
    level: "fault",
    finding: "The page is refused",
    remedy: "let --web-host name this host, and the proxy send on Host as it came",
  },
  {
    id: "web-upgrade",
    looksAt: "whether a proxy lets WebSockets through",
    level: "fault",
    finding: "No WebSocket comes through, so the page can't chat",
    remedy: "let the proxy send on Upgrade and Connection: chatroom help proxy has the lines",
  },
  {
    id: "web-body",
    looksAt: "whether it lets large bodies through",
    level: "warning",
    finding: "A proxy refuses bodies of 60 KiB, as webhooks have",
    remedy: "raise its limit of bodies, such as client_max_body_size",
  },
  {
    id: "clock-differs",
    looksAt: "its clock beside this one",
    level: "fault",
    finding: "The clocks of the server and of this machine differ",
    remedy: "set both by NTP; certificates, bans and links go by them",
  },
] as const satisfies readonly FindingKind[];

export type FindingId = typeof FINDINGS[number]["id"];

/** Something that was found. */
export interface Discovery {
  readonly id: FindingId;
  readonly level: FindingKind["level"];
  /** A sentence without its full stop. What a server says is in it as it came. */
  readonly text: string;
  readonly remedy: string;
}

/** What was looked at: what is as it should be, and what is not. */
export class Findings {
  /** Sentences without a full stop. */
  readonly facts: string[] = [];
  readonly found: Discovery[] = [];

  fact(text: string): void {
    this.facts.push(text);
  }

  /** Adds something; `detail` says of what, or how it shows; `here`: what to do in this case, word for word. */
  add(id: FindingId, detail: string, here?: string): void {
    const kind = FINDINGS.find((each) => each.id === id);
    if (kind === undefined) throw new Error(`There is no finding ${id}`);
    const { level, finding, remedy } = kind;
    this.found.push({ id, level, text: `${finding}: ${detail}`, remedy: here ?? remedy });
  }

  get isFaulty(): boolean {
    return this.found.some(({ level }) => level === "fault");
  }
}
