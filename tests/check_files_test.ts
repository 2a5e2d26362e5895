/** `check` of files: what is missing, of another size, changed, in no message, or not finished. */

import { assertEquals } from "@std/assert";
import { checkFiles } from "../lib/files/check_files.ts";
import { DiskStorage } from "../lib/files/disk_storage.ts";
import { KeptFiles } from "../lib/files/kept_files.ts";
import { ANN, someBytes, uploadAll } from "./file_store_contract.ts";
import { makePipe } from "./fixtures/files.ts";

/** A data directory with three files of 1,000 bytes. */
async function threeFiles(
  work: (dir: string, hashes: readonly [string, string, string], store: KeptFiles) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const store = new KeptFiles({ storage: await DiskStorage.open({ dir }) });
  try {
    const upload = (n: number): Promise<string> => uploadAll(store, someBytes(1_000, n), `up${n}`);
    await work(dir, [await upload(1), await upload(2), await upload(3)], store);
  } finally {
    await store.close();
    await Deno.remove(dir, { recursive: true });
  }
}

const blob = (dir: string, sha256: string): string =>
  `${dir}/files/${sha256.slice(0, 2)}/${sha256}`;
const needs = (hashes: readonly string[]): { sha256: string; size: number }[] =>
  hashes.map((sha256) => ({ sha256, size: 1_000 }));

Deno.test("files that are all there are counted", () =>
  threeFiles(async (dir, hashes) => {
    const report = { files: 3, fileBytes: 3_000, problems: [], notes: [] };
    assertEquals(await checkFiles(dir, needs(hashes)), report);
    assertEquals(await checkFiles(dir, needs(hashes), { quick: true }), report);
  }));

Deno.test("what is missing, cut or changed is a problem; quick does not read", () =>
  threeFiles(async (dir, hashes) => {
    const [one, two, three] = hashes;
    await Deno.remove(blob(dir, one));
    await Deno.truncate(blob(dir, two), 10);
    const changed = someBytes(1_000, 3);
    changed[500] = (changed[500] ?? 0) ^ 1;
    await Deno.writeFile(blob(dir, three), changed);
    const quick = await checkFiles(dir, needs(hashes), { quick: true });
    const found = [
      `the file ${one} is missing`,
      `the file ${two} has 10 bytes and not 1000`,
    ];
    assertEquals(quick, { files: 1, fileBytes: 1_000, problems: found, notes: [] });
    const { problems } = await checkFiles(dir, needs(hashes));
    assertEquals(problems.slice(0, 2), found);
    assertEquals(problems[2]?.startsWith(`the file ${three} was changed: its SHA-256 is `), true);
  }));

Deno.test({
  name: "what is no plain file is a problem, and nobody waits for what it may lead to",
  ignore: Deno.build.os === "windows",
  fn: () =>
    threeFiles(async (dir, hashes) => {
      const [one, two, three] = hashes;
      for (const sha256 of hashes) await Deno.remove(blob(dir, sha256));
      await makePipe(blob(dir, one));
      await Deno.writeFile(`${dir}/elsewhere`, someBytes(1_000, 2));
      await Deno.symlink(`${dir}/elsewhere`, blob(dir, two));
      await Deno.mkdir(blob(dir, three));
      const { problems } = await checkFiles(dir, needs(hashes));
      assertEquals(problems, hashes.map((sha256) => `the file ${sha256} is no plain file`));
    }),
});

Deno.test("a file that is missing is called what it is to people; if its last message went meanwhile, not at all", () =>
  threeFiles(async (dir, hashes) => {
    const [one, two] = hashes;
    await Deno.remove(blob(dir, one));
    await Deno.remove(blob(dir, two));
    const describe = (sha256: string): string | undefined => sha256 === one ? ": a" : undefined;
    const { problems } = await checkFiles(dir, needs(hashes), { describe });
    assertEquals(problems, [`the file ${one} is missing: a`]);
  }));

Deno.test("files in no message and unfinished uploads are noted", () =>
  threeFiles(async (dir, hashes, store) => {
    await (await store.begin(ANN, "half")).write(someBytes(5));
    assertEquals((await checkFiles(dir, needs(hashes.slice(0, 1)))).notes, [
      "2 files are in no message; the server removes such files when it starts",
      "1 upload is not finished, and may go on for 24 hours after the last bytes came",
    ]);
  }));

Deno.test("a directory without files has none, and misses what is needed", async () => {
  const dir = await Deno.makeTempDir();
  assertEquals(await checkFiles(dir, []), { files: 0, fileBytes: 0, problems: [], notes: [] });
  const many = Array.from(
    { length: 30 },
    (_, n) => ({ sha256: String(n).padStart(64, "0"), size: 1 }),
  );
  const { problems } = await checkFiles(dir, many);
  assertEquals([problems.length, problems.at(-1)], [21, "and 10 more of this kind"]);
  await Deno.remove(dir);
});
