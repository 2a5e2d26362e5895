/** How much room there is on a disk, and how much of it files leave to everything else. */

/** Bytes of a disk: those that this user may still write, and all. */
export interface DiskSpace {
  readonly free: number;
  readonly all: number;
}

/** Asks for the room on the disk of a path; `undefined`: not known. */
export type DiskRoom = (path: string) => Promise<DiskSpace | undefined>;

/** Files leave so much of a disk free: for messages, and for all else that is on it. */
const LEAST_FREE = 0.05;

/** Asks the system. */
export async function diskRoom(path: string): Promise<DiskSpace | undefined> {
  try {
    // Loaded when the first file comes: it takes a tenth of the time in which a server starts.
    const { statfs } = await import("node:fs/promises");
    const { bavail, blocks, bsize } = await statfs(path);
    return { free: bavail * bsize, all: blocks * bsize };
  } catch {
    // Not every system has an answer; then a disk is full when a write says so.
    return undefined;
  }
}

/**
 * Rejects if so many bytes more would leave less than a twentieth of the disk free. Resolves with how many
 * more than these there may be.
 */
export async function checkDiskRoom(room: DiskRoom, path: string, bytes: number): Promise<number> {
  const space = await room(path);
  if (space === undefined) return Infinity;
  const left = space.free - space.all * LEAST_FREE - bytes;
  if (left >= 0) return left;
  throw new Error("the disk of the server is nearly full");
}
