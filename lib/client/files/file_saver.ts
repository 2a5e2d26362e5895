/** Saves the files of all messages that a script reads, each once, while the disk has room. */

import { statfs } from "node:fs/promises";
import { inertLine } from "../../words/inert.js";
import { sizeText } from "../../words/files.js";
import type { Event, SentFile } from "../../wire/events.ts";
import { RequestError } from "../conversation.ts";
import { inertJson } from "../printer.ts";
import type { FileTransfers } from "./file_transfers.ts";
import { Lane } from "./lane.ts";
import { savedBefore } from "./part_file.ts";

/** How many files are looked for and saved at once; the others wait. */
const AT_ONCE = 2;
/** This part of the disk stays free: what others send must not fill it while nobody looks. */
const FREE_PART = 0.05;

/** The room on a disk, in bytes. */
export interface RoomOnDisk {
  readonly free: number;
  readonly all: number;
}

/** What a {@linkcode FileSaver} is made with. */
export interface FileSaverOptions {
  readonly transfers: FileTransfers;
  readonly folder: string;
  /** Whether what is saved is told as a line of JSON, or else as a diagnostic. */
  readonly json: boolean;
  readonly complain: (line: string) => void;
  /** Looks how much room the disk of a folder has; by default asks the system. */
  readonly roomIn?: (folder: string) => Promise<RoomOnDisk>;
}

/** Saves files. */
export class FileSaver {
  readonly #options: FileSaverOptions;
  readonly #lane = new Lane(AT_ONCE);
  /** The ids of the files that were taken. */
  readonly #known = new Set<string>();
  /** The last that is being saved or waits, of each name and content. */
  readonly #saving = new Map<string, Promise<void>>();
  #failed = false;
  /** The link has ended: what waits is not saved any more. */
  #isOver = false;

  constructor(options: FileSaverOptions) {
    this.#options = options;
  }

  /** Saves the file of a message, if it has one; `print` is for what is said of it on stdout. */
  take(event: Event, print: (text: string) => Promise<unknown>): void {
    const file = event.type === "message" || event.type === "direct" ? event.file : undefined;
    if (file === undefined || this.#known.has(file.id)) return;
    this.#known.add(file.id);
    // The same once more is found when it is saved.
    const same = `${file.sha256} ${file.name}`;
    const before = this.#saving.get(same) ?? Promise.resolve();
    const saving: Promise<void> = before.then(() => this.#inTurn(file, print)).finally(() => {
      if (this.#saving.get(same) === saving) this.#saving.delete(same);
    });
    this.#saving.set(same, saving);
  }

  /** Resolves when all that was taken is saved or could not be: with whether all is. */
  async settled(): Promise<boolean> {
    while (this.#saving.size > 0) await Promise.all(this.#saving.values());
    return !this.#failed;
  }

  /** Never rejects: what goes wrong with one file is told, and the others are saved. */
  async #inTurn(file: SentFile, print: (text: string) => Promise<unknown>): Promise<void> {
    using _place = await this.#lane.enter(new AbortController().signal);
    if (this.#isOver) return;
    try {
      await this.#save(file, print);
    } catch (error) {
      this.#failed = true;
      if (error instanceof RequestError && error.code === "ended") this.#isOver = true;
      else {
        const why = inertLine((error as Error).message);
        this.#options.complain(`${inertLine(file.name)} was not saved: ${why}`);
      }
    }
  }

  async #save(file: SentFile, print: (text: string) => Promise<unknown>): Promise<void> {
    const { transfers, folder, json, complain } = this.#options;
    const before = await savedBefore(file, folder);
    if (before === undefined) await this.#checkRoom(file);
    const path = before ?? await transfers.download(file, { folder }).result;
    if (json) await print(savedLine(file, path));
    else if (before === undefined) complain(`Saved ${inertLine(path)}`);
  }

  async #checkRoom({ size }: SentFile): Promise<void> {
    const { folder, roomIn = systemRoom } = this.#options;
    // Where the system does not tell, a full disk is told when it is full.
    const room = await roomIn(folder).catch(() => undefined);
    if (room === undefined || room.free - size >= room.all * FREE_PART) return;
    throw new RequestError(
      "not-saved",
      `the disk of ${folder} has ${sizeText(room.free)} free, and ` +
        `${sizeText(room.all * FREE_PART)} of it stay so; make room, and run it again`,
    );
  }
}

async function systemRoom(folder: string): Promise<RoomOnDisk> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, all: blocks * bsize };
}

function savedLine({ id, name }: SentFile, path: string): string {
  return `${inertJson(JSON.stringify({ type: "saved", file: id, name, path }))}\n`;
}
