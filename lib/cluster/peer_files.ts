/**
 * Files in a cluster: a node that does not have the bytes of a file asks the others for them, by their hash,
 * and keeps them from then on. Which files there are is agreed; the bytes need no order.
 */

import { createHash } from "node:crypto";
import type { FileSource, UploadNote } from "../chat/files/file_store.ts";
import { Refusal } from "../chat/refusal.ts";
import type { BlobStorage, FoundPart, StoragePart } from "../files/blob_storage.ts";
import type { Stream } from "./stream.ts";

/** The topic on which nodes ask for bytes. */
const TOPIC = "blob";

/** The bytes of one answer at most. */
const PIECE_BYTES = 131_072;

/** How long others may take to answer, in ms; one that has nothing says nothing. */
const ANSWER_MS = 3_000;

/** An answer begins with the size of the file, in so many bytes. */
const SIZE_BYTES = 8;

interface Asked {
  readonly sha256: string;
  readonly offset: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Keeps bytes in a storage of its own, and fetches from others what is not there. */
export class PeerFiles implements BlobStorage, Disposable {
  readonly #own: BlobStorage;
  readonly #stream: Stream;
  readonly #end: () => void;
  readonly #fetching = new Map<string, Promise<void>>();
  #count = 0;

  constructor(own: BlobStorage, stream: Stream) {
    this.#own = own;
    this.#stream = stream;
    this.#end = stream.answer(TOPIC, (data) => this.#answer(JSON.parse(decoder.decode(data))));
  }

  get found(): readonly FoundPart[] {
    return this.#own.found;
  }

  checkRoom(bytes: number): Promise<number> {
    return this.#own.checkRoom(bytes);
  }

  makePart(id: string, note: UploadNote): Promise<StoragePart> {
    return this.#own.makePart(id, note);
  }

  place(part: StoragePart, sha256: string, size: number): Promise<void> {
    return this.#own.place(part, sha256, size);
  }

  async open(sha256: string): Promise<FileSource> {
    try {
      return await this.#own.open(sha256);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!await this.#isFetched(sha256)) throw error;
      return await this.#own.open(sha256);
    }
  }

  remove(sha256: string): Promise<void> {
    return this.#own.remove(sha256);
  }

  list(): AsyncIterable<readonly string[]> {
    return this.#own.list();
  }

  close(): void {
    this[Symbol.dispose]();
    this.#own.close();
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  /** Whether the bytes are here now; several who want them wait for one. */
  async #isFetched(sha256: string): Promise<boolean> {
    let fetching = this.#fetching.get(sha256);
    if (fetching === undefined) {
      fetching = this.#fetch(sha256).finally(() => this.#fetching.delete(sha256));
      this.#fetching.set(sha256, fetching);
    }
    return await fetching.then(() => true, () => false);
  }

  async #fetch(sha256: string): Promise<void> {
    const first = await this.#ask({ sha256, offset: 0 });
    await this.#own.checkRoom(first.size);
    const owner = "account of the cluster";
    const note: UploadNote = { owner, person: owner, name: sha256, size: first.size, sha256 };
    const part = await this.#own.makePart(`peer-${++this.#count}-${sha256.slice(0, 16)}`, note);
    try {
      const hash = createHash("sha256");
      let piece = first.bytes;
      for (let offset = 0;;) {
        hash.update(piece);
        await part.write(piece, offset);
        offset += piece.length;
        if (offset >= first.size) break;
        piece = (await this.#ask({ sha256, offset })).bytes;
        if (piece.length === 0) throw new Error("It ended early");
      }
      if (hash.digest("hex") !== sha256) throw new Error("It is not what was asked for");
      await this.#own.place(part, sha256, first.size);
    } catch (error) {
      await part.remove().catch(() => {});
      throw error;
    }
  }

  async #ask(asked: Asked): Promise<{ readonly size: number; readonly bytes: Uint8Array }> {
    const answer = await this.#stream.ask(TOPIC, encoder.encode(JSON.stringify(asked)), ANSWER_MS);
    const view = new DataView(answer.buffer, answer.byteOffset);
    return { size: Number(view.getBigUint64(0)), bytes: answer.slice(SIZE_BYTES) };
  }

  async #answer({ sha256, offset }: Asked): Promise<Uint8Array | undefined> {
    let source: FileSource;
    try {
      source = await this.#own.open(sha256);
    } catch {
      return undefined;
    }
    try {
      const bytes = await source.read(offset, PIECE_BYTES);
      const answer = new Uint8Array(SIZE_BYTES + bytes.length);
      new DataView(answer.buffer).setBigUint64(0, BigInt(source.size));
      answer.set(bytes, SIZE_BYTES);
      return answer;
    } finally {
      source.close();
    }
  }
}
