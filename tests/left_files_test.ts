/** What lies in a data directory when its server comes: parts that others began, and what was put there. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { UploadAsked } from "../lib/chat/files/file_store.ts";
import { diskPaths, namesIn } from "../lib/files/disk_paths.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { ANN, codeOf, readAll, someBytes, uploadAll } from "./file_store_contract.ts";
import { inFolder, makePipe } from "./fixtures/files.ts";

const GUS: UploadAsked = {
  owner: "address 192.0.2.77",
  person: "guest 1",
  name: "a.bin",
  size: 100,
};
const nobodyGoesOn = (): boolean => false;

/** Has a store in a directory, and closes it. */
async function opened(
  dir: string,
  work: (store: KeptFiles, begun: DiskStorage) => Promise<void>,
): Promise<void> {
  const storage = await DiskStorage.open({ dir });
  const store = new KeptFiles({ storage });
  try {
    await work(store, storage);
  } finally {
    await store.close();
  }
}

Deno.test("the address of a guest who sends a file is not on the disk, and counts after a restart", () =>
  inFolder(async (dir) => {
    const note = diskPaths(dir).note("up1");
    await opened(dir, async (store) => {
      await (await store.begin(GUS, "up1")).write(someBytes(40));
      const written = await Deno.readTextFile(note);
      assertEquals(written.includes("192.0.2.77"), false, written);
      assertStringIncludes(written, '"person":"guest 1"');
    });
    await opened(dir, async (store) => {
      assertEquals(store.underWay("address 192.0.2.77"), { bytes: 100, count: 1 });
      assertEquals([store.come("address 192.0.2.77"), store.come("guests")], [40, 40]);
      assertEquals(store.underWay("address 192.0.2.7"), { bytes: 0, count: 0 });
      // Whoever goes on with it says whose it is.
      const upload = await store.begin({ ...GUS, id: "up1" }, "up2");
      assertEquals([upload.id, upload.owner, upload.offset], ["up1", GUS.owner, 40]);
    });
  }));

Deno.test("the address in a note of an earlier version is taken out of it", () =>
  inFolder(async (dir) => {
    await opened(dir, async (store) => {
      await (await store.begin(GUS, "up1")).write(someBytes(40));
    });
    const note = diskPaths(dir).note("up1");
    await Deno.writeTextFile(note, `${JSON.stringify({ ...GUS })}\n`);
    await opened(dir, async (store) => {
      assertEquals((await Deno.readTextFile(note)).includes("192.0.2.77"), false);
      assertEquals(store.underWay(GUS.owner), { bytes: 100, count: 1 });
      await Promise.resolve();
    });
  }));

Deno.test("of what an earlier server has left the idlest of an owner gives way first", () =>
  inFolder(async (dir) => {
    await opened(dir, async (store) => {
      for (const id of ["up1", "up2", "up3"]) await store.begin(GUS, id);
      await store.begin(ANN, "up4");
    });
    const hourAgo = Date.now() / 1_000 - 3_600;
    await Deno.utime(diskPaths(dir).part("up2"), hourAgo, hourAgo);
    await opened(dir, async (store) => {
      assertEquals(store.idlest(GUS.owner, nobodyGoesOn)?.id, "up2");
      await store.upload("up2")?.cancel();
      assertEquals(store.idlest("account ann1", nobodyGoesOn)?.id, "up4");
      assertEquals(store.idlest("account ann1", (id) => id === "up4"), undefined);
      assertEquals(store.idlest("address 192.0.2.1", nobodyGoesOn), undefined);
    });
  }));

Deno.test("a blob that was cut, or has grown, is gone from its first byte on", () =>
  inFolder((dir) =>
    opened(dir, async (store) => {
      const sha256 = await uploadAll(store, someBytes(1_000), "up1");
      const path = diskPaths(dir).blob(sha256);
      assertEquals((await readAll(await store.open(sha256, 1_000))).length, 1_000);
      for (const size of [1, 0, 999, 1_001]) {
        await Deno.writeFile(path, someBytes(size));
        assertEquals(await codeOf(store.open(sha256, 1_000)), "file-gone", `${size} bytes`);
      }
      await Deno.writeFile(path, someBytes(1_000));
      assertEquals((await store.open(sha256, 1_000)).size, 1_000);
    })
  ));

Deno.test({
  name: "what lies in the place of a blob and is no plain file is not read",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder((dir) =>
      opened(dir, async (store) => {
        const sha256 = await uploadAll(store, someBytes(1_000), "up1");
        const path = diskPaths(dir).blob(sha256);
        await Deno.rename(path, `${dir}/elsewhere`);
        await Deno.symlink(`${dir}/elsewhere`, path);
        assertEquals(await codeOf(store.open(sha256, 1_000)), "file-gone");
        await Deno.remove(path);
        await makePipe(path);
        assertEquals(await codeOf(store.open(sha256)), "file-gone");
        await Deno.remove(path);
        // Whoever sends the same again puts it right.
        await uploadAll(store, someBytes(1_000), "up2");
        assertEquals((await store.open(sha256, 1_000)).size, 1_000);
      })
    ),
});

Deno.test({
  name: "a server starts whatever lies among the parts of its uploads, and keeps the plain ones",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (dir) => {
      const { part, note, parts } = diskPaths(dir);
      await opened(dir, async (store) => {
        for (const id of ["pipe", "note", "whole"]) await store.begin(GUS, id);
      });
      for (const path of [part("pipe"), note("note"), part("lone")]) {
        await Deno.remove(path).catch(() => {});
        await makePipe(path);
      }
      await Deno.symlink(part("whole"), part("link"));
      await Deno.copyFile(note("whole"), note("link"));
      await opened(dir, async (store) => {
        assertEquals(store.underWay(), { bytes: 100, count: 1 });
        assertMatch((await namesIn(parts)).join(" "), /^whole whole\.json$/);
      });
    }),
});
