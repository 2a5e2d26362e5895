/**
 * What somebody was writing when they left, by server, name and place: a small file in the folder of the settings, for
 * nobody else to read. A draft that came back is there no more, so that two clients have none twice.
 */

import { nameKey } from "../words/names.js";
import { fileIn, fileProblem, readUtf8 } from "./config_files.ts";
import { replaceFile } from "./settings.ts";

/** The most drafts that are kept, and the most bytes of the file, which holds no more than is read; the oldest go. */
const MAX_DRAFTS = 100;
const MAX_BYTES = 262_144;

/** A room, a conversation, or somebody with whom there is none yet. */
export interface DraftPlace {
  readonly room?: string;
  readonly chat?: string;
  readonly to?: string;
}

/** What was being written there. */
export interface KeptDraft extends DraftPlace {
  readonly text: string;
}

interface DraftLine extends KeptDraft {
  /** The servers of one cluster, each as it is shown. */
  readonly servers: readonly string[];
  readonly name: string;
}

/** Options of {@linkcode KeptDrafts}. */
export interface KeptDraftsOptions {
  /** The folder of the settings. */
  readonly dir: string;
  /** Those of one cluster, by each of which what is kept is found. */
  readonly servers: readonly string[];
  /** Is told once if nothing can be kept. */
  readonly complain: (line: string) => void;
}

export class KeptDrafts {
  readonly #options: KeptDraftsOptions;
  readonly #path: string;
  /** The places of which this client has kept something. */
  readonly #ours = new Set<string>();
  #isBroken = false;

  constructor(options: KeptDraftsOptions) {
    this.#options = options;
    this.#path = fileIn(options.dir, "drafts.json");
  }

  /** Removes and returns what this name was writing in places that there are. */
  take(name: string, isThere: (place: DraftPlace) => boolean): KeptDraft[] {
    const all = this.#read();
    const taken = all.filter((line) => this.#isOf(line, name) && isThere(line));
    if (taken.length > 0) this.#write(all.filter((line) => !taken.includes(line)));
    return taken;
  }

  /** Keeps what this name is writing, in the place of what was kept here before; false: not all of it can be. */
  keep(name: string, drafts: readonly KeptDraft[]): boolean {
    const { servers } = this.#options;
    const now = new Set(drafts.map(placeKey));
    if (now.size === 0 && this.#ours.size === 0) return true;
    const isReplaced = (line: DraftLine): boolean =>
      this.#isOf(line, name) && (now.has(placeKey(line)) || this.#ours.has(placeKey(line)));
    const others = this.#read().filter((line) => !isReplaced(line));
    this.#ours.clear();
    for (const key of now) this.#ours.add(key);
    const ours = drafts.map((draft): DraftLine => ({ servers, name, ...draft }));
    return this.#write([...others, ...ours]) >= ours.length;
  }

  #isOf({ servers, name }: DraftLine, ours: string): boolean {
    return nameKey(name) === nameKey(ours) &&
      servers.some((server) => this.#options.servers.includes(server));
  }

  /** Returns how many of them are kept: those at the end. */
  #write(all: readonly DraftLine[]): number {
    if (this.#isBroken) return 0;
    const { dir, complain } = this.#options;
    const lines = all.slice(-MAX_DRAFTS).map((line) => `${JSON.stringify(line)}\n`);
    while (new TextEncoder().encode(lines.join("")).length > MAX_BYTES) lines.shift();
    try {
      Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
      replaceFile(this.#path, lines.join(""));
      return lines.length;
    } catch (error) {
      this.#isBroken = true;
      const why = fileProblem(error as Error, "--allow-read --allow-write or -A, or --no-settings");
      complain(`Drafts can't be kept in ${this.#path}: ${why}`);
      return 0;
    }
  }

  /** All that is kept, the latest at the end; what can't be read counts as nothing. */
  #read(): DraftLine[] {
    try {
      return readUtf8(this.#path).split("\n").flatMap((line) => draftIn(line) ?? []);
    } catch {
      return [];
    }
  }
}

function placeKey({ room, chat, to }: DraftPlace): string {
  return chat !== undefined ? `chat ${chat}` : room !== undefined ? `room ${room}` : `to ${to}`;
}

/** What stands on a line; `undefined`: nothing of ours. */
function draftIn(line: string): DraftLine | undefined {
  try {
    const { servers, name, text, room, chat, to } = JSON.parse(line);
    const isText = (value: unknown): boolean => typeof value === "string";
    const places = [room, chat, to].filter((place) => place !== undefined);
    const isOurs = Array.isArray(servers) && servers.every(isText) && isText(name) &&
      isText(text) && places.length === 1 && places.every(isText);
    return isOurs ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}
