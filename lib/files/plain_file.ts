/** Opens plain files only: a link may lead anywhere, and whoever opens a named pipe may wait for ever. */

/** Opens a file to read it. Rejects with an error whose message says why, as a part of a sentence. */
export async function openPlain(path: string): Promise<Deno.FsFile> {
  const { isFile } = await Deno.lstat(path);
  if (!isFile) throw new Error("it is no plain file");
  return await Deno.open(path);
}

/** Whether there is a plain file. */
export async function isPlain(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
