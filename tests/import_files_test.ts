/** Files in what is exported, and what an import makes of them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { importMessages, type ImportOptions } from "../lib/store/import.ts";
import { ImportError, type ImportReport } from "../lib/store/import_writer.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { Message, SentFile } from "../lib/wire/events.ts";
import { Data, exportMessages, jsonLine, lines } from "./fixtures/data.ts";
import { append, bringing, fileOf, say } from "./fixtures/facts.ts";

const PLAN = fileOf("f1", "plan.txt", "the plan");
const TEA = fileOf("f2", "tea.txt", "tea");

async function load(
  data: Data,
  text: string[],
  options?: ImportOptions,
): Promise<ImportReport> {
  using opened = await openWriter(data.directory);
  return await importMessages(opened.db, lines(text), options);
}

function stored(data: Data): Message[] {
  using db = openReader(data.directory);
  assertEquals(checkStore(db).problems, []);
  return [...exportMessages(db)];
}

/** What a server has exported that two files were sent to. */
async function exported(): Promise<string[]> {
  using data = new Data();
  {
    await using log = await LocalLog.open({ dir: data.directory });
    for (const file of [PLAN, TEA]) {
      const { text, ...rest } = bringing(file);
      await append(log, say("dev", text, rest));
    }
    await append(log, say("dev", "and a text"));
  }
  return stored(data).map((message) => JSON.stringify(message));
}

const takesAll = (file: SentFile): Promise<SentFile> => Promise.resolve(file);

Deno.test("files that were exported are imported where their bytes are, and are nobody's", async () => {
  const lines = await exported();
  using data = new Data();
  const taken: string[] = [];
  const report = await load(data, lines, {
    takeFile: (file) => {
      taken.push(file.sha256);
      return takesAll(file);
    },
  });
  assertEquals(report, { messages: 3, rooms: 1, renumbered: 0, withheld: 0 });
  assertEquals(taken, [PLAN.sha256, TEA.sha256]);
  assertEquals(stored(data).map((message) => JSON.stringify(message)), lines);
  await using log = await LocalLog.open({ dir: data.directory });
  assertEquals((await log.index.file("f1"))?.seq, 1);
  assertEquals(Object.values(await log.index.fileUsage("account bob")), [0, 0, 11]);
});

Deno.test("a message whose file is not there, or is not asked for, is imported as a text, and counted", async () => {
  const lines = await exported();
  using one = new Data();
  const { messages, notes } = await load(one, lines, {
    takeFile: (file) => Promise.resolve(file.id === "f1" ? file : undefined),
  });
  assertEquals([messages, notes], [3, [
    "Messages that were stored without the files that they had brought: 1",
  ]]);
  assertEquals(stored(one).map(({ text, file }) => [text, file]), [
    ["sent plan.txt (8 bytes)", PLAN],
    ["sent tea.txt (3 bytes)", undefined],
    ["and a text", undefined],
  ]);
  using none = new Data();
  assertEquals((await load(none, lines)).notes, [
    "Messages that were stored without the files that they had brought: 2",
  ]);
  assertEquals(stored(none).map(({ file }) => file), [undefined, undefined, undefined]);
});

Deno.test("a file that is imported once more gets an id of its own", async () => {
  const lines = await exported();
  using data = new Data();
  await load(data, lines, { takeFile: takesAll });
  await load(data, lines, { takeFile: takesAll, again: true });
  const ids = stored(data).flatMap(({ file }) => file?.id ?? []);
  assertEquals([ids.length, new Set(ids).size, ids.slice(0, 2)], [4, 4, ["f1", "f2"]]);
  await using log = await LocalLog.open({ dir: data.directory });
  const second = await log.index.file(ids[2] ?? "");
  assertEquals([second?.log, second?.seq, second?.sha256], [roomLog("dev"), 4, PLAN.sha256]);
});

Deno.test("a file is imported under a safe name, with the type that its bytes have", async () => {
  using data = new Data();
  const file = { ...PLAN, name: "../\u202eetc/pass\u001bwd", type: "image/png" };
  await load(data, [jsonLine({ file })], {
    takeFile: (file) => Promise.resolve({ ...file, type: "application/octet-stream" }),
  });
  assertEquals(stored(data)[0]?.file, {
    ...PLAN,
    name: "passwd",
    type: "application/octet-stream",
  });
});

for (
  const [what, change, part] of [
    ["a hash that is none", { sha256: "ABC" }, "Line 1: The field file.sha256 must be 64"],
    ["an id that is none", { id: "../x" }, "Line 1: The field file.id must be 1 to 64"],
    ["a size that is none", { size: -1 }, "Line 1: The field size must be a whole number"],
  ] as const
) {
  Deno.test(`a file with ${what} is not imported, and is named`, async () => {
    using data = new Data();
    const line = jsonLine({ file: { ...PLAN, ...change } });
    const error = await assertRejects(
      () => load(data, [line], { takeFile: takesAll }),
      ImportError,
    );
    assert(error.message.startsWith(part), error.message);
    assertEquals(stored(data), []);
  });
}
