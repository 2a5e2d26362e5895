/** Opens the store of a server that keeps its messages; loaded for no other. */

import type { Limits } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import { StoreError } from "../store/faults.ts";
import { LocalLog } from "../store/local_log.ts";
import type { KeepingOptions, LocalLogOptions } from "../store/local_log_options.ts";
import { StartError } from "./flags.ts";
import type { KeptData, StorePlace } from "./store_flags.ts";

/** What is kept for how long. */
function keepingOf({ keepMs, keepMessages }: StorePlace, limits: Limits): KeepingOptions {
  return {
    ...keepMs === undefined ? {} : { keepMs },
    ...keepMessages === undefined ? {} : { keepMessages },
    sessionMs: limits.sessionMs,
    deviceMs: limits.deviceMs,
    // More than can be connected, so that only sessions that are not in use give way.
    sessions: Math.max(100_000, limits.waitingSessions * 10),
    maxRooms: limits.keptRooms,
  };
}

/** Opens the store. Rejects with a {@linkcode StartError}. */
export async function openStore(
  place: StorePlace,
  limits: Limits,
  log: Logger,
): Promise<KeptData & { readonly factLog: LocalLog }> {
  const options: LocalLogOptions = {
    ...place,
    ...keepingOf(place, limits),
    messagesPerRoom: limits.historyMessages,
    maxBytes: limits.historyBytes,
    onProblem: (text) => log({ level: "warning", kind: "store", text }),
    onUpgrade: (text) => log({ level: "warning", kind: "upgrade", text }),
  };
  try {
    const factLog = await LocalLog.open(options);
    return {
      factLog,
      get size() {
        return factLog.index.size;
      },
      change: (to, limits) => factLog.change(keepingOf(to, limits)),
      settled: () => factLog.settled(),
      close: (withinMs) => factLog.close(withinMs),
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StartError(`Can't keep messages: ${error.message}`);
  }
}
