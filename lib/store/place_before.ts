/** Leaves a place as it was where a new data directory comes to nothing. */

import { databasePath } from "./directory.ts";
import { statIfThere } from "./private.ts";

/** A place as it was. */
export interface PlaceBefore {
  /** Takes away all that was made there since. Does nothing if there was a database. */
  putBack(): void;
}

/**
 * Notes what there is of a data directory before it is opened. Put it back only if it was opened, so that
 * nobody else had it, and when it is closed. What can't be looked at is left to whoever opens it.
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
  if (statIfThere(directory) !== undefined) {
    const names = new Set([...Deno.readDirSync(directory)].map(({ name }) => name));
    return {
      putBack: (): void => {
        for (const { name } of [...Deno.readDirSync(directory)]) {
          if (!names.has(name)) Deno.removeSync(`${directory}/${name}`, { recursive: true });
        }
      },
    };
  }
  const made = missingAbove(directory);
  return {
    putBack: (): void => {
      if (statIfThere(directory) === undefined) return;
      Deno.removeSync(directory, { recursive: true });
      for (const parent of made) removeEmpty(parent);
    },
  };
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
