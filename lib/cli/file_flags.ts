/** The flag of `serve` for who may send files, and where their bytes are kept. */

import type { FileSenders } from "../chat/files/file_quota.ts";
import type { BlobStorage } from "../files/blob_storage.ts";
import type { KeptFiles } from "../files/kept_files.ts";
import type { Limits } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import { reasonOf } from "../wire/text.ts";
import { within } from "../wire/within.ts";
import { chosen, type Invocation, StartError } from "./flags.ts";
import { serveFlag } from "./serve_flag.ts";
import type { StorePlace } from "./store_flags.ts";

/** Files in memory take no more than this, in bytes. */
const MOST_IN_MEMORY = 268_435_456;

const SENDERS = ["registered", "all", "off"] as const;

export const FILES_FLAG = serveFlag(
  "restart",
  "--files WHO",
  "who may send files: registered (who has a reserved name), all, or off for none at all",
  { choices: SENDERS, default: "all; registered if a password is needed or a name is reserved" },
);

/** Who may send files; `default`: the flags don't say. */
export type FilesWish = FileSenders | "off" | "default";

/** What the flag says. Throws a {@linkcode UsageError}. */
export function filesWish(invocation: Invocation): FilesWish {
  return chosen(SENDERS, invocation.get("files")) ?? "default";
}

/** The limits of a server that keeps files where it keeps messages: in memory there is less room. */
export function fileLimits(limits: Limits, place: StorePlace | undefined): Limits {
  if (place !== undefined) return limits;
  return { ...limits, filesTotal: Math.min(limits.filesTotal, MOST_IN_MEMORY) };
}

/** Loads the code for the place of files, which {@linkcode openFiles} needs. */
export async function loadFiles(place: StorePlace | undefined): Promise<void> {
  await Promise.all([
    import("../files/kept_files.ts"),
    place === undefined ? import("../files/memory_storage.ts") : import("../files/disk_storage.ts"),
  ]);
}

/** Opens the place for the bytes of files. Rejects with a {@linkcode StartError}. */
export async function openFiles(
  place: StorePlace | undefined,
  limits: Limits,
  log: Logger,
  keeping: (own: BlobStorage) => BlobStorage = (own) => own,
): Promise<KeptFiles> {
  // They are loaded already, while the store is opened.
  const { KeptFiles } = await import("../files/kept_files.ts");
  const onProblem = (text: string): void => log({ level: "warning", kind: "store", text });
  if (place === undefined) {
    const { MemoryStorage } = await import("../files/memory_storage.ts");
    return new KeptFiles({ storage: new MemoryStorage(() => limits.filesTotal), onProblem });
  }
  const { DiskStorage } = await import("../files/disk_storage.ts");
  try {
    return new KeptFiles({ storage: keeping(await DiskStorage.open(place)), onProblem });
  } catch (error) {
    throw new StartError(
      `Can't keep files in ${place.dir}/files: ${
        reasonOf(error)
      }; let this user read and write it, ` +
        "or take no files with --files off",
    );
  }
}

/** Closes it within the drain limit: a disk may hang. What has come of uploads can go on later. */
export async function closeFiles(files: KeptFiles | undefined, { drainMs }: Limits): Promise<void> {
  if (files !== undefined) await within(drainMs, files.close());
}
