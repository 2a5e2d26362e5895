/** The store of files: uploads that come in and go on, and blobs that stay as long as something refers to them. */

import type {
  FileOwner,
  FileSource,
  FileStore,
  UnderWay,
  UploadAsked,
  UploadNote,
} from "../chat/files/file_store.ts";
import { OneByOne } from "../chat/limits/turns.ts";
import type { BlobStorage } from "./blob_storage.ts";
import { fileGone, fileNotStored } from "./file_refusals.ts";
import { isSameOwner } from "./hidden_owner.ts";
import { StoredUpload, type StoredUploadParts } from "./stored_upload.ts";

/** How long the part of an upload that nothing comes of is kept, in ms. */
export const PART_MS = 86_400_000;

/** Says which of some blobs something refers to. */
type IsKept = (sha256s: readonly string[]) => Promise<ReadonlySet<string>>;

/** How files are kept. */
export interface KeptFilesOptions {
  readonly storage: BlobStorage;
  /** The clock that people go by, in ms since 1970; that of the machine by default. */
  readonly now?: () => number;
  /** Told of what could not be removed, in a sentence without a full stop. */
  readonly onProblem?: (text: string) => void;
}

/** Uploads and blobs, in whatever storage. */
export class KeptFiles implements FileStore {
  readonly #storage: BlobStorage;
  readonly #now: () => number;
  readonly #onProblem: (text: string) => void;
  readonly #uploads = new Map<string, StoredUpload>();
  /** New uploads whose parts are being made. */
  readonly #beginning = new Set<UploadAsked>();
  /** Blobs that uploads hold, and how many do. */
  readonly #held = new Map<string, number>();
  /** What is done with a blob last, or waits for that: it is placed or removed by one at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #removals = new OneByOne();
  #isKept: IsKept | undefined;
  #isClosed = false;

  constructor({ storage, now = Date.now, onProblem = () => {} }: KeptFilesOptions) {
    this.#storage = storage;
    this.#now = now;
    this.#onProblem = onProblem;
    for (const found of storage.found) this.#add(found);
  }

  async begin(asked: UploadAsked, newId: string): Promise<StoredUpload> {
    const there = this.#unfinished(asked);
    // Counted from the first moment, so that two that begin at once can't both take the last room.
    if (there === undefined) this.#beginning.add(asked);
    try {
      // What others have announced may never come.
      await this.#storage.checkRoom(Math.max(0, (asked.size ?? 0) - (there?.offset ?? 0)));
      if (there?.isOpen) {
        there.goOn(asked.owner);
        return there;
      }
      const { id: _, isRunning: __, ...note } = asked;
      const part = await this.#storage.makePart(newId, note);
      return this.#add({ id: newId, note, part, touched: this.#now() });
    } catch (error) {
      throw fileNotStored(asked.name, error);
    } finally {
      this.#beginning.delete(asked);
    }
  }

  upload(id: string): StoredUpload | undefined {
    return this.#uploads.get(id);
  }

  idlest(owner: FileOwner, isRunning: (id: string) => boolean): StoredUpload | undefined {
    let found: StoredUpload | undefined;
    for (const upload of this.#uploads.values()) {
      if (!upload.isOpen || !isOf(upload.owner, owner) || isRunning(upload.id)) continue;
      if (found === undefined || upload.touched < found.touched) found = upload;
    }
    return found;
  }

  underWay(of?: FileOwner | "guests"): UnderWay {
    let bytes = 0;
    let count = 0;
    for (const { owner, size = 0, offset } of this.#uploads.values()) {
      if (!isOf(owner, of)) continue;
      bytes += Math.max(size, offset);
      count++;
    }
    for (const { owner, size = 0 } of this.#beginning) {
      if (!isOf(owner, of)) continue;
      bytes += size;
      count++;
    }
    return { bytes, count };
  }

  come(of?: FileOwner | "guests"): number {
    let bytes = 0;
    for (const { owner, offset } of this.#uploads.values()) if (isOf(owner, of)) bytes += offset;
    return bytes;
  }

  async open(sha256: string, size?: number): Promise<FileSource> {
    const source = await this.#storage.open(sha256);
    if (size === undefined || source.size === size) return source;
    source.close();
    throw fileGone();
  }

  letGo(sha256s: readonly string[]): void {
    void this.#removals.run(() => this.#removeUnkept(sha256s));
  }

  async tidy(isKept: IsKept): Promise<void> {
    this.#isKept = isKept;
    const before = this.#now() - PART_MS;
    for (const upload of [...this.#uploads.values()]) {
      if (upload.isOpen && upload.touched < before) await upload.cancel();
    }
    for await (const sha256s of this.#storage.list()) {
      if (this.#isClosed) return;
      await this.#removals.run(() => this.#removeUnkept(sha256s));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const uploads = [...this.#uploads.values()].map((upload) => upload.settled());
    await Promise.all([...uploads, this.#removals.run(() => Promise.resolve())]);
    this.#storage.close();
  }

  #unfinished(asked: UploadAsked): StoredUpload | undefined {
    const named = asked.id === undefined ? undefined : this.#uploads.get(asked.id);
    if (named?.isOpen && named.person === asked.person) return named;
    const { sha256, isRunning = () => false } = asked;
    if (sha256 === undefined) return undefined;
    for (const upload of this.#uploads.values()) {
      if (upload.isOpen && isSame(upload, asked) && !isRunning(upload.id)) return upload;
    }
    return undefined;
  }

  #add(parts: Pick<StoredUploadParts, "id" | "note" | "part" | "size" | "touched">): StoredUpload {
    const { id, part } = parts;
    const upload = new StoredUpload({
      ...parts,
      storage: this.#storage,
      now: this.#now,
      hold: (sha256) => this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1),
      place: (sha256, size) => this.#inTurn(sha256, () => this.#storage.place(part, sha256, size)),
      ended: (held, isUseless) => {
        this.#uploads.delete(id);
        if (held === undefined) return;
        this.#release(held);
        if (isUseless) this.letGo([held]);
      },
    });
    this.#uploads.set(id, upload);
    return upload;
  }

  #release(sha256: string): void {
    const left = (this.#held.get(sha256) ?? 0) - 1;
    if (left > 0) this.#held.set(sha256, left);
    else this.#held.delete(sha256);
  }

  async #removeUnkept(sha256s: readonly string[]): Promise<void> {
    try {
      const isKept = this.#isKept;
      // What can't be asked any more, the next start asks.
      if (this.#isClosed || isKept === undefined || sha256s.length === 0) return;
      const kept = await isKept(sha256s);
      for (const sha256 of sha256s) {
        if (!kept.has(sha256)) await this.#inTurn(sha256, () => this.#removeOne(sha256, isKept));
      }
    } catch (error) {
      if (this.#isClosed) return;
      this.#onProblem(
        `Files that nothing refers to could not be removed: ${(error as Error).message}`,
      );
    }
  }

  /**
   * Removes a blob that nothing refers to. An upload may have finished since that was looked at; while
   * this has the blob's turn none can, so it is looked at again.
   */
  async #removeOne(sha256: string, isKept: IsKept): Promise<void> {
    if (this.#held.has(sha256)) return;
    const kept = await isKept([sha256]);
    if (kept.has(sha256) || this.#held.has(sha256)) return;
    await this.#storage.remove(sha256);
  }

  /** Does `work` on a blob when all that was to be done with it before has ended. */
  #inTurn<T>(sha256: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(sha256);
    const done = Promise.resolve(before?.catch(() => {})).then(work);
    this.#turns.set(sha256, done);
    const end = (): void => {
      if (this.#turns.get(sha256) === done) this.#turns.delete(sha256);
    };
    done.then(end, end);
    return done;
  }
}

/** Whether somebody is that owner, or a guest, or anybody. */
function isOf(owner: FileOwner, of: FileOwner | "guests" | undefined): boolean {
  if (of === undefined) return true;
  return of === "guests" ? owner.startsWith("address ") : isSameOwner(owner, of);
}

/** Whether an upload is of the same file, by the same person. */
function isSame(note: UploadNote, { person, name, size, sha256 }: UploadAsked): boolean {
  return note.person === person && note.name === name && note.size === size &&
    note.sha256 === sha256;
}
