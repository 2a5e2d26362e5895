/** `export --files`, `import --files` and what `check` says of files, as a shell uses them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { diskPaths, namesIn } from "../lib/files/disk_paths.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { fileSentence } from "../lib/words/files.js";
import { jsonLine } from "./fixtures/data.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { sha256Of } from "./file_store_contract.ts";

/** A file and the message that brings it. */
function sent(id: string, name: string, text: string): { file: SentFile; bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(text);
  const file = { id, name, size: bytes.length, type: "text/plain", sha256: sha256Of(bytes) };
  return { file, bytes };
}

const PLAN = sent("f1", "plan.txt", "the plan");
const TEA = sent("f2", "tea.txt", "tea at five");
const LINES = [
  ...[PLAN, TEA].map(({ file }) =>
    jsonLine({ text: fileSentence(file.name, file.size, "look"), file })
  ),
  jsonLine({ room: "dev", text: "and a text" }),
].join("\n");

const PLAN_LINE = JSON.parse(LINES.split("\n")[0] ?? "");

/** A folder with what `export --files` would have put there. */
async function withExported(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/in`);
    for (const { file, bytes } of [PLAN, TEA]) {
      await Deno.writeFile(`${folder}/in/${file.id}-${file.name}`, bytes);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const blobOf = (folder: string, { file }: typeof PLAN): string =>
  diskPaths(`${folder}/data`).blob(file.sha256);

function load(folder: string, ...flags: string[]): ReturnType<typeof chatroom> {
  return chatroom(["import", "--data", `${folder}/data`, ...flags], { input: LINES });
}

Deno.test("messages and their files go out of one directory and into another, and are sound", () =>
  withExported(async (folder) => {
    const into = await load(folder, "--files", `${folder}/in`);
    assertEquals([into.code, into.stderr], [0, ""]);
    const data = ["--data", `${folder}/data`];
    for (const quick of [[], ["--quick"]]) {
      const check = await chatroom(["check", ...data, ...quick]);
      assertEquals([check.code, check.stderr], [0, ""]);
      assertStringIncludes(check.stdout, "no problems; 3 messages");
      assertStringIncludes(check.stdout, ", 2 files (19 bytes), ");
    }
    const out = await chatroom(["export", ...data, "--files", `${folder}/out`]);
    assertEquals([out.code, out.stderr], [0, ""]);
    assertEquals(
      out.stdout.trim().split("\n").map((line) => JSON.parse(line).file?.sha256),
      [PLAN.file.sha256, TEA.file.sha256, undefined],
    );
    assertEquals(await namesIn(`${folder}/out`), ["f1-plan.txt", "f2-tea.txt"]);
    assertEquals(await Deno.readFile(`${folder}/out/f2-tea.txt`), TEA.bytes);
    const again = ["import", "--data", `${folder}/data2`, "--files", `${folder}/out`];
    assertEquals((await chatroom(again, { input: out.stdout })).code, 0);
    assertEquals((await chatroom(["check", "--data", `${folder}/data2`])).code, 0);
  }));

Deno.test("only the files of the messages that are exported are copied", () =>
  withExported(async (folder) => {
    await load(folder, "--files", `${folder}/in`);
    const data = ["--data", `${folder}/data`];
    const room = await chatroom(["export", ...data, "--room", "dev", "--files", `${folder}/dev`]);
    assertEquals([room.code, await namesIn(`${folder}/dev`)], [0, []]);
    const audit = await chatroom(["export", ...data, "--audit", "--files", `${folder}/dev`]);
    assertEquals(audit.code, 2);
    assertStringIncludes(audit.stderr, "--files is of messages; leave --audit out");
  }));

Deno.test("an import without its files stores the texts, and says so", () =>
  withExported(async (folder) => {
    const without = await load(folder);
    assertEquals(without.code, 0);
    assertStringIncludes(without.stdout, "Stored 3 messages");
    assert(without.stderr !== "");
    const check = await chatroom(["check", "--data", `${folder}/data`]);
    assertEquals([check.code, check.stdout.includes("file")], [0, false]);
  }));

Deno.test("a file that is missing or was changed is named, and its message is a text", () =>
  withExported(async (folder) => {
    await Deno.remove(`${folder}/in/f1-plan.txt`);
    await Deno.writeTextFile(`${folder}/in/f2-tea.txt`, "coffee");
    const into = await load(folder, "--files", `${folder}/in`);
    assertEquals(into.code, 1);
    assertStringIncludes(into.stdout, "Stored 3 messages");
    assertStringIncludes(into.stderr, "f1-plan.txt can't be taken: No such file");
    assertStringIncludes(
      into.stderr,
      "f2-tea.txt can't be taken: What came of tea.txt has the SHA",
    );
    assertEquals((await chatroom(["check", "--data", `${folder}/data`])).code, 0);
  }));

Deno.test("check and export say which files are missing or were changed", () =>
  withExported(async (folder) => {
    await load(folder, "--files", `${folder}/in`);
    await Deno.remove(blobOf(folder, PLAN));
    await Deno.writeTextFile(blobOf(folder, TEA), "tea at nine");
    const data = ["--data", `${folder}/data`];
    const quick = await chatroom(["check", "--quick", ...data]);
    assertEquals(quick.code, 1);
    assertStringIncludes(
      quick.stdout,
      `Problem: the file ${PLAN.file.sha256} is missing: plan.txt, which ${PLAN_LINE.from} sent in ` +
        `#${PLAN_LINE.room} at ${new Date(PLAN_LINE.at).toISOString()}.`,
    );
    assert(!quick.stdout.includes(TEA.file.sha256));
    const { stdout, code } = await chatroom(["check", "--json", ...data]);
    const report = JSON.parse(stdout);
    assertEquals([code, report.problems.length, report.files, report.fileBytes], [1, 2, 0, 0]);
    const out = await chatroom(["export", ...data, "--files", `${folder}/out`]);
    assertEquals([out.code, out.stdout.trim().split("\n").length], [1, 3]);
    assertStringIncludes(out.stderr, "The file f1 (plan.txt) can't be copied to");
    assertStringIncludes(out.stderr, "The file f2 (tea.txt) was changed on the disk");
    assertEquals(await namesIn(`${folder}/out`), []);
  }));

Deno.test("an import that fails as a whole leaves no message with a file", () =>
  withExported(async (folder) => {
    const args = ["import", "--data", `${folder}/data`, "--files", `${folder}/in`];
    // Where there was nothing before, nothing is left.
    assertEquals((await chatroom(args.slice(0, 3), { input: "" })).code, 0);
    const failed = await chatroom(args, { input: `${LINES}\n{"room":7}` });
    assertEquals(failed.code, 1);
    const check = await chatroom(["check", "--data", `${folder}/data`]);
    assertEquals(check.code, 0);
    assertStringIncludes(check.stdout, "Note: 2 files are in no message; the server removes");
  }));
