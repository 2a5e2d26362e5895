/** The logs that there are keep conversations, authors, mentions and devices alike. */

import { LocalLog } from "../lib/store/local_log.ts";
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
