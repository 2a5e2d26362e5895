/** Files on disk: what lies where, what a restart finds, and a disk that is full or was tampered with. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { FileSource, UploadAsked } from "../lib/chat/files/file_store.ts";
import { namesIn } from "../lib/files/disk_paths.ts";
import { DiskStorage, type DiskStorageOptions } from "../lib/files/disk_storage.ts";
import { KeptFiles, PART_MS } from "../lib/files/kept_files.ts";
import { MOST_OPEN_FILES, OpenFew, SeldomOpen } from "../lib/files/open_few.ts";
import {
  ANN,
  codeOf,
  readAll,
  sha256Of,
  someBytes,
  uploadAll,
  writeAll,
} from "./file_store_contract.ts";
import { onSmallDisk } from "./fixtures/small_disk.ts";

/** A store in a directory; it stays there when the store is closed. */
async function openFiles(
  options: DiskStorageOptions,
): Promise<AsyncDisposable & { readonly store: KeptFiles }> {
  const store = new KeptFiles({ storage: await DiskStorage.open(options) });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

async function inDirectory(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** What lies in a directory, with modes: `files/ab/abcd… 600`. */
function treeOf(dir: string, within = ""): string[] {
  return [...Deno.readDirSync(`${dir}/${within}`)].flatMap(({ name, isDirectory }) => {
    const path = `${within}${name}`;
    const mode = ((Deno.statSync(`${dir}/${path}`).mode ?? 0) & 0o777).toString(8);
    return [`${path} ${mode}`, ...isDirectory ? treeOf(dir, `${path}/`) : []];
  }).sort();
}

Deno.test({
  name: "files lie where the owner alone can read them, by their hash",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inDirectory(async (dir) => {
      await using opened = await openFiles({ dir });
      const { store } = opened;
      const sha256 = await uploadAll(store, someBytes(100), "up1");
      const part = await store.begin({ ...ANN, size: 9 }, "up2");
      await part.write(someBytes(4));
      const shelf = `files/${sha256.slice(0, 2)}`;
      assertEquals(
        treeOf(dir),
        [
          "files 700",
          `${shelf} 700`,
          `${shelf}/${sha256} 600`,
          "files/part 700",
          "files/part/up2 600",
          "files/part/up2.json 600",
        ].sort(),
      );
    }),
});

Deno.test("an upload goes on after a restart, and its hash is that of all of it", () =>
  inDirectory(async (dir) => {
    const bytes = someBytes(700_000);
    const asked = { ...ANN, size: bytes.length, sha256: sha256Of(bytes) };
    {
      await using opened = await openFiles({ dir });
      await writeAll(await opened.store.begin(asked, "up1"), bytes.slice(0, 600_000));
    }
    await using opened = await openFiles({ dir });
    const { store } = opened;
    assertEquals(store.underWay("account ann1"), { bytes: 700_000, count: 1 });
    const upload = await store.begin(asked, "up2");
    assertEquals([upload.id, upload.offset], ["up1", 600_000]);
    await writeAll(upload, bytes.slice(600_000));
    const blob = await upload.finish();
    assertEquals(blob.sha256, asked.sha256);
    upload.settle();
    assertEquals(await readAll(await store.open(blob.sha256)), bytes);
    assertEquals(await namesIn(`${dir}/files/part`), []);
  }));

Deno.test("a part that was changed while the server was down is noticed", () =>
  inDirectory(async (dir) => {
    const bytes = someBytes(50_000);
    const asked = { ...ANN, size: bytes.length, sha256: sha256Of(bytes) };
    {
      await using opened = await openFiles({ dir });
      await writeAll(await opened.store.begin(asked, "up1"), bytes.slice(0, 40_000));
    }
    await Deno.writeFile(`${dir}/files/part/up1`, someBytes(40_000, 2));
    await using opened = await openFiles({ dir });
    const upload = await opened.store.begin(asked, "up2");
    await writeAll(upload, bytes.slice(40_000));
    assertEquals(await codeOf(upload.finish()), "bad-hash");
    assertEquals((await opened.store.begin(asked, "up3")).offset, 0);
  }));

Deno.test("parts without notes, notes without parts, and notes that can't be read are removed", () =>
  inDirectory(async (dir) => {
    {
      await using opened = await openFiles({ dir });
      for (const id of ["whole", "noteless", "partless", "torn", "odd"]) {
        await (await opened.store.begin(ANN, id)).write(someBytes(5));
      }
    }
    const parts = `${dir}/files/part`;
    await Deno.remove(`${parts}/noteless.json`);
    await Deno.remove(`${parts}/partless`);
    await Deno.writeTextFile(`${parts}/torn.json`, '{"owner":"acc');
    await Deno.writeTextFile(`${parts}/odd.json`, '{"owner":7}');
    await using opened = await openFiles({ dir });
    assertEquals(opened.store.underWay(), { bytes: 5, count: 1 });
    assertEquals(await namesIn(parts), [
      "whole",
      "whole.json",
    ]);
  }));

Deno.test("of uploads that are never finished nothing is left after 24 hours, nor after a restart", () =>
  inDirectory(async (dir) => {
    const parts = `${dir}/files/part`;
    {
      await using opened = await openFiles({ dir });
      for (let n = 0; n < 50; n++) {
        await (await opened.store.begin({ ...ANN, size: 9 }, `up${n}`)).write(someBytes(4));
      }
    }
    const old = (Date.now() - PART_MS - 60_000) / 1_000;
    for (let n = 0; n < 49; n++) await Deno.utime(`${parts}/up${n}`, old, old);
    await using opened = await openFiles({ dir });
    await opened.store.tidy((asked) => Promise.resolve(new Set(asked)));
    assertEquals(opened.store.underWay(), { bytes: 9, count: 1 });
    assertEquals(await namesIn(parts), [
      "up49",
      "up49.json",
    ]);
  }));

Deno.test("blobs that a server left without a message are removed when it starts", () =>
  inDirectory(async (dir) => {
    let kept = "";
    let left = "";
    {
      await using opened = await openFiles({ dir });
      kept = await uploadAll(opened.store, someBytes(9, 1), "up1");
      left = await uploadAll(opened.store, someBytes(9, 2), "up2");
    }
    await Deno.writeTextFile(`${dir}/files/${left.slice(0, 2)}/README`, "not ours");
    await using opened = await openFiles({ dir });
    await opened.store.tidy(() => Promise.resolve(new Set([kept])));
    assertEquals(await codeOf(opened.store.open(left)), "file-gone");
    assertEquals((await opened.store.open(kept)).size, 9);
    assertEquals(await Deno.readTextFile(`${dir}/files/${left.slice(0, 2)}/README`), "not ours");
  }));

Deno.test("a blob that was damaged is put right by whoever sends the same again", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    const { store } = opened;
    const bytes = someBytes(1_000);
    const sha256 = await uploadAll(store, bytes, "up1");
    await Deno.writeFile(`${dir}/files/${sha256.slice(0, 2)}/${sha256}`, new Uint8Array(1_000));
    await uploadAll(store, bytes, "up2");
    assertEquals(await readAll(await store.open(sha256)), bytes);
  }));

Deno.test("a blob that somebody cuts or removes is gone to its readers, also in the middle", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    const { store } = opened;
    const sha256 = await uploadAll(store, someBytes(1_000), "up1");
    const source = await store.open(sha256);
    assertEquals((await source.read(0, 100)).length, 100);
    await Deno.truncate(`${dir}/files/${sha256.slice(0, 2)}/${sha256}`, 500);
    assertEquals(await codeOf(source.read(450, 100)), "file-gone");
    await Deno.remove(`${dir}/files/${sha256.slice(0, 2)}/${sha256}`);
    assertEquals(await codeOf(store.open(sha256)), "file-gone");
  }));

Deno.test("a part that is gone is no file of zeros", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    const upload = await opened.store.begin(ANN, "up1");
    await upload.write(someBytes(1_000));
    await Deno.truncate(`${dir}/files/part/up1`, 10);
    assertEquals(await codeOf(upload.finish()), "not-stored");
  }));

Deno.test("a directory of files that was removed is made again", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    await Deno.remove(`${dir}/files`, { recursive: true });
    const sha256 = await uploadAll(opened.store, someBytes(9), "up1");
    assertEquals((await opened.store.open(sha256)).size, 9);
  }));

Deno.test("a twentieth of the disk is left free, and what others announce takes none of the rest", () =>
  inDirectory(async (dir) => {
    let free = 200;
    const room = (): Promise<{ free: number; all: number }> =>
      Promise.resolve({ free, all: 1_000 });
    await using opened = await openFiles({ dir, room });
    const { store } = opened;
    const of = (size: number): UploadAsked => ({ ...ANN, size });
    assertEquals(await codeOf(store.begin(of(151), "a")), "not-stored");
    const upload = await store.begin(of(100), "b");
    await store.begin(of(150), "c");
    await upload.write(someBytes(80));
    free = 49;
    assertEquals(await codeOf(store.begin(ANN, "e")), "not-stored");
    assertEquals(await codeOf(store.begin({ ...of(100), id: "b" }, "e")), "not-stored");
    assertEquals(await codeOf(upload.write(someBytes(20))), "not-stored");
    free = 200;
    await (await store.begin({ ...of(100), id: "b" }, "e")).write(someBytes(20));
    await upload.finish();
  }));

for (const size of [undefined, 54_000_000]) {
  Deno.test(`an upload of ${size ?? "unknown"} bytes ends before the disk is full`, () =>
    inDirectory(async (dir) => {
      let free = 60_000_000;
      const room = (): Promise<{ free: number; all: number }> =>
        Promise.resolve({ free, all: 100_000_000 });
      await using opened = await openFiles({ dir, room });
      const upload = await opened.store.begin({ ...ANN, ...size && { size } }, "up1");
      const piece = new Uint8Array(1_000_000);
      // Beside one that had room for all of it others write as much.
      const taken = size === undefined ? piece.length : piece.length * 2;
      let refusal = "";
      while (refusal === "" && free > 0) {
        const written = upload.write(piece.slice()).then(() => free -= taken);
        await written.catch(({ message }) => refusal = message);
      }
      assertStringIncludes(
        refusal,
        "plan.pdf could not be stored: the disk of the server is nearly",
      );
      // A twentieth is left, or what the last look did not see coming.
      assert(free > 3_500_000 && free < 6_000_000, `${free} bytes are left`);
    }));
}

Deno.test("a full disk: told, nothing half, and goes on when there is room", (t) =>
  onSmallDisk(t, async ({ path, fill, clear }) => {
    // Without this the rule of the twentieth would come first.
    const room = (): Promise<undefined> => Promise.resolve(undefined);
    await using opened = await openFiles({ dir: path, room });
    const { store } = opened;
    const bytes = someBytes(400_000);
    const asked = { ...ANN, size: bytes.length, sha256: sha256Of(bytes) };
    const upload = await store.begin(asked, "up1");
    await writeAll(upload, bytes.slice(0, 200_000));
    fill();
    const refusals = await Promise.allSettled([
      upload.write(bytes.slice(200_000, 300_000)),
      upload.write(bytes.slice(300_000)),
    ]);
    for (const refused of refusals) {
      assert(refused.status === "rejected");
      assertStringIncludes(refused.reason.message, "plan.pdf could not be stored: No space left");
    }
    assertEquals(await codeOf(upload.finish()), "not-stored");
    clear();
    const again = await store.begin(asked, "up2");
    assertEquals([again.id, again.offset], ["up1", 200_000]);
    await writeAll(again, bytes.slice(200_000));
    const { sha256 } = await again.finish();
    assertEquals(await readAll(await store.open(sha256)), bytes);
  }));

Deno.test("however many transfers there are, few files are open", () =>
  inDirectory(async (dir) => {
    const open = new OpenFew();
    const path = (n: number): string => `${dir}/${n}`;
    const files: SeldomOpen[] = [];
    for (let n = 0; n < 200; n++) {
      await Deno.writeFile(path(n), someBytes(1_000, n));
      files.push(new SeldomOpen(path(n), { read: true }));
    }
    let most = 0;
    const read = async (file: SeldomOpen, at: number): Promise<Uint8Array> => {
      const bytes = await open.read(file, at, 100);
      most = Math.max(most, open.size);
      return bytes;
    };
    for (const at of [0, 500, 300]) {
      const all = await Promise.all(files.map((file) => read(file, at)));
      all.forEach((bytes, n) => assertEquals(bytes, someBytes(1_000, n).slice(at, at + 100)));
    }
    assertEquals(most, MOST_OPEN_FILES);
    open.closeAll();
    assertEquals(open.size, 0);
  }));

Deno.test("a reader goes on though its file was closed meanwhile, and after an error of its own", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    const { store } = opened;
    const sources: FileSource[] = [];
    for (let n = 0; n < MOST_OPEN_FILES + 8; n++) {
      sources.push(await store.open(await uploadAll(store, someBytes(1_000, n), `up${n}`)));
    }
    for (const at of [0, 400, 800]) {
      for (const [n, source] of sources.entries()) {
        assertEquals(await source.read(at, 200), someBytes(1_000, n).slice(at, at + 200));
      }
    }
    for (const source of sources) source.close();
  }));

Deno.test("a store that is closed looks through its files no more, and complains of nothing", () =>
  inDirectory(async (dir) => {
    const problems: string[] = [];
    const store = new KeptFiles({
      storage: await DiskStorage.open({ dir }),
      onProblem: (text) => problems.push(text),
    });
    const all: string[] = [];
    for (let n = 0; n < 5; n++) all.push(await uploadAll(store, someBytes(10, n), `up${n}`));
    const asked = Promise.withResolvers<void>();
    const answers = Promise.withResolvers<ReadonlySet<string>>();
    const questions: string[] = [];
    const tidied = store.tidy((sha256s) => {
      questions.push(...sha256s);
      asked.resolve();
      return answers.promise;
    });
    await asked.promise;
    const closed = store.close();
    store.letGo(all);
    // The log has been closed, too.
    answers.reject(new Error("The stored messages can't be read"));
    await Promise.all([closed, tidied]);
    assertEquals([questions.length, problems], [1, []]);
  }));

Deno.test("what the disk could not be made to keep is not taken for kept the next time", () =>
  inDirectory(async (dir) => {
    await using opened = await openFiles({ dir });
    const { store } = opened;
    const upload = await store.begin(ANN, "up1");
    await upload.write(someBytes(9));
    const { sync } = Deno.FsFile.prototype;
    try {
      Deno.FsFile.prototype.sync = () => Promise.reject(new Error("Input/output error"));
      assertEquals(await codeOf(upload.finish()), "not-stored");
    } finally {
      Deno.FsFile.prototype.sync = sync;
    }
    assertEquals(await codeOf(upload.finish()), "no-such-file");
    assertEquals((await store.begin({ ...ANN, id: "up1" }, "up2")).offset, 0);
    assertEquals(await namesIn(`${dir}/files/part`), ["up2", "up2.json"]);
  }));
