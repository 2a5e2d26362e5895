/** The file of a data directory that says how far IRC clients were told what was said. */

import { reasonOf } from "../wire/text.ts";

const FILE = "irc-told";
/** Its owner alone may read it. */
const PRIVATE = 0o600;

/** Opens it. What can't be read counts as empty: then clients are told some of it again. */
export function openTold(dir: string): {
  readonly kept: string;
  readonly keep: (text: string) => Promise<void>;
} {
  const path = `${dir}/${FILE}`;
  return {
    kept: textIn(path),
    /** In one step, in the place of what was there. Rejects with what the system says. */
    async keep(text): Promise<void> {
      try {
        await Deno.writeTextFile(`${path}.new`, text, { mode: PRIVATE });
        await Deno.rename(`${path}.new`, path);
      } catch (error) {
        throw new Error(`${path} can't be written: ${reasonOf(error as Error)}`);
      }
    },
  };
}

function textIn(path: string): string {
  try {
    // A pipe would be waited for.
    return Deno.statSync(path).isFile ? Deno.readTextFileSync(path) : "";
  } catch {
    return "";
  }
}
