/** A file on its way in: writes what comes in its order, and hashes it as it is written. */

import type { Hash } from "node:crypto";
import { SpareBlocks } from "../wire/spare_blocks.ts";
import type { StoredBlob, Upload, UploadAsked, UploadNote } from "../chat/files/file_store.ts";
import { typeOfName } from "../chat/files/file_type.ts";
import { Refusal } from "../chat/refusal.ts";
import { type BlobStorage, PartLost, type StoragePart } from "./blob_storage.ts";
import { fileNotStored, uploadEnded } from "./file_refusals.ts";
import { isHidden } from "./hidden_owner.ts";
import { pictureIn } from "./picture.ts";

/** At most so many bytes go to the disk in one write, and are hashed at once, which takes 0.2 ms. */
const WRITE_BYTES = 262_144;
/** After how many bytes at most to look again whether the disk has room. */
const LOOK_BYTES = 16_777_216;

const blocks = new SpareBlocks(WRITE_BYTES);

/** What an upload is made of. */
export interface StoredUploadParts {
  readonly id: string;
  readonly note: UploadNote;
  readonly part: StoragePart;
  /** How many bytes the part has, from an earlier process. */
  readonly size?: number;
  readonly touched: number;
  readonly storage: BlobStorage;
  readonly now: () => number;
  /** Called when its hash is known, before its blob is there: from then on that must stay. */
  readonly hold: (sha256: string) => void;
  /** Brings the part to its blob, when nobody else is at work on that one. */
  readonly place: (sha256: string, size: number) => Promise<void>;
  /** Called once, when it has come to its end, with the blob that it held, which may be of no use. */
  readonly ended: (held: string | undefined, isUseless: boolean) => void;
}

/** Whoever waits until its bytes are written. */
interface Waiting {
  readonly taken: () => void;
  readonly refused: (refusal: Refusal) => void;
}

/** Bytes that are written at once, and those whose last ones are among them. */
interface Gathered {
  readonly block: Uint8Array;
  length: number;
  readonly waiting: Waiting[];
}

/** An upload of a store. */
export class StoredUpload implements Upload {
  readonly id: string;
  readonly person: UploadAsked["person"];
  readonly name: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly #parts: StoredUploadParts;
  #owner: UploadAsked["owner"];
  /** Bytes that were taken, and those of them that are in the part and in the hash. */
  #offset: number;
  #written: number;
  /** At how many bytes to look again whether there is room. */
  #lookAt: number;
  #touched: number;
  /** What is to be written next, in order. */
  readonly #gathered: Gathered[] = [];
  #writing: Promise<void> | undefined;
  #hash: Hash | undefined;
  #failed: Refusal | undefined;
  #finishing: Promise<StoredBlob> | undefined;
  #held: string | undefined;
  #placed: StoredBlob | undefined;
  /** It was finished, and what it is for is being stored. */
  #isInUse = false;
  #isOver = false;

  constructor(parts: StoredUploadParts) {
    const { owner, person, name, size, sha256 } = parts.note;
    this.id = parts.id;
    this.#owner = owner;
    this.person = person;
    this.name = name;
    if (size !== undefined) this.size = size;
    if (sha256 !== undefined) this.sha256 = sha256;
    this.#parts = parts;
    this.#offset = this.#written = this.#lookAt = parts.size ?? 0;
    this.#touched = parts.touched;
  }

  get owner(): UploadAsked["owner"] {
    return this.#owner;
  }

  get offset(): number {
    return this.#offset;
  }

  /** When it was last begun, or bytes came, in ms since 1970. */
  get touched(): number {
    return this.#touched;
  }

  /** Whether it waits for more bytes, or to be finished. */
  get isOpen(): boolean {
    return !this.#isOver && this.#finishing === undefined && !this.#isInUse;
  }

  /** Goes on from the bytes that are there, whatever became of the last attempt, for its owner. */
  goOn(owner: UploadAsked["owner"]): void {
    // An earlier process has left only what tells whether it is this one.
    if (isHidden(this.#owner)) this.#owner = owner;
    this.#touched = this.#parts.now();
    this.#failed = undefined;
  }

  write(data: Uint8Array): Promise<void> {
    if (!this.isOpen || this.#placed !== undefined) return Promise.reject(uploadEnded(this.id));
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (this.size !== undefined && this.#offset + data.length > this.size) {
      return Promise.reject(this.#tooMuch(data.length));
    }
    this.#offset += data.length;
    this.#touched = this.#parts.now();
    return new Promise((taken, refused) => {
      this.#gather(data).push({ taken, refused });
      this.#writing ??= this.#writeAll();
    });
  }

  finish(sha256?: string): Promise<StoredBlob> {
    if (this.#isOver) return Promise.reject(uploadEnded(this.id));
    // If that fails it may be finished again, when the rest has come or the disk has room.
    return this.#finishing ??= this.#finish(sha256).finally(() => this.#finishing = undefined);
  }

  settle(): void {
    if (this.#placed !== undefined) this.#end(false);
    else void this.#discard();
  }

  giveBack(): void {
    this.#isInUse = false;
    this.#touched = this.#parts.now();
  }

  async cancel(): Promise<void> {
    await this.#finishing?.catch(() => {});
    // What is in use is for settle() to end.
    if (!this.#isInUse) await this.#discard();
  }

  /** Settles when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
    await this.#finishing?.catch(() => {});
  }

  async #discard(): Promise<void> {
    if (!this.#end(true)) return;
    await this.#writing;
    // What can't be removed now is removed when the server starts.
    await this.#parts.part.remove().catch(() => {});
  }

  /** Takes and gives nothing from here on. Returns false if that was so before. */
  #end(isUseless: boolean): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#parts.ended(this.#held, isUseless);
    return true;
  }

  /** Copies bytes to where they wait; returns who waits for the last of them. */
  #gather(data: Uint8Array): Waiting[] {
    for (let at = 0;;) {
      let last = this.#gathered.at(-1);
      if (last === undefined || last.length === WRITE_BYTES) {
        last = { block: blocks.take(), length: 0, waiting: [] };
        this.#gathered.push(last);
      }
      const part = data.subarray(at, at + WRITE_BYTES - last.length);
      last.block.set(part, last.length);
      last.length += part.length;
      at += part.length;
      if (at === data.length) return last.waiting;
    }
  }

  async #writeAll(): Promise<void> {
    for (let next; (next = this.#gathered.shift()) !== undefined;) {
      const { block, length, waiting } = next;
      try {
        await this.#writeOne(block.subarray(0, length));
        for (const { taken } of waiting) taken();
      } catch (error) {
        this.#refuseAll(fileNotStored(this.name, error), waiting);
      } finally {
        blocks.give(block);
      }
    }
    // Here, and not when the promise has settled: what comes in between begins anew.
    this.#writing = undefined;
  }

  /** Nothing of what waits is written any more. */
  #refuseAll(refusal: Refusal, first: readonly Waiting[]): void {
    this.#failed = refusal;
    this.#offset = this.#written;
    const others = this.#gathered.splice(0);
    for (const { refused } of first) refused(refusal);
    for (const { block, waiting } of others) {
      blocks.give(block);
      for (const { refused } of waiting) refused(refusal);
    }
  }

  async #writeOne(data: Uint8Array): Promise<void> {
    const { part, storage } = this.#parts;
    const hash = await this.#hashed();
    if (this.#written >= this.#lookAt) {
      const left = await storage.checkRoom(0);
      // Others write, too.
      this.#lookAt = this.#written + Math.min(left / 2, LOOK_BYTES);
    }
    await part.write(data, this.#written);
    hash.update(data);
    this.#written += data.length;
  }

  /** The hash of what is written; of what an earlier process has left that is read once more. */
  async #hashed(): Promise<Hash> {
    if (this.#hash !== undefined) return this.#hash;
    // Loaded for the first file: it takes 25 ms, for which no start should wait.
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256");
    for (let at = 0; at < this.#written;) {
      const data = await this.#parts.part.read(at, Math.min(WRITE_BYTES, this.#written - at));
      if (data.length === 0) throw new Error("a part of what came before is gone");
      hash.update(data);
      at += data.length;
    }
    return this.#hash = hash;
  }

  async #finish(sha256?: string): Promise<StoredBlob> {
    await this.#writing;
    if (this.#failed !== undefined) throw this.#failed;
    if (this.size !== undefined && this.#written < this.size) throw this.#tooLittle(this.size);
    const { part, hold, place } = this.#parts;
    const size = this.#written;
    try {
      const found = this.#placed?.sha256 ?? (await this.#hashed()).copy().digest("hex");
      const wanted = [sha256, this.sha256].find((hash) => hash !== undefined && !same(hash, found));
      if (wanted !== undefined) throw await this.#badHash(found, wanted);
      this.#isInUse = true;
      if (this.#placed !== undefined) return this.#placed;
      const picture = await pictureIn((offset, length) => part.read(offset, length), size);
      if (this.#held === undefined) hold(this.#held = found);
      await place(found, size);
      return this.#placed = { sha256: found, size, type: typeOfName(this.name), ...picture };
    } catch (error) {
      this.#isInUse = false;
      if (error instanceof PartLost) await this.#discard();
      throw fileNotStored(this.name, error);
    }
  }

  /** What came is not what was meant: none of it is any use. */
  async #badHash(found: string, wanted: string): Promise<Refusal> {
    await this.#discard();
    const text = `What came of ${this.name} has the SHA-256 ${found} and not ${wanted}; ` +
      "send it again from the beginning";
    return new Refusal("bad-hash", text);
  }

  #tooLittle(size: number): Refusal {
    const offset = this.#written;
    const text = `${this.name} has ${offset} of ${size} bytes; send those from ${offset} on first`;
    return new Refusal("bad-offset", text, undefined, false, { offset });
  }

  #tooMuch(bytes: number): Refusal {
    const offset = this.#offset;
    const text = `${this.name} was announced with ${this.size} bytes, and ${bytes} more after ` +
      `${offset} are too many; begin it anew with put`;
    return new Refusal("bad-offset", text, undefined, false, { offset });
  }
}

/** Whether two hashes in hexadecimal are the same. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
