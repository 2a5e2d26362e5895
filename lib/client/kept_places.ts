/**
 * Where a person looked last in the view on this machine, and what they closed there, by server and name: a small
 * file in the folder of the settings, in which rooms go by their names and conversations by their keys. What can't be
 * read counts as nothing: the view begins where the server says then.
 */

import { nameKey } from "../words/names.js";
import { fileIn, fileProblem, readUtf8 } from "./config_files.ts";
import { replaceFile } from "./settings.ts";

/** The most servers and names of which something is kept, and the most servers of one; the oldest go. */
const MAX_ENTRIES = 100;
const MAX_SERVERS = 16;

/** The most conversations of one name that stay closed; the one that was closed first opens again. */
const MAX_CLOSED = 200;

/** A room, or a conversation. */
export interface KeptPlace {
  readonly room?: string;
  readonly chat?: string;
}

/** What is kept for one name. */
interface Entry {
  /** The servers of one cluster, each as it is shown. */
  readonly servers: readonly string[];
  readonly name: string;
  readonly left?: KeptPlace;
  /** The conversations that were closed, by their keys, with the numbers up to which they had come. */
  readonly closed?: Readonly<Record<string, number>>;
}

/** Options of {@linkcode KeptPlaces}. */
export interface KeptPlacesOptions {
  /** The folder of the settings. */
  readonly dir: string;
  /** Those of one cluster, by each of which what is kept is found. */
  readonly servers: readonly string[];
  /** Is told once if nothing can be kept. */
  readonly complain: (line: string) => void;
  /** Whether the person has said where to begin. */
  readonly isGiven: boolean;
}

/** What is kept for the names that a person has on one server. */
export class KeptPlaces {
  readonly #options: KeptPlacesOptions;
  readonly #path: string;
  #isBroken = false;

  constructor(options: KeptPlacesOptions) {
    this.#options = options;
    this.#path = fileIn(options.dir, "places.json");
  }

  /** Where this name was left; `undefined`: nobody knows, or the person wants to be elsewhere. */
  left(name: string): KeptPlace | undefined {
    return this.#options.isGiven ? undefined : this.#of(this.#read(), name)?.left;
  }

  /** This name is left there. */
  leave(name: string, left: KeptPlace): void {
    this.#change(name, (before) => ({ ...before, left }));
  }

  /** The conversations that this name has closed, by their keys, and up to which number they had come. */
  closed(name: string): Array<readonly [chat: string, last: number]> {
    return Object.entries(this.#of(this.#read(), name)?.closed ?? {});
  }

  /** This name closes a conversation that has come up to that number; `undefined`: it is opened again. */
  close(name: string, chat: string, last: number | undefined): void {
    this.#change(name, (before) => {
      const others = Object.entries(before.closed ?? {}).filter(([each]) => each !== chat);
      const all = last === undefined ? others : [...others, [chat, last] as const];
      return { ...before, closed: Object.fromEntries(all.slice(-MAX_CLOSED)) };
    });
  }

  /** Changes what is kept for a name. What other clients have written meanwhile stays. */
  #change(name: string, change: (before: Entry) => Entry): void {
    if (this.#isBroken) return;
    const { dir, servers, complain } = this.#options;
    const all = this.#read();
    const before = this.#of(all, name);
    const known = [...new Set([...servers, ...before?.servers ?? []])].slice(0, MAX_SERVERS);
    const now = change({ ...before, servers: known, name });
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    const others = all.filter((each) => each !== before);
    const lines = [...others, now].slice(-MAX_ENTRIES).map((each) => JSON.stringify(each));
    try {
      Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
      replaceFile(this.#path, lines.map((line) => `${line}\n`).join(""));
    } catch (error) {
      this.#isBroken = true;
      const why = fileProblem(error as Error, "--allow-read --allow-write or -A, or --no-settings");
      complain(`Where you leave can't be kept in ${this.#path}: ${why}`);
    }
  }

  #of(entries: readonly Entry[], name: string): Entry | undefined {
    return entries.findLast((entry) =>
      nameKey(entry.name) === nameKey(name) &&
      entry.servers.some((server) => this.#options.servers.includes(server))
    );
  }

  /** All that is kept, what was changed last at the end. */
  #read(): Entry[] {
    try {
      return readUtf8(this.#path).split("\n").flatMap((line) => entryIn(line) ?? []);
    } catch {
      return [];
    }
  }
}

/** What stands on a line; `undefined`: nothing of ours. */
function entryIn(line: string): Entry | undefined {
  try {
    const { servers, name, left = {}, closed = {}, ...others } = JSON.parse(line);
    const isEntry = typeof left === "object" && Object.values(closed).every(Number.isSafeInteger) &&
      typeof name === "string" &&
      Array.isArray(servers) &&
      servers.every((server) => typeof server === "string") &&
      [typeof left.room, typeof left.chat].every((type) => ["string", "undefined"].includes(type));
    return isEntry ? { ...others, servers, name, left, closed } : undefined;
  } catch {
    return undefined;
  }
}
