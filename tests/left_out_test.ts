/** Rows that are missing or refer to nothing: an export tells what it leaves out, a resume tells holes. */

import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { chatLog } from "../lib/chat/messages/log_key.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, inChat, say, seqOf } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { eventFrame, joinEvent } from "./helpers.ts";

/** Makes a store with ten messages in the lobby and one in another room, and runs `sql` in it. */
async function fill(dir: string, sql: string): Promise<void> {
  {
    await using log = await LocalLog.open({ dir, durability: "normal" });
    for (let i = 1; i <= 10; i++) await append(log, say("lobby", `${i}`));
    await append(log, say("den", "alone"));
    for (let i = 1; i <= 3; i++) await append(log, inChat("pair", `${i}`));
  }
  using db = new DatabaseSync(`${dir}/chatroom.db`);
  db.exec("PRAGMA foreign_keys = OFF");
  db.exec(sql);
}

const HOLE = /^Of room lobby (\d+) of the messages 1 to 10 are not there; /m;
const STRAY = /^(\d+) messages? (?:is|are) left out, because a room or a sender is not there; /m;

for (
  const [what, sql, printed, holes, strays] of [
    ["all is there", "SELECT 1", 10, 0, 0],
    ["a message is gone", "DELETE FROM message WHERE id = 7", 9, 1, 0],
    ["the last ones are gone", "DELETE FROM message WHERE id IN (9, 10)", 8, 2, 0],
    ["all are gone", "DELETE FROM message WHERE id <= 10", 0, 10, 0],
    ["a sender is not there", "UPDATE message SET sender = 99 WHERE id IN (5, 6)", 8, 0, 2],
    ["a room is not there", "UPDATE message SET room = 99 WHERE id = 6", 9, 1, 1],
  ] as Array<[what: string, sql: string, printed: number, holes: number, strays: number]>
) {
  for (const flags of [[], ["--salvage"], ["--room", "lobby"]]) {
    Deno.test(`export ${flags.join(" ")} tells what it leaves out: ${what}`, async () => {
      await using dir = await makeDir();
      await fill(dir.path, sql);
      const told = await chatroom(["export", ...flags, "--data", dir.path]);
      const lobby = told.stdout.split("\n").filter((line) => line.includes('"room":"lobby"'));
      const number = (pattern: RegExp): number => Number(pattern.exec(told.stderr)?.[1] ?? 0);
      assertEquals(
        [lobby.length, number(HOLE), number(STRAY), told.code],
        [printed, holes, strays, holes + strays > 0 ? 1 : 0],
        told.stderr,
      );
    });
  }
}

Deno.test("an export of one room says nothing of what another has lost", async () => {
  await using dir = await makeDir();
  await fill(dir.path, "DELETE FROM message WHERE id = 7");
  const { code, stderr } = await chatroom(["export", "--room", "den", "--data", dir.path]);
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("a resume tells of every hole, before, within and after a page", async () => {
  await using dir = await makeDir();
  await fill(dir.path, "DELETE FROM message WHERE id IN (2, 5, 6, 8, 10)");
  await using server = await startStored(dir.path);
  const { epoch } = server.factLog.index;
  using ann = await joinEvent(server, "ann", { resume: { epoch, seq: { lobby: 1 } } });
  await ann.send(eventFrame({ type: "ping", id: "end" }));
  const told: Array<number | string> = [];
  for (;;) {
    const event = await ann.takeEvent();
    if (event.type === "pong") break;
    if (event.type === "message") told.push(event.seq);
    if (event.type === "gap") told.push(`${event.from}-${event.to}`);
  }
  assertEquals(told, ["2-2", 3, 4, "5-6", 7, "8-8", 9, "10-10"]);
});

Deno.test("a log that is noted to end before its last message is corrected, and goes on", async () => {
  await using dir = await makeDir();
  await fill(dir.path, "UPDATE room SET last = 1");
  const problems: string[] = [];
  await using log = await LocalLog.open({
    dir: dir.path,
    durability: "normal",
    onProblem: (text) => problems.push(text),
  });
  assertEquals(problems.length, 1);
  assertMatch(problems[0] ?? "", /after the one that is noted as the last of "lobby"/);
  assertEquals(log.index.last(chatLog("pair")), 3);
  assertEquals(await seqOf(log, say("lobby", "more")), 11);
  assertEquals(await seqOf(log, inChat("pair", "more")), 4);
});

Deno.test("an import goes on after the last message, whatever is noted", async () => {
  await using dir = await makeDir();
  await fill(dir.path, "UPDATE room SET last = 1");
  const line = { room: "lobby", from: "ann", at: "2026-01-01T00:00:00Z", text: "old" };
  await Deno.writeTextFile(`${dir.path}/more`, JSON.stringify(line));
  const imported = await chatroom(["import", `${dir.path}/more`, "--data", dir.path]);
  assertEquals(imported.code, 0, imported.stderr);
  assertEquals((await chatroom(["check", "--data", dir.path])).code, 0);
});
