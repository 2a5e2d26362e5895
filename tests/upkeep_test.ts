/** What the writer does when nobody waits for it, a step at a time. */

import { assertEquals } from "@std/assert";
import { Log } from "../lib/store/log.ts";
import { Packer } from "../lib/store/packing.ts";
import { Reader } from "../lib/store/read.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { Upkeep } from "../lib/store/upkeep.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { draft } from "./history_contract.ts";

const RULES = { sessionMs: 60_000, sessions: 10 };

Deno.test("old messages go though there are always more to index", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const upkeep = new Upkeep(db, { ...RULES, keepMessages: 10 }, () => log.refresh());
  let first = 1;
  for (let round = 0; round < 6; round++) {
    const packer = new Packer();
    for (let i = 0; i < 1_000; i++) packer.add(draft("dev", `message ${i}`));
    log.append(packer.pack());
    for (const { first: kept } of upkeep.step().pruned) first = kept;
  }
  assertEquals(first > 1_000, true, `the oldest that is kept is ${first}`);
  assertEquals(new Reader(db).page("dev", { after: 0, limit: 1 }).entries[0]?.message.seq, first);
});

Deno.test("in the end all is indexed, and what was pruned is not found", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  const log = new Log(db);
  const upkeep = new Upkeep(db, { ...RULES, keepMessages: 10 }, () => log.refresh());
  const packer = new Packer();
  for (let i = 0; i < 2_000; i++) packer.add(draft("dev", `message number${i}`));
  log.append(packer.pack());
  let steps = 0;
  while (upkeep.step().more) steps++;
  assertEquals(steps < 30, true, `${steps} steps`);
  const find = (query: string): number[] =>
    new Reader(db).search({ query, rooms: ["dev"], limit: 9 }).entries
      .map(({ message }) => message.seq);
  assertEquals([find('"number5"'), find('"number1995"')], [[], [1_996]]);
  db.exec("INSERT INTO message_words (message_words) VALUES ('integrity-check')");
});
