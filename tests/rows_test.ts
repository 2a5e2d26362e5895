/** The limit of rooms on disk: what has no room is refused, and what was not stored is not counted. */

import { assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import type { Refusal } from "../lib/chat/refusal.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { Log } from "../lib/store/log.ts";
import { Packer, type Receipts } from "../lib/store/packing.ts";
import { openForWriting } from "../lib/store/schema.ts";
import { say, topic } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { tries } from "./fixtures/thorough.ts";

/** Rooms that a store keeps at most. */
const MAX_ROOMS = 100_000;

/** Makes so many rooms, without a message. */
function makeRooms(db: DatabaseSync, count: number): void {
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO room (kind, key, name) SELECT 0, 'r' || i, 'r' || i FROM n`,
  ).run(count);
}

function store(log: Log, room: string, text: string): Receipts {
  const packer = new Packer();
  packer.add(say(room, text));
  return log.append(packer.pack());
}

Deno.test("a room that could not be stored takes nothing from the limit", async () => {
  await using dir = await makeDir();
  using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability: "normal" });
  makeRooms(db, MAX_ROOMS - 1);
  const log = new Log(db);
  const pages = Number(db.prepare("PRAGMA page_count").get()?.["page_count"]);
  db.exec(`PRAGMA max_page_count = ${pages}`);
  assertThrows(() => store(log, "last", "x".repeat(1_000_000)), Error, "full");
  db.exec(`PRAGMA max_page_count = ${pages * 2}`);
  assertEquals(store(log, "last", "hi").odd, []);
  assertEquals(store(log, "one more", "hi").odd, [{ index: 0, kind: "full" }]);
});

Deno.test("a topic for a room beyond the limit is refused, and nobody is told that it is set", async () => {
  for (const durability of tries(["normal"] as const, ["full", "normal"] as const)) {
    await using dir = await makeDir();
    {
      using db = openForWriting({ path: `${dir.path}/chatroom.db`, durability });
      makeRooms(db, MAX_ROOMS - 1);
    }
    await using history = await LocalLog.open({ dir: dir.path, durability });
    const set = (room: string): Promise<Refusal | undefined> =>
      new Promise((resolve) =>
        history.put(topic(room, "tea"), {
          done: ({ receipt }) =>
            resolve(receipt && "refused" in receipt ? receipt.refused : undefined),
        })
      );
    const [last, beyond, known] = await Promise.all([set("last"), set("beyond"), set("r1")]);
    assertEquals([last, known], [undefined, undefined]);
    assertEquals([beyond?.code, beyond?.message], [
      "room-limit",
      "Nothing of beyond can be kept: the server keeps as many rooms as it can; its operator can " +
      "remove some",
    ]);
    assertEquals(["last", "beyond", "r1"].map((room) => history.index.topic(roomLog(room))), [
      "tea",
      "",
      "tea",
    ]);
  }
});
