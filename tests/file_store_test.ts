/** Files in memory and on disk. */

import type { BlobStorage, StoragePart } from "../lib/files/blob_storage.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { MemoryStorage } from "../lib/files/memory_storage.ts";
import { fileStoreContract, type TriedStore } from "./file_store_contract.ts";

/** A store whose clock a test moves on, and whose storage fails when it says so. */
function tried(storage: BlobStorage, end: () => Promise<void>): TriedStore {
  let now = Date.now();
  let fails = false;
  const failing: BlobStorage = {
    found: storage.found,
    checkRoom: (bytes) => storage.checkRoom(bytes),
    async makePart(id, note): Promise<StoragePart> {
      const part = await storage.makePart(id, note);
      const write = part.write.bind(part);
      part.write = (data, offset) =>
        // Half of it is there, as when a disk is full.
        fails
          ? write(data.subarray(0, data.length >> 1), offset).then(() => {
            throw new Error("No space left on device (os error 28)");
          })
          : write(data, offset);
      return part;
    },
    place: (part, sha256, size) => storage.place(part, sha256, size),
    open: (sha256) => storage.open(sha256),
    remove: (sha256) => storage.remove(sha256),
    list: () => storage.list(),
    close: () => storage.close(),
  };
  const store = new KeptFiles({ storage: failing, now: () => now });
  return {
    store,
    pass: (ms) => {
      now += ms;
    },
    fail: (value) => {
      fails = value;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await store.close();
      await end();
    },
  };
}

fileStoreContract(
  "in memory",
  () => Promise.resolve(tried(new MemoryStorage(1e9), () => Promise.resolve())),
);

fileStoreContract("on disk", async () => {
  const dir = await Deno.makeTempDir();
  const storage = await DiskStorage.open({ dir });
  return tried(storage, () => Deno.remove(dir, { recursive: true }));
});
