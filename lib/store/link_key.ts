/** The file of a data directory with the secret that links to files are signed with: they outlive a restart by it. */

const FILE = "link-key";
/** Its owner alone may read it. */
const PRIVATE = 0o600;
const BYTES = 32;

/**
 * The secret of a directory, 32 bytes; made if there is none that can be read. Where it can't be kept, links end
 * with the server.
 */
export function openLinkKey(dir: string): Uint8Array {
  const path = `${dir}/${FILE}`;
  const kept = keyIn(path);
  if (kept !== undefined) return kept;
  const made = crypto.getRandomValues(new Uint8Array(BYTES));
  try {
    Deno.writeTextFileSync(`${path}.new`, `${made.toHex()}\n`, { mode: PRIVATE });
    Deno.renameSync(`${path}.new`, path);
  } catch {
    // The disk may be full: what is signed holds until the server ends.
  }
  return made;
}

function keyIn(path: string): Uint8Array | undefined {
  try {
    // A pipe would be waited for.
    const text = Deno.statSync(path).isFile ? Deno.readTextFileSync(path).trim() : "";
    return /^[\da-f]{64}$/.test(text) ? Uint8Array.fromHex(text) : undefined;
  } catch {
    return undefined;
  }
}
