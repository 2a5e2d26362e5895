/** The house as a server has it: its limits, its clock, where things are kept, and what the log is told. */

import type { History } from "../chat/history.ts";
import { House } from "../chat/house.ts";
import type { Passwords } from "../chat/keeper.ts";
import { MemoryHistory } from "../chat/memory_history.ts";
import type { Records } from "../chat/records.ts";
import { MAX_EVENT_BYTES } from "../wire/event.ts";
import { writtenAddress } from "./address.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { WatchedHistory } from "./metrics_history.ts";
import type { LoopPace } from "./pace.ts";
import { ScryptPasswords } from "./password.ts";
import { SYSTEM } from "./system.ts";
import type { Ticks } from "./ticks.ts";

/** Where a house keeps things, and how it judges passwords. */
export interface HouseStores {
  /** In memory unless told. */
  readonly history?: History;
  /** In memory unless told. */
  readonly records?: Records;
  /** Hashes the passwords of names; by scrypt unless told. */
  readonly passwords?: Passwords;
  /** Whether what is stored is counted and timed. */
  readonly watched?: boolean;
}

/** What the house shares with the rest of the server. */
export interface HouseSurroundings {
  readonly limits: Limits;
  readonly pace: LoopPace;
  readonly ticks: Ticks;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Whether a password is the server's; `undefined` where it has none. */
  readonly opens: ((password: string) => boolean) | undefined;
}

/** Makes the house of a server. */
export function makeHouse(
  { history, records, passwords = new ScryptPasswords(), watched = false }: HouseStores,
  { limits, pace, ticks, metrics, log, opens }: HouseSurroundings,
): House {
  const kept = history ?? inMemory(limits);
  return new House({
    history: watched ? new WatchedHistory(kept, metrics) : kept,
    limits: {
      ...limits,
      // A round is small beside an outbox, so that only a peer that misses several is too slow.
      roundLength: limits.outboxBytes / 8,
      // What may wait besides an event is an eighth of the outbox, see `drained`.
      messageBytes: Math.min(limits.outboxBytes * 7 / 8, MAX_EVENT_BYTES),
    },
    pace,
    ...SYSTEM,
    until: (time) => ticks.until(time),
    passwords,
    ...(records === undefined ? {} : { records }),
    ...(opens === undefined ? {} : { opens }),
    addressKey: writtenAddress,
    onWrong: (name, address) => {
      const fields = { address, name };
      log({ level: "info", kind: "wrong-password", text: "Wrong password", fields });
    },
    onModerated: ({ at: _, ...fields }) =>
      log({ level: "info", kind: "moderated", text: "Moderated", fields }),
  });
}

function inMemory(limits: Limits): MemoryHistory {
  return new MemoryHistory({
    messagesPerRoom: limits.historyMessages,
    maxBytes: limits.historyBytes,
    idsPerSession: limits.sessionIds,
    now: SYSTEM.date,
    epoch: SYSTEM.chance.secret(),
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  });
}
