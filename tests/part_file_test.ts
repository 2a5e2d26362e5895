/** Files that are saved: never over another one, under a safe name, and only when they are right. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { openPart, savedBefore } from "../lib/client/files/part_file.ts";
import type { SavePlace } from "../lib/client/files/file_transfer.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { bytesOfLength, inFolder, namesIn, sentFile } from "./fixtures/files.ts";

async function save(file: SentFile, place: SavePlace, bytes: Uint8Array): Promise<string> {
  using part = await openPart(file, place);
  await part.readBack(() => {});
  await part.write(bytes);
  return await part.finish();
}

Deno.test("files of one name get numbers, and none is overwritten", async () => {
  await inFolder(async (folder) => {
    const [one, two, three] = [1, 2, 3].map((seed) => bytesOfLength(1_000, seed));
    for (const [n, bytes] of [one, two, three].entries()) {
      if (bytes === undefined) continue;
      const path = await save(sentFile("plan.pdf", bytes, `id-${n}`), { folder }, bytes);
      assertEquals(path, `${folder}/${n === 0 ? "plan.pdf" : `plan (${n + 1}).pdf`}`);
      assertEquals(await Deno.readFile(path), bytes);
    }
    assertEquals(await namesIn(folder), ["plan (2).pdf", "plan (3).pdf", "plan.pdf"]);
  });
});

Deno.test("the number stands before the ending, where there is one", async () => {
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(10);
    const second = {
      "logs.tar.gz": "logs (2).tar.gz",
      "README": "README (2)",
      "a.b": "a (2).b",
      "v1.2 of it": "v1 (2).2 of it",
      "note.a very long ending": "note.a very long ending (2)",
    };
    for (const [name, wanted] of Object.entries(second)) {
      await save(sentFile(name, bytes), { folder }, bytes);
      assertEquals(await save(sentFile(name, bytes), { folder }, bytes), `${folder}/${wanted}`);
    }
  });
});

Deno.test("no saved name is taken for an option by a program, nor for a home by a shell", async () => {
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(10);
    const wanted = {
      "-o": "_o",
      "--help": "_-help",
      "~root": "_root",
      "../-rf": "_rf",
      " .-e": "_e",
      "a-b~c": "a-b~c",
    };
    for (const [name, saved] of Object.entries(wanted)) {
      const file = sentFile(name, bytes);
      assertEquals(await save(file, { folder }, bytes), `${folder}/${saved}`);
      // It is found again, and so saved once.
      assertEquals(await savedBefore(file, folder), `${folder}/${saved}`);
    }
  });
});

Deno.test("whatever a server calls a file, it is saved in the folder and nowhere else", async () => {
  await inFolder(async (outside) => {
    const folder = `${outside}/inside`;
    await Deno.mkdir(folder);
    const bytes = bytesOfLength(10);
    for (
      const name of ["../up", "/etc/passwd", "..", ".profile", "a/../../b", "CON", "c:\\d", ""]
    ) {
      const path = await save(sentFile(name, bytes, `../../${name}`), { folder }, bytes);
      assertEquals(path.slice(0, path.lastIndexOf("/")), folder);
    }
    assertEquals(await namesIn(outside), ["inside"]);
    assertEquals((await namesIn(folder)).filter((name) => name.startsWith(".")), []);
  });
});

Deno.test("a path that was named is taken as it is, or not at all", async () => {
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(10);
    const path = `${folder}/mine`;
    assertEquals(await save(sentFile("theirs", bytes), { path }, bytes), path);
    const error = await assertRejects(
      () => save(sentFile("theirs", bytes), { path }, bytes),
      RequestError,
    );
    assertEquals([error.code, error.message], [
      "not-saved",
      `${path} is there already, and is not overwritten; choose another name`,
    ]);
    assertEquals(await namesIn(folder), ["mine"]);
  });
});

Deno.test("what has come of a file goes on, for one program at a time", async () => {
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(1_000);
    const file = sentFile("plan.pdf", bytes);
    {
      using part = await openPart(file, { folder });
      await part.write(bytes.subarray(0, 400));
      const error = await assertRejects(() => openPart(file, { folder }), RequestError);
      assertStringIncludes(error.message, "plan.pdf is being fetched to ");
    }
    assertEquals(await namesIn(folder), ["plan.pdf.file-1.part"]);
    using part = await openPart(file, { folder });
    const before: number[] = [];
    assertEquals(await part.readBack((some) => before.push(...some)), 400);
    assertEquals(new Uint8Array(before), bytes.slice(0, 400));
    await part.write(bytes.subarray(400));
    assertEquals(await Deno.readFile(await part.finish()), bytes);
    assertEquals(await namesIn(folder), ["plan.pdf"]);
  });
});

Deno.test("a part that is a link to another file is not written", async () => {
  if (Deno.build.os === "windows") return;
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/other`, "precious");
    await Deno.symlink(`${folder}/other`, `${folder}/plan.pdf.file-1.part`);
    const file = sentFile("plan.pdf", bytesOfLength(9));
    const error = await assertRejects(() => openPart(file, { folder }), RequestError);
    assertStringIncludes(error.message, "there is something else of that name");
    assertEquals(await Deno.readTextFile(`${folder}/other`), "precious");
  });
});

Deno.test("a file has its name at once with all that is in it, and on disks without links too", async () => {
  await inFolder(async (folder) => {
    const bytes = bytesOfLength(1_000);
    const [link, open] = [Deno.link, Deno.open];
    const opened: unknown[] = [];
    Deno.open = async (path, options) => {
      opened.push(path);
      return await open(path, options);
    };
    try {
      assertEquals(await save(sentFile("a", bytes), { folder }, bytes), `${folder}/a`);
      assertEquals(opened.includes(`${folder}/a`), false);
      Deno.link = () => Promise.reject(new Deno.errors.PermissionDenied("no links here"));
      assertEquals(await save(sentFile("a", bytes), { folder }, bytes), `${folder}/a (2)`);
    } finally {
      [Deno.link, Deno.open] = [link, open];
    }
    for (const name of await namesIn(folder)) {
      assertEquals(await Deno.readFile(`${folder}/${name}`), bytes);
    }
    assertEquals(await namesIn(folder), ["a", "a (2)"]);
  });
});

Deno.test("a part whose file was saved already is made anew, and the file stays", async () => {
  if (Deno.build.os === "windows") return;
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/plan.pdf`, "saved, and written on");
    await Deno.link(`${folder}/plan.pdf`, `${folder}/plan.pdf.file-1.part`);
    const bytes = bytesOfLength(50);
    const path = await save(sentFile("plan.pdf", bytes), { folder }, bytes);
    assertEquals(path, `${folder}/plan (2).pdf`);
    assertEquals(await Deno.readTextFile(`${folder}/plan.pdf`), "saved, and written on");
    assertEquals(await Deno.readFile(path), bytes);
  });
});

Deno.test("a part that is gone leaves no empty file in its place", async () => {
  await inFolder(async (folder) => {
    using part = await openPart(sentFile("plan.pdf", bytesOfLength(9)), { folder });
    await part.write(bytesOfLength(9));
    await Deno.remove(`${folder}/plan.pdf.file-1.part`);
    await assertRejects(() => part.finish(), RequestError, "can't be written");
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("a folder that is not there is named", async () => {
  await inFolder(async (folder) => {
    const file = sentFile("plan.pdf", bytesOfLength(9));
    const wish = { folder: `${folder}/no` };
    const error = await assertRejects(() => openPart(file, wish), RequestError);
    assertEquals(error.code, "not-saved");
    assertStringIncludes(error.message, `${folder}/no/plan.pdf`);
  });
});

Deno.test("a file that was saved before is found by its content, whatever its number", async () => {
  await inFolder(async (folder) => {
    const [one, two, three] = [1, 2, 3].map((seed) => sentFile("a.txt", bytesOfLength(99, seed)));
    if (one === undefined || two === undefined || three === undefined) return;
    assertEquals(await savedBefore(one, folder), undefined);
    await save(one, { folder }, bytesOfLength(99, 1));
    await save(two, { folder }, bytesOfLength(99, 2));
    assertEquals(await savedBefore(one, folder), `${folder}/a.txt`);
    assertEquals(await savedBefore(two, folder), `${folder}/a (2).txt`);
    assertEquals(await savedBefore(three, folder), undefined);
  });
});
