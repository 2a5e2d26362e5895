/** What is said with a file is taken away from the terminal, and a store in which it was is sound. */

import { assertEquals } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { checkStore } from "../lib/store/check.ts";
import { openReader, openWriter } from "../lib/store/directory.ts";
import { exportLines } from "../lib/store/export.ts";
import { importMessages } from "../lib/store/import.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { jsonLine, lines } from "./fixtures/data.ts";
import { bringing, fileOf, say } from "./fixtures/facts.ts";
import { revise } from "./fixtures/life_facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { asked, begin, rows } from "./fixtures/terminal_life.ts";

const FILE = fileOf("f1", "a.txt", "0123456789");
const SENTENCE = "sent a.txt (10 bytes)";

Deno.test('/edit NUMBER "" takes away what was said with a file, and nothing else', async () => {
  using setup = await begin();
  const { io, conversation } = setup;
  conversation.message("ann", "lunch?");
  const own = { own: true, file: FILE } as const;
  const brought = conversation.message("me", `${SENTENCE}: for noon`, "lobby", own);
  await io.expect("for noon");
  io.type('/edit 1 ""\r');
  await io.expect("There is no message 1 of yours with a file here");
  io.type(`/edit ${brought} ""\r`);
  await io.expect("edited");
  assertEquals(asked(setup), [{ type: "revise", room: "lobby", re: brought, text: SENTENCE }]);
  const row = rows(setup).find((each) => each.includes("a.txt")) ?? "";
  assertEquals([row.includes("for noon"), row.includes("edited")], [false, true], row);
});

Deno.test("a store in which what was said with a file was taken away is sound, and finds it no more", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path });
    const { text, ...brought } = bringing(FILE);
    log.put(say("a", `${text}: for noon`, { author: "id1", ...brought }));
    log.put(revise("a", 1, ""));
    await log.settled();
    const found = async (query: string): Promise<number> =>
      (await log.index.search({ query, logs: [roomLog("a")], limit: 9 })).entries.length;
    assertEquals([await found("noon"), await found("a.txt")], [0, 1]);
  }
  using db = openReader(dir.path);
  assertEquals(checkStore(db).problems, []);
  const folded = [...exportLines(db, { folded: true })].map((line) => "text" in line && line.text);
  assertEquals(folded, [SENTENCE]);
});

Deno.test("an edit without a text is imported of what brings a file, and of nothing else", async () => {
  await using dir = await makeDir();
  using opened = await openWriter(dir.path);
  const about = { room: "lobby", from: "ann", at: "2026-11-23T09:12:00.000Z" };
  const edit = (re: number): string => JSON.stringify({ ...about, type: "revised", re, text: "" });
  const { notes = [], ...report } = await importMessages(
    opened.db,
    lines([
      jsonLine({ seq: 1, text: `${SENTENCE}: for noon`, file: FILE }),
      ...[jsonLine({ seq: 2, text: "plain" }), edit(1), edit(2)],
    ]),
    { takeFile: (file) => Promise.resolve(file) },
  );
  assertEquals([report.messages, report.about], [2, 1]);
  assertEquals(notes.map((note) => note.includes("line 4 (empty-text)")), [true]);
  const folded = [...exportLines(opened.db, { folded: true })];
  assertEquals(folded.map((line) => "text" in line && line.text), [SENTENCE, "plain"]);
});
