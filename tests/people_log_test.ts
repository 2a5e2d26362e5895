/** The logs that there are keep conversations, authors, mentions and devices alike. */

import { assertEquals } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { say } from "./fixtures/facts.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { stillLog } from "./fixtures/still.ts";
import { testPeopleLog } from "./people_log_contract.ts";

testPeopleLog("MemoryLog", () => {
  const log = stillLog();
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});

for (const durability of ["full", "normal"] as const) {
  testPeopleLog(`LocalLog (${durability})`, async () => {
    const dir = await makeDir();
    const log = await LocalLog.open({ dir: dir.path, durability });
    return {
      log,
      index: log.index,
      [Symbol.asyncDispose]: async () => {
        await log.close();
        await dir[Symbol.asyncDispose]();
      },
    };
  });
}

Deno.test("what an account said itself is not unread for it after a restart either", async () => {
  await using dir = await makeDir();
  const before = await LocalLog.open({ dir: dir.path });
  for (const author of ["id1", "id2", "id1"]) before.put(say("a", "x", { author }));
  await before.settled();
  await before.close();
  const log = await LocalLog.open({ dir: dir.path });
  const unreadAfter = async (seq: number): Promise<number | undefined> =>
    (await log.index.unread(new Map([[roomLog("a"), seq]]), "id1")).get(roomLog("a"));
  assertEquals(await Promise.all([0, 1, 2].map(unreadAfter)), [1, 1, 1]);
  await log.close();
});
