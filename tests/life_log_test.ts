/** The logs that there are keep what is done about messages alike. */

import type { LocalLogOptions } from "../lib/store/local_log_options.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import type { LogUnderTest } from "./fact_log_contract.ts";
import { stillLog } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { testLifeLog } from "./life_log_contract.ts";

testLifeLog("MemoryLog", () => {
  const log = stillLog();
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});

/** A log on disk, in a directory of its own. */
async function onDisk(options: Partial<LocalLogOptions>): Promise<LogUnderTest> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await makeDir());
  const log = stack.use(await LocalLog.open({ dir: dir.path, ...options }));
  const kept = stack.move();
  return { log, index: log.index, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

for (const durability of ["full", "normal"] as const) {
  testLifeLog(`LocalLog (${durability})`, () => onDisk({ durability }));
  testLifeLog(
    `LocalLog (${durability}), read from the disk`,
    () => onDisk({ durability, maxBytes: 0 }),
  );
}
