/** How much is kept of files, for those who ask whether there is room for one more. */

import type { FileOwner, FileUsage } from "../files/file_store.ts";
import type { Files } from "../files/files.ts";
import type { HouseParts } from "../house_parts.ts";

/**
 * What is kept of somebody's files, of guests' and of all. What is sent while that is looked up would count
 * neither there nor among what is under way any more: then it is looked up again.
 */
export async function currentUsage(
  { index }: Pick<HouseParts, "index">,
  { transfers }: Pick<Files, "transfers">,
  owner: FileOwner,
): Promise<FileUsage> {
  for (;;) {
    const before = transfers.figures.files;
    const usage = await index.fileUsage(owner);
    if (transfers.figures.files === before) return usage;
  }
}
