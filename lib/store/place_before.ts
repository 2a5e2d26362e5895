/** Leaves a place as it was where a new data directory comes to nothing. */

import { DATABASE_FILE, databasePath, lockDirectory } from "./directory.ts";
import { statIfThere } from "./private.ts";

/** What commands make in a data directory; whatever else is there is somebody's, whenever it came. */
const MADE: readonly string[] = [
  ...["", "-wal", "-shm", "-journal"].map((suffix) => DATABASE_FILE + suffix),
  ...["boot", "files"],
  // Goes last: who has it has the directory.
  "lock",
];

/** A place as it was. */
export interface PlaceBefore {
  /** Takes away what was made there since, unless somebody else has it now. Does nothing if there was a database. */
  putBack(): void;
}

/**
 * Notes what there is of a data directory before it is opened. Put it back only if it was opened and was new then,
 * or somebody else may have made it since, and when it is closed. What can't be looked at is left to whoever opens it.
 */
export function placeBefore(directory: string): PlaceBefore {
  try {
    return lookedAt(directory);
  } catch {
    return { putBack: () => {} };
  }
}

function lookedAt(directory: string): PlaceBefore {
  if (statIfThere(databasePath(directory)) !== undefined) return { putBack: () => {} };
  const isNew = statIfThere(directory) === undefined;
  const names = new Set(isNew ? [] : [...Deno.readDirSync(directory)].map(({ name }) => name));
  const above = isNew ? [directory, ...missingAbove(directory)] : [];
  const made = MADE.filter((name) => !names.has(name));
  return {
    putBack: (): void => {
      takeAway(directory, made);
      for (const each of above) removeEmpty(each);
    },
  };
}

/** Takes these away, as far as that can be done, if nobody else has the directory. */
function takeAway(directory: string, names: readonly string[]): void {
  if (statIfThere(directory) === undefined) return;
  try {
    using _lock = lockDirectory(directory);
    for (const name of names) removeIfThere(`${directory}/${name}`);
  } catch {
    // Another program has it now, or it may not be changed any more.
  }
}

function removeIfThere(path: string): void {
  if (statIfThere(path) !== undefined) Deno.removeSync(path, { recursive: true });
}

/** The directories above a path that are not there, from the bottom to the top. */
function missingAbove(path: string): string[] {
  const missing: string[] = [];
  let at = path.replace(/[/\\]+$/, "");
  for (;;) {
    at = at.replace(/[/\\]*[^/\\]*$/, "");
    if (at === "" || statIfThere(at) !== undefined) return missing;
    missing.push(at);
  }
}

function removeEmpty(directory: string): void {
  try {
    Deno.removeSync(directory);
  } catch {
    // Somebody else has put something there.
  }
}
