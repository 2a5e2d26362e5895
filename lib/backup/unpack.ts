/** Unpacks a backup into a folder of its own, and looks whether it is whole and sound. */

import { createHash } from "node:crypto";
import { blobsOn, diskPaths, makePrivateShelf, syncDirectory } from "../files/disk_paths.ts";
import { checkFiles } from "../files/check_files.ts";
import { writeWhole } from "../files/file_pieces.ts";
import { checkStore } from "../store/check.ts";
import { foreignObjects } from "../store/foreign_objects.ts";
import { openReader } from "../store/directory.ts";
import { StoreError } from "../store/faults.ts";
import { eachBlob } from "../store/files.ts";
import { clusterOf } from "../store/of_cluster.ts";
import { joinBytes } from "../wire/join_bytes.ts";
import { backupEntries, type BackupEntry } from "./entries.ts";
import {
  blobEntry,
  DATABASE,
  type EntryKind,
  kindOfEntry,
  MOST_SMALL_BYTES,
  NOTE_FILE,
} from "./layout.ts";
import { type BackupNote, readBackupNote } from "./note.ts";
import { notWritten } from "./staging.ts";

/** What was unpacked. */
export interface UnpackedBackup {
  readonly note: BackupNote;
  readonly messages: number;
  readonly rooms: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly cluster: string | undefined;
  /** What is wrong with it: sentences without a full stop. */
  readonly problems: readonly string[];
}

/** How to look at it. */
export interface UnpackOptions {
  /** Whether a password could match what is stored for it. */
  readonly isPasswordProof: (proof: string) => boolean;
}

/**
 * Unpacks a backup into the folder `to`, and brings it to the disk. Rejects with a `StoreError` when it is no
 * backup of ours, or not a whole one. What was damaged before the backup was made is in the report.
 */
export async function unpackBackup(
  backup: string,
  to: string,
  { isPasswordProof }: UnpackOptions,
): Promise<UnpackedBackup> {
  const written = new Written(backup, to);
  for await (const entry of await backupEntries(backup)) await written.take(entry);
  const note = written.note();
  if (written.database !== note.database) {
    throw new StoreError(
      `${backup} can't be put back: its ${DATABASE} was changed since it was made, or is not there`,
    );
  }
  using db = openReader(to, 1);
  const [foreign] = foreignObjects(db);
  if (foreign !== undefined) throw new StoreError(`${backup} is no backup of ours: ${foreign}`);
  const { messages, rooms, problems } = checkStore(db, { isPasswordProof });
  const needed = new Map([...eachBlob(db)].map((blob) => [blob.sha256, blob]));
  await leaveOut(to, needed);
  const cluster = clusterOf(db);
  // What a node has not fetched from the others yet, it fetches when somebody wants it.
  const expected = [...needed.values()].filter(({ sha256 }) =>
    cluster === undefined || written.has(blobEntry(sha256))
  );
  // The hash of each was looked at when it was written.
  const { files, fileBytes, ...there } = await checkFiles(to, expected, {
    quick: true,
    describe: (sha256) => written.changed.has(sha256) ? ": it was changed, and is left out" : "",
  });
  await written.sync();
  return {
    ...{ note, messages, rooms, files, fileBytes, cluster },
    problems: [...problems, ...there.problems],
  };
}

/** Removes the files that no message has. */
async function leaveOut(to: string, needed: ReadonlyMap<string, unknown>): Promise<void> {
  const paths = diskPaths(to);
  for await (const sha256s of blobsOn(paths)) {
    for (const sha256 of sha256s) if (!needed.has(sha256)) await Deno.remove(paths.blob(sha256));
  }
}

/** What has been written of a backup. */
class Written {
  /** The SHA-256 of the database. */
  database: string | undefined;
  /** Files whose bytes are not those that they are called by; they are not there. */
  readonly changed = new Set<string>();
  readonly #backup: string;
  readonly #to: string;
  readonly #folders: Set<string>;
  readonly #seen = new Set<string>();
  #note: Uint8Array | undefined;

  constructor(backup: string, to: string) {
    this.#backup = backup;
    this.#to = to;
    this.#folders = new Set([to]);
  }

  async take(entry: BackupEntry): Promise<void> {
    const kind = kindOfEntry(entry.name);
    if (kind === undefined || this.#seen.has(entry.name)) {
      throw this.#not(`it has ${JSON.stringify(entry.name)} twice`);
    }
    this.#seen.add(entry.name);
    if (kind.kind === "small" && entry.size > MOST_SMALL_BYTES) {
      throw this.#not(`its ${entry.name} has ${entry.size} bytes`);
    }
    if (entry.name === NOTE_FILE) this.#note = await allOf(entry.bytes);
    else await this.#write(entry, kind);
  }

  /** Whether it has an entry of that name. */
  has(name: string): boolean {
    return this.#seen.has(name);
  }

  /** What it says of itself. Throws a `StoreError`. */
  note(): BackupNote {
    if (this.#note !== undefined) return readBackupNote(this.#note, this.#backup);
    throw this.#not(`it has no ${NOTE_FILE}, which chatroom backup writes last`);
  }

  /** Waits until the disk has the names of all that was written. */
  async sync(): Promise<void> {
    for (const folder of this.#folders) await syncDirectory(folder);
  }

  async #write({ name, bytes }: BackupEntry, kind: EntryKind): Promise<void> {
    const path = `${this.#to}/${name}`;
    const found = await this.#writeFile(path, bytes);
    if (kind.kind === "database") this.database = found;
    if (kind.kind !== "blob" || found === kind.sha256) return;
    this.changed.add(kind.sha256);
    await Deno.remove(path);
  }

  /** Writes a file, and resolves with its SHA-256 when it is on the disk. */
  async #writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
    using file = await this.#writing(() => this.#make(path));
    const hash = createHash("sha256");
    for await (const piece of bytes) {
      hash.update(piece);
      await this.#writing(() => writeWhole(file, piece));
    }
    await this.#writing(() => file.sync());
    return hash.digest("hex");
  }

  async #make(path: string): Promise<Deno.FsFile> {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!this.#folders.has(folder)) {
      await makePrivateShelf(folder);
      this.#folders.add(folder).add(diskPaths(this.#to).files);
    }
    return await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw notWritten(this.#to, error);
    }
  }

  #not(why: string): StoreError {
    return new StoreError(`${this.#backup} is no whole backup of ours: ${why}`);
  }
}

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of bytes) parts.push(piece.slice());
  return joinBytes(parts);
}
