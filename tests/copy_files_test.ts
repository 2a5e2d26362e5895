/** Files beside an export, and beside an import. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { copyOut, exportedName, IMPORTER, takeFiles } from "../lib/files/copy_files.ts";
import { diskPaths, namesIn } from "../lib/files/disk_paths.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { sha256Of, someBytes, uploadAll } from "./file_store_contract.ts";
import { makePipe } from "./fixtures/files.ts";

const BYTES = someBytes(3_000_000);
const PLAN: SentFile = {
  id: "0f3k",
  name: "plan.pdf",
  size: BYTES.length,
  type: "application/pdf",
  sha256: sha256Of(BYTES),
};

/** A data directory that has one file, and a directory beside it. */
async function withData(work: (data: string, beside: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const store = new KeptFiles({ storage: await DiskStorage.open({ dir: `${folder}/data` }) });
    await uploadAll(store, BYTES, "up1");
    await store.close();
    await work(`${folder}/data`, `${folder}/out`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file is called by its id beside an export, and safely whatever the id is", () => {
  assertEquals(exportedName(PLAN), "0f3k-plan.pdf");
  assertEquals(exportedName({ id: "../../etc/x", name: "p\u202e.pdf" }), "x-p.pdf");
});

Deno.test("files are copied out under their ids, whole, and once", () =>
  withData(async (data, out) => {
    const again = { ...PLAN, id: "7" };
    for (const file of [PLAN, again, PLAN]) assertEquals(await copyOut(data, file, out), undefined);
    assertEquals(await namesIn(out), ["0f3k-plan.pdf", "7-plan.pdf"]);
    assertEquals(await Deno.readFile(`${out}/7-plan.pdf`), BYTES);
  }));

Deno.test("nothing is overwritten by a copy", () =>
  withData(async (data, out) => {
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/0f3k-plan.pdf`, "mine");
    const problem = await copyOut(data, PLAN, out);
    assertMatch(problem ?? "", /0f3k-plan\.pdf is there already, and has other bytes/);
    assertEquals(await Deno.readTextFile(`${out}/0f3k-plan.pdf`), "mine");
    assertEquals(await namesIn(out), ["0f3k-plan.pdf"]);
  }));

Deno.test("a file that was changed or is gone is not copied", () =>
  withData(async (data, out) => {
    const blob = diskPaths(data).blob(PLAN.sha256);
    await Deno.writeFile(blob, someBytes(3_000_000, 2));
    assertMatch(await copyOut(data, PLAN, out) ?? "", /0f3k \(plan\.pdf\) was changed on the disk/);
    await Deno.remove(blob);
    assertMatch(await copyOut(data, PLAN, out) ?? "", /can't be copied to .*: No such file/);
    assertEquals(await namesIn(out), []);
  }));

Deno.test("what was copied out is taken in, with the type that its bytes have", () =>
  withData(async (data, out) => {
    await copyOut(data, PLAN, out);
    await using files = await takeFiles(`${data}2`, out);
    const told = { ...PLAN, size: 7, type: "image/png", width: 9, height: 9 };
    assertEquals(await files.take(told), PLAN);
    assertEquals(await files.take(PLAN), PLAN);
    assertEquals(files.problems, []);
    assertEquals(await Deno.readFile(diskPaths(`${data}2`).blob(PLAN.sha256)), BYTES);
    assertEquals(await namesIn(diskPaths(`${data}2`).parts), []);
  }));

Deno.test("what is missing or was changed is not taken in, and leaves nothing", () =>
  withData(async (data, out) => {
    await copyOut(data, PLAN, out);
    await using files = await takeFiles(`${data}2`, out);
    assertEquals(await files.take({ ...PLAN, id: "other" }), undefined);
    await Deno.writeFile(`${out}/0f3k-plan.pdf`, someBytes(100));
    assertEquals(await files.take(PLAN), undefined);
    assert(files.problems.length === 2);
    assertMatch(files.problems[0] ?? "", /other-plan\.pdf can't be taken: No such file/);
    assertMatch(files.problems[1] ?? "", /0f3k-plan\.pdf can't be taken: What came .* has the SHA/);
    assertEquals(await namesIn(diskPaths(`${data}2`).parts), []);
  }));

Deno.test({
  name: "only plain files are taken in, and copied out of plain files to new ones",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withData(async (data, out) => {
      await copyOut(data, PLAN, out);
      await Deno.symlink(`${out}/0f3k-plan.pdf`, `${out}/link-plan.pdf`);
      await makePipe(`${out}/pipe-plan.pdf`);
      await using files = await takeFiles(`${data}2`, out);
      for (const id of ["link", "pipe"]) {
        assertEquals(await files.take({ ...PLAN, id }), undefined);
        assertMatch(files.problems.at(-1) ?? "", /-plan\.pdf can't be taken: it is no plain file/);
        // It does not count as copied already.
        assertMatch(await copyOut(data, { ...PLAN, id }, out) ?? "", /is there already/);
      }
      // What lies where it is copied to is not written through.
      const mine = `${out}/mine`;
      await Deno.writeTextFile(mine, "mine");
      await Deno.symlink(mine, `${out}/new-plan.pdf.part`);
      assertEquals(await copyOut(data, { ...PLAN, id: "new" }, out), undefined);
      assertEquals(await Deno.readTextFile(mine), "mine");
      await Deno.remove(diskPaths(data).blob(PLAN.sha256));
      await makePipe(diskPaths(data).blob(PLAN.sha256));
      const problem = await copyOut(data, { ...PLAN, id: "last" }, out);
      assertMatch(problem ?? "", /can't be copied to .*: it is no plain file/);
    }),
});

Deno.test("a file goes on where an import has ended that was cut off", () =>
  withData(async (data, out) => {
    await copyOut(data, PLAN, out);
    const cut = new KeptFiles({ storage: await DiskStorage.open({ dir: `${data}2` }) });
    const { name, size, sha256 } = PLAN;
    const half = await cut.begin({ ...IMPORTER, name, size, sha256 }, "import1");
    await half.write(BYTES.slice(0, 1_500_000));
    await cut.close();
    await using files = await takeFiles(`${data}2`, out);
    assertEquals([await files.take(PLAN), files.problems], [PLAN, []]);
    assertEquals(await Deno.readFile(diskPaths(`${data}2`).blob(PLAN.sha256)), BYTES);
    assertEquals(await namesIn(diskPaths(`${data}2`).parts), []);
  }));
