/** A room in which something was only refused is no room that was there before, also after a restart. */

import { assertEquals } from "@std/assert";
import type { Fact } from "../lib/chat/log/fact.ts";
import { chatLog, roomLog } from "../lib/chat/messages/log_key.ts";
import { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { FactLog } from "../lib/chat/log/fact_log.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { inChat, say, topic } from "./fixtures/facts.ts";
import { STILL_LOG } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";

/** What is put: of all but the lobby, nook and attic it is refused, or was there before. */
const PUTS: readonly Fact[] = [
  say("lobby", "first", { session: "s", id: "1" }),
  say("ops", "an answer to nothing", { re: 7 }),
  say("dev", "another one under that id", { session: "s", id: "1" }),
  { ...inChat("k", "was it said?", { session: "s", id: "2" }), onlyAgain: true },
  { kind: "pin", log: roomLog("den"), title: "den", from: "ann", re: 3 } as Fact,
  say("nook", "an answer to nothing", { re: 7 }),
  say("nook", "and then something"),
  say("attic", "an answer to nothing", { re: 7 }),
  topic("attic", ""),
];

/** Puts a fact, and waits until it is an entry. */
async function entered(log: FactLog, fact: Fact): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  log.put(fact, { done: resolve });
  await promise;
}

/** What a log keeps of rooms, in any order. */
function keptBy({ index }: FactLog): string[] {
  return [...index.kept()].map(({ log, last }) => `${log} ${last}`).sort();
}

const KEPT = ["room attic 0", "room lobby 1", "room nook 1"];

Deno.test("a room in which something was refused was not there before, in memory", async () => {
  const log = new MemoryLog(STILL_LOG);
  for (const fact of PUTS) await entered(log, fact);
  assertEquals(keptBy(log), KEPT);
});

for (const how of ["one by one", "all at once"]) {
  Deno.test(`a room in which something was refused was not there before, ${how}`, async () => {
    await using dir = await makeDir();
    {
      await using log = await LocalLog.open({ dir: dir.path, maxRooms: 10 });
      const puts = PUTS.map((fact) => () => entered(log, fact));
      if (how === "all at once") await Promise.all(puts.map((put) => put()));
      else for (const put of puts) await put();
      assertEquals([keptBy(log), log.index.spareRooms()], [KEPT, 8]);
    }
    await using log = await LocalLog.open({ dir: dir.path, maxRooms: 10 });
    assertEquals([keptBy(log), log.index.spareRooms()], [KEPT, 8]);
    assertEquals(log.index.last(chatLog("k")), 0);
  });
}
