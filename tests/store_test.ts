/** The history on disk: the contract, and what it does besides. */

import { DurableHistory, type DurableOptions } from "../lib/store/durable_history.ts";
import { testHistory } from "./history_contract.ts";

/** Opens a history in a directory of its own, which goes with it. */
async function openNew(options: Partial<DurableOptions> = {}): Promise<DurableHistory> {
  const dir = await Deno.makeTempDir();
  const history = await DurableHistory.open({ dir, durability: "normal", ...options });
  const close = history[Symbol.asyncDispose].bind(history);
  return Object.assign(history, {
    async [Symbol.asyncDispose](): Promise<void> {
      await close();
      await Deno.remove(dir, { recursive: true });
    },
  });
}

testHistory("DurableHistory", () => openNew());
testHistory(
  "DurableHistory, from the disk",
  () => openNew({ messagesPerRoom: 1, maxBytes: 1 }),
);
