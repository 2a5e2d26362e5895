/** Where the files of rooms lie in a data directory, and who may look at them. */

/** Modes of files and directories that only their owner may use. */
export const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The SHA-256 of a blob in hexadecimal, as its file is called. */
const BLOB_NAME = /^[0-9a-f]{64}$/;

/** The paths of the files of a data directory. */
export interface DiskPaths {
  /** The directory of all of them. */
  readonly files: string;
  /** That of the parts of uploads. */
  readonly parts: string;
  readonly part: (id: string) => string;
  /** What is known of an upload besides its bytes. */
  readonly note: (id: string) => string;
  /** The directory of a blob and of others that begin like it. */
  readonly shelf: (sha256: string) => string;
  readonly blob: (sha256: string) => string;
}

/** The paths in a data directory. */
export function diskPaths(dir: string): DiskPaths {
  const files = `${dir.replace(/(?<=.)[/\\]+$/, "")}/files`;
  const parts = `${files}/part`;
  const shelf = (sha256: string): string => `${files}/${sha256.slice(0, 2)}`;
  return {
    files,
    parts,
    part: (id) => `${parts}/${id}`,
    note: (id) => `${parts}/${id}.json`,
    shelf,
    blob: (sha256) => `${shelf(sha256)}/${sha256}`,
  };
}

/** Makes a directory for its owner alone, if there is none. */
export async function makePrivateShelf(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
}

/** The hashes of all blobs in a data directory, those of one shelf at a time. */
export async function* blobsOn({ files }: DiskPaths): AsyncGenerator<readonly string[]> {
  for (const shelf of await namesIn(files)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
    const names = await namesIn(`${files}/${shelf}`);
    yield names.filter((name) => BLOB_NAME.test(name) && name.startsWith(shelf)).sort();
  }
}

/** The names in a directory; none if it is not there. */
export async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** Removes a file, if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Waits until the disk has the names in a directory. Windows has no way to ask for that. */
export async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path);
  await directory.sync();
}
