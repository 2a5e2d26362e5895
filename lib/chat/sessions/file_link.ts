/** HTTP links to files, as the house hands them out. The web door makes them and follows them. */

/**
 * Whom a link is for: a person, or everybody in a room that all may enter. Whoever follows it gets what
 * that person, or anybody in that room, may read at that time.
 */
export type FileReader = `account ${string}` | `guest ${string}` | `room ${string}`;

/** For whom a link is made. */
export interface LinkOwner {
  readonly reader: FileReader;
  /** What names the session that asked for it (see `Session.device`); a link for a room needs nobody. */
  readonly device?: string | undefined;
}

/** What a link to a file is made from. */
export interface LinkedFile {
  readonly id: string;
  /** Stands in the link for people and for programs that save under it; nothing depends on it. */
  readonly name: string;
}

/** A link to a file. */
export interface FileLink {
  /** From the root of the web door's host, for a page that was served there. */
  readonly path: string;
  /** The whole; `undefined` where nobody knows by which host the client reaches the web door. */
  readonly url?: string;
  /** Until when it can be followed, in ms since 1970. */
  readonly until: number;
}
