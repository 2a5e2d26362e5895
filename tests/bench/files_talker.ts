/** A client of the bench of files: it talks, and sends and fetches files, on one connection. */

import type { DownloadTarget } from "../../lib/client/files/downloader.ts";
import { FileTransfers } from "../../lib/client/files/file_transfers.ts";
import { openSource } from "../../lib/client/files/upload_source.ts";
import { Link } from "../../lib/client/link.ts";
import type { SentFile } from "../../lib/wire/events.ts";

const ROOM = "lobby";

/** A client in the lobby. */
export class Talker implements AsyncDisposable {
  readonly #link: Link;
  readonly #transfers: FileTransfers;
  readonly #ready = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  constructor(port: number, name: string) {
    this.#link = new Link({
      connect: async (signal) => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port, signal });
        conn.setNoDelay(true);
        return conn;
      },
      name,
    });
    this.#transfers = new FileTransfers(this.#link);
    this.#reading = this.#read();
  }

  /** Says something; resolves with how long it took to be acked, in ms. */
  async say(): Promise<number> {
    await this.#ready.promise;
    const began = performance.now();
    await this.#link.send({ type: "say", room: ROOM, text: "how long does this take?" });
    return performance.now() - began;
  }

  /** Sends a file into the lobby. */
  async send(path: string): Promise<void> {
    await this.#ready.promise;
    const source = await openSource(path);
    await this.#transfers.upload({ source, destination: { room: ROOM } }).result;
  }

  /** Fetches a file, and keeps nothing of it. */
  async fetch({ id }: SentFile): Promise<void> {
    await this.#ready.promise;
    await this.#transfers.fetch(id, () => Promise.resolve(nowhere())).result;
  }

  /** The file that was sent to the lobby last. */
  async lastFile(): Promise<SentFile> {
    await this.#ready.promise;
    const request = { type: "history", room: ROOM, files: true, limit: 1 } as const;
    const page = await this.#link.send(request);
    const file = page.type === "page" ? page.messages.at(-1)?.file : undefined;
    if (file === undefined) throw new Error(`No file was sent: ${JSON.stringify(page)}`);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const event of this.#transfers.conversation.events) {
      if (event.type === "ready") this.#ready.resolve();
    }
  }
}

function nowhere(): DownloadTarget<void> {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    readBack: () => Promise.resolve(0),
    ...{ write: nothing, finish: nothing, empty: nothing, discard: nothing },
    [Symbol.dispose]: () => {},
  };
}
