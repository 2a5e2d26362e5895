/** Saves the files of all messages that a script reads, each once. */

import { inertLine } from "../../words/inert.js";
import type { Event, SentFile } from "../../wire/events.ts";
import { RequestError } from "../conversation.ts";
import { inertJson } from "../printer.ts";
import type { FileTransfers } from "./file_transfers.ts";
import { savedBefore } from "./part_file.ts";

/** What a {@linkcode FileSaver} is made with. */
export interface FileSaverOptions {
  readonly transfers: FileTransfers;
  readonly folder: string;
  /** Whether what is saved is told as a line of JSON, or else as a diagnostic. */
  readonly json: boolean;
  readonly complain: (line: string) => void;
}

/** Saves files. */
export class FileSaver {
  readonly #options: FileSaverOptions;
  /** The ids of the files that were taken. */
  readonly #known = new Set<string>();
  readonly #saving = new Set<Promise<void>>();
  #failed = false;

  constructor(options: FileSaverOptions) {
    this.#options = options;
  }

  /** Saves the file of a message, if it has one; `print` is for what is said of it on stdout. */
  take(event: Event, print: (text: string) => Promise<unknown>): void {
    const file = event.type === "message" || event.type === "direct" ? event.file : undefined;
    if (file === undefined || this.#known.has(file.id)) return;
    this.#known.add(file.id);
    const saving: Promise<void> = this.#save(file, print).finally(() =>
      this.#saving.delete(saving)
    );
    this.#saving.add(saving);
  }

  /** Resolves when all that was taken is saved or could not be: with whether all is. */
  async settled(): Promise<boolean> {
    while (this.#saving.size > 0) await Promise.all(this.#saving);
    return !this.#failed;
  }

  async #save(file: SentFile, print: (text: string) => Promise<unknown>): Promise<void> {
    const { transfers, folder, json, complain } = this.#options;
    try {
      const before = await savedBefore(file, folder);
      const path = before ?? await transfers.download(file, { folder }).result;
      if (json) await print(savedLine(file, path));
      else if (before === undefined) complain(`Saved ${inertLine(path)}`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#failed = true;
      if (error.code === "ended") return;
      complain(`${inertLine(file.name)} was not saved: ${inertLine(error.message)}`);
    }
  }
}

function savedLine({ id, name }: SentFile, path: string): string {
  return `${inertJson(JSON.stringify({ type: "saved", file: id, name, path }))}\n`;
}
