/** Makes the house of a server: gives it limits, a clock, a store, and what it logs. */

import type { HouseDump } from "../chat/dump.ts";
import type { FileSenders } from "../chat/files/file_quota.ts";
import type { FileStore } from "../chat/files/file_store.ts";
import { House } from "../chat/house.ts";
import type { HouseLimits } from "../chat/house_limits.ts";
import type { HouseOptions } from "../chat/house_options.ts";
import { ID_BYTES, idFrom } from "../chat/people/account_id.ts";
import type { Passwords } from "../chat/people/keeper.ts";
import type { Entry, Fact } from "../chat/log/fact.ts";
import type { FactLog } from "../chat/log/fact_log.ts";
import { MemoryLog, type MemoryLogOptions } from "../chat/log/memory_log.ts";
import { MAX_EVENT_BYTES } from "../wire/events.ts";
import { writtenAddress } from "./address.ts";
import { lateCrypto } from "./late_crypto.ts";
import type { Limits } from "./limits.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { WatchedLog } from "./metrics_log.ts";
import type { LoopPace, Ticks } from "./timers.ts";
import { ScryptPasswords } from "./password.ts";

/**
 * The clocks and the random numbers of this machine. They look up the globals at each call, so that a
 * test that replaces the clock affects the house.
 */
const SYSTEM: Pick<HouseOptions, "now" | "date" | "chance"> = {
  // The exact time and not that of the last sweep: clients are told how long to wait by it.
  now: () => performance.now(),
  date: () => Date.now(),
  chance: {
    secret: () => crypto.randomUUID(),
    id: () => idFrom(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
  },
};

/** What is remembered of a house over a restart, where others go on meanwhile. */
export interface KnownOfHouse {
  /** What it knew at some place of its log, and the entries after that; `undefined`: nothing. */
  known(): { readonly house: HouseDump; readonly entries: readonly Entry[] } | undefined;
  /** Set to what gives all that it knows now. */
  dump: (() => HouseDump) | undefined;
}

/** Where a house stores things, and how it checks passwords. */
export interface HouseStores {
  /**
   * Where all is kept; by default in memory. A server uses it until `finished` settles, and then it is
   * the caller's to close.
   */
  readonly factLog?: FactLog;
  /**
   * Where the bytes of files are kept; without it nobody sends files. A server uses it until `finished`
   * settles, and then it is the caller's to close.
   */
  readonly files?: FileStore;
  /** Who may send files; everybody by default, unless the server has a password or accounts. */
  readonly fileSenders?: FileSenders;
  /** Hashes the passwords of names; by scrypt by default. */
  readonly passwords?: Passwords;
  /** Whether this house does what one house does for all that have one log; see `HouseOptions`. */
  readonly isOnDuty?: () => boolean;
  /** What time it is where several have one log, in ms since 1970; by default what this machine says. */
  readonly date?: () => number;
  /** What a house knew before, and where it is asked from then on for what it knows; see {@linkcode KnownOfHouse}. */
  readonly remembered?: KnownOfHouse;
  /** Whether to count and time what is stored, for the metrics. */
  readonly watched?: boolean;
}

/** What the house shares with the rest of the server. */
export interface HouseSurroundings {
  readonly limits: Limits;
  readonly pace: LoopPace;
  readonly ticks: Ticks;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Checks the server's password; `undefined` if it has none. */
  readonly opens: ((password: string) => boolean) | undefined;
  /** Ends the server, because the state of its house can't be relied on any more. */
  readonly end: () => void;
}

/** Makes the house of a server. */
export function makeHouse(
  stores: HouseStores,
  { limits, pace, ticks, metrics, log, opens, end }: HouseSurroundings,
): House {
  const { factLog, passwords = new ScryptPasswords(), watched = false } = stores;
  const kept = factLog ?? new MemoryLog(inMemory(limits));
  const known = stores.remembered?.known();
  const house = new House({
    ...(known === undefined ? {} : { before: known.house }),
    factLog: watched ? new WatchedLog(kept, metrics) : kept,
    hashOf,
    ...(stores.isOnDuty === undefined ? {} : { isOnDuty: stores.isOnDuty }),
    ...mishaps({ metrics, log, end }),
    ...filesIn(stores, { metrics, log }),
    limits: houseLimits(limits),
    pace,
    ...SYSTEM,
    ...(stores.date === undefined ? {} : { date: stores.date }),
    until: (time) => ticks.until(time),
    passwords,
    ...(opens === undefined ? {} : { opens }),
    addressKey: writtenAddress,
    onWrong: (name, address) => {
      const fields = { address, name };
      log({ level: "info", kind: "wrong-password", text: "Wrong password", fields });
    },
    onModerated: ({ at: _, ...fields }) =>
      log({ level: "info", kind: "moderated", text: "Moderated", fields }),
  });
  if (known !== undefined) house.replay(known.entries);
  if (stores.remembered !== undefined) stores.remembered.dump = () => house.dump();
  return house;
}

/** The limits of the house of a server that has these. */
export function houseLimits(limits: Limits): Partial<HouseLimits> {
  return {
    ...limits,
    // A round is much smaller than an outbox: a peer is too slow only if it misses several.
    roundLength: limits.outboxBytes / 8,
    // One event fits beside the eighth of the outbox that may still wait, see `drained`.
    messageBytes: Math.min(limits.outboxBytes * 7 / 8, MAX_EVENT_BYTES),
  };
}

/** What the house is told about files; nothing for one that takes none. */
function filesIn(
  { files: store, fileSenders: senders }: HouseStores,
  { metrics, log }: Pick<HouseSurroundings, "metrics" | "log">,
): Pick<HouseOptions, "files"> {
  if (store === undefined) return {};
  const onRefused = (code: string): void => metrics.refused(code);
  const onFailed = (error: unknown): void => {
    const fields = { trace: traceOf(error) };
    log({ level: "error", kind: "transfer", text: "A file could not be transferred", fields });
  };
  const onSenders = (now: FileSenders): void => {
    const text = now === "all"
      ? "Guests may send files from now on, since no name is reserved any more"
      : "Guests send no files from now on, since a name is reserved; --files all lets them";
    log({ level: "info", kind: "senders", text });
  };
  return { files: { store, senders, onRefused, onSenders, onFailed } };
}

/** The key of the session with this secret. */
function hashOf(secret: string): string {
  return lateCrypto().createHash("sha256").update(secret).digest("hex");
}

/** Counts and logs a bug in the house, with the fact or entry that repeats it. */
function mishaps(
  { metrics, log, end }: Pick<HouseSurroundings, "metrics" | "log" | "end">,
): Pick<HouseOptions, "onUndecided" | "onBroken" | "onUntold"> {
  return {
    onUndecided: (error, fact) => {
      metrics.decideFailures++;
      const fields = { fact: written(fact), trace: traceOf(error) };
      log({ level: "error", kind: "undecided", text: "A request could not be decided", fields });
    },
    onUntold: (error, entry) => {
      metrics.tellFailures++;
      const fields = { entry: written(entry), trace: traceOf(error) };
      log({ level: "error", kind: "untold", text: "An entry could not be told of", fields });
    },
    onBroken: (error, entry) => {
      const fields = { entry: written(entry), trace: traceOf(error) };
      log({
        level: "error",
        kind: "broken",
        text: "An entry could not be taken in; the server ends",
        fields,
      });
      end();
    },
  };
}

/** A fact or an entry as the log shows it: without texts and hashes. */
function written(what: Fact | Entry): string {
  return JSON.stringify(
    what,
    (name, value) => name === "text" || name === "proof" ? `(${value.length} characters)` : value,
  );
}

function traceOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function inMemory(limits: Limits): MemoryLogOptions {
  return {
    messagesPerRoom: limits.historyMessages,
    maxBytes: limits.historyBytes,
    idsPerSession: limits.sessionIds,
    now: SYSTEM.date,
    epoch: SYSTEM.chance.secret(),
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  };
}
