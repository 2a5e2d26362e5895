/** The logs that there are keep what is done about messages alike. */

import { stillLog } from "./fixtures/still.ts";
import { testLifeLog } from "./life_log_contract.ts";

testLifeLog("MemoryLog", () => {
  const log = stillLog();
  return Promise.resolve({ log, index: log, [Symbol.asyncDispose]: () => Promise.resolve() });
});
