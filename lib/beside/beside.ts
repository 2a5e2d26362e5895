/**
 * Files that modules read when they run: the page, the documents. From the sources they lie where they are
 * written. A bundle has them beside its modules, each compressed: an executable takes all that it holds into
 * memory at every start, and few starts need them.
 */

/** A bundle is JavaScript. */
export const IS_BUNDLED = import.meta.url.endsWith(".js");

/** What the name of a compressed file ends with. */
export const PACKED = ".gz";

/** Reads a file, which is named as in the sources. Throws what Deno throws if there is none. */
export async function readBeside(file: URL): Promise<string> {
  if (!IS_BUNDLED) return await Deno.readTextFile(file);
  const bytes = await Deno.readFile(new URL(`${file}${PACKED}`));
  // Node's is loaded by few starts, and much faster with many small files than a stream for each.
  const { gunzipSync } = await import("node:zlib");
  return new TextDecoder().decode(gunzipSync(bytes));
}

/** What is below a folder, which ends with a slash: the paths from there, named as in the sources. */
export async function* filesBeside(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) yield IS_BUNDLED ? name.slice(0, -PACKED.length) : name;
    else for await (const path of filesBeside(new URL(`${name}/`, folder))) yield `${name}/${path}`;
  }
}
