/**
 * Keeps the bytes of files in a data directory: `files/ab/SHA256`, and `files/part/ID` with `ID.json` while
 * they come in. A part is on the disk before it gets the name of a blob, so a blob is always whole.
 */

import type { FileSource, UploadNote } from "../chat/files/file_store.ts";
import { type BlobStorage, type FoundPart, PartLost, type StoragePart } from "./blob_storage.ts";
import { checkDiskRoom, type DiskRoom, diskRoom } from "./disk_room.ts";
import {
  blobsOn,
  type DiskPaths,
  diskPaths,
  FILE_MODE,
  makePrivateShelf,
  namesIn,
  removeIfThere,
  syncDirectory,
} from "./disk_paths.ts";
import { EarlySync } from "./early_sync.ts";
import { fileGone } from "./file_refusals.ts";
import { hiddenOwner } from "./hidden_owner.ts";
import { OpenFew, SeldomOpen } from "./open_few.ts";
import { readNote, writtenNote } from "./part_note.ts";
import { isPlain } from "./plain_file.ts";

/** How files are kept on a disk. */
export interface DiskStorageOptions {
  /** The data directory. */
  readonly dir: string;
  /** Whether a file counts as kept when it is on the disk, or already when the system has it. */
  readonly durability?: "full" | "normal";
  /** How much room the disk of a path has; as the system says by default. */
  readonly room?: DiskRoom;
}

/** The part of an upload on the disk. */
class DiskPart implements StoragePart {
  readonly id: string;
  readonly file: SeldomOpen;
  readonly #storage: DiskStorage;
  readonly #open: OpenFew;
  readonly #early: EarlySync | undefined;

  constructor(id: string, file: SeldomOpen, storage: DiskStorage, open: OpenFew) {
    this.id = id;
    this.file = file;
    this.#storage = storage;
    this.#open = open;
    if (storage.isSynced) this.#early = new EarlySync(file, open);
  }

  async write(data: Uint8Array, offset: number): Promise<void> {
    await this.#open.write(this.file, data, offset);
    this.#early?.wrote(data.length);
  }

  /** Settles when nothing but its writing is done with it. Rejects when what was written may not be on the disk. */
  async settled(): Promise<void> {
    await this.#early?.end();
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#open.read(this.file, offset, length);
  }

  remove(): Promise<void> {
    return this.#storage.removePart(this);
  }
}

/** Blobs and parts in a data directory. */
export class DiskStorage implements BlobStorage {
  readonly found: readonly FoundPart[];
  readonly #paths: DiskPaths;
  readonly #room: DiskRoom;
  /** Whether what is kept is brought to the disk. */
  readonly isSynced: boolean;
  readonly #open = new OpenFew();

  private constructor(options: DiskStorageOptions, paths: DiskPaths, found: readonly FoundNote[]) {
    const { durability = "full", room = diskRoom } = options;
    this.#paths = paths;
    this.#room = room;
    this.isSynced = durability === "full";
    this.found = found.map(({ id, ...rest }) => ({ id, ...rest, part: this.#part(id) }));
  }

  /** Opens the files of a data directory, which the caller has locked. Rejects with the system's error. */
  static async open(options: DiskStorageOptions): Promise<DiskStorage> {
    const paths = diskPaths(options.dir);
    await makePrivateShelf(paths.files);
    await makePrivateShelf(paths.parts);
    if (options.durability !== "normal") await syncDirectory(options.dir);
    return new DiskStorage(options, paths, await findParts(paths));
  }

  checkRoom(bytes: number): Promise<number> {
    return checkDiskRoom(this.#room, this.#paths.files, bytes);
  }

  async makePart(id: string, note: UploadNote): Promise<StoragePart> {
    // Somebody may have removed the directory since.
    await makePrivateShelf(this.#paths.parts);
    await Deno.writeTextFile(this.#paths.note(id), writtenNote(note), { mode: FILE_MODE });
    await Deno.writeFile(this.#paths.part(id), new Uint8Array(), { mode: FILE_MODE });
    return this.#part(id);
  }

  async place(part: StoragePart, sha256: string, size: number): Promise<void> {
    const { id, file } = part as DiskPart;
    const { files, shelf, blob, note } = this.#paths;
    await synced((part as DiskPart).settled());
    await this.#open.use(file, async (open) => {
      if ((await open.stat()).size < size) throw new Error("a part of what came is gone");
      // What a write that failed has left behind the end does not count.
      await open.truncate(size);
      if (this.isSynced) await synced(open.sync());
    });
    await this.#open.close(file);
    await makePrivateShelf(shelf(sha256));
    await Deno.rename(file.path, blob(sha256));
    if (this.isSynced) {
      await synced(syncDirectory(shelf(sha256)));
      await synced(syncDirectory(files));
    }
    await removeIfThere(note(id));
  }

  async open(sha256: string): Promise<FileSource> {
    const file = new SeldomOpen(this.#paths.blob(sha256), { read: true });
    const { size, isFile } = await ifThere(Deno.lstat(file.path));
    // Nobody but us should write there; if somebody did, it is not what was sent.
    if (!isFile) throw fileGone();
    return {
      size,
      read: async (offset, length, space) => {
        const wanted = Math.max(0, Math.min(length, size - offset));
        const bytes = await ifThere(this.#open.read(file, offset, wanted, space));
        // Somebody has cut the file.
        if (bytes.length < wanted) throw fileGone();
        return bytes;
      },
      close: () => void this.#open.close(file),
    };
  }

  remove(sha256: string): Promise<void> {
    return removeIfThere(this.#paths.blob(sha256));
  }

  list(): AsyncIterable<readonly string[]> {
    return blobsOn(this.#paths);
  }

  /** Removes what is left of a part. */
  async removePart(part: DiskPart): Promise<void> {
    const { id, file } = part;
    await part.settled().catch(() => {});
    await this.#open.close(file);
    await removeIfThere(file.path);
    await removeIfThere(this.#paths.note(id));
  }

  close(): void {
    this.#open.closeAll();
  }

  #part(id: string): DiskPart {
    // Not made where it is gone: it would be empty.
    const file = new SeldomOpen(this.#paths.part(id), { read: true, write: true });
    return new DiskPart(id, file, this, this.#open);
  }
}

/** What the disk was to have for good, or the error that a part is of no use any more. */
async function synced(asked: Promise<void>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    throw new PartLost((error as Error).message);
  }
}

type FoundNote = Omit<FoundPart, "part">;

/** The parts that an earlier process has left; of which not all is there, that is removed. */
async function findParts({ parts, part, note }: DiskPaths): Promise<FoundNote[]> {
  const found: FoundNote[] = [];
  const names = new Set(await namesIn(parts));
  for (const name of names) {
    const id = name.replace(/\.json$/, "");
    const noted = await readNote(note(id));
    if (noted === undefined || !names.has(id) || !await isPlain(part(id))) {
      await removeIfThere(`${parts}/${name}`);
    } else if (name === id) {
      // An earlier version has noted the address of a guest.
      if (hiddenOwner(noted.owner) !== noted.owner) {
        await Deno.writeTextFile(note(id), writtenNote(noted), { mode: FILE_MODE });
      }
      const { size, mtime } = await Deno.lstat(part(id));
      found.push({ id, note: noted, size, touched: mtime?.getTime() ?? 0 });
    }
  }
  return found;
}

/** What is asked of a file, or the refusal that it is not there. */
async function ifThere<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof Deno.errors.NotFound ? fileGone() : error;
  }
}
