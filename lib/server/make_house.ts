/** The house as a server has it: its limits, its clock, where things are kept, and what the log is told. */

import { createHash } from "node:crypto";
import { House } from "../chat/house.ts";
import type { HouseOptions } from "../chat/house_options.ts";
import type { Passwords } from "../chat/keeper.ts";
import type { Entry, Fact } from "../chat/log/fact.ts";
import type { KeptLog } from "../chat/log/fact_log.ts";
import { MemoryLog, type MemoryLogOptions } from "../chat/log/memory_log.ts";
import { MAX_EVENT_BYTES } from "../wire/events.ts";
import { writtenAddress } from "./address.ts";
import type { Limits } from "./limits.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { WatchedLog } from "./metrics_log.ts";
import type { LoopPace } from "./pace.ts";
import { ScryptPasswords } from "./password.ts";
import { SYSTEM } from "./system.ts";
import type { Ticks } from "./ticks.ts";

/** Where a house keeps things, and how it judges passwords. */
export interface HouseStores {
  /** In memory unless told. */
  readonly factLog?: KeptLog;
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
  readonly log: Logger;
  /** Whether a password is the server's; `undefined` where it has none. */
  readonly opens: ((password: string) => boolean) | undefined;
  /** Ends the server, since what its house knows is not to be relied on any more. */
  readonly end: () => void;
}

/** Makes the house of a server. */
export function makeHouse(
  { factLog, passwords = new ScryptPasswords(), watched = false }: HouseStores,
  { limits, pace, ticks, metrics, log, opens, end }: HouseSurroundings,
): House {
  const kept = factLog ?? new MemoryLog(inMemory(limits));
  return new House({
    factLog: watched ? new WatchedLog(kept, metrics) : kept,
    hashOf,
    ...mishaps({ metrics, log, end }),
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

/** What a session with this secret goes by. */
function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** What is done when the house is at its wit's end: it is counted and logged, with what repeats it. */
function mishaps(
  { metrics, log, end }: Pick<HouseSurroundings, "metrics" | "log" | "end">,
): Pick<HouseOptions, "onUndecided" | "onBroken"> {
  return {
    onUndecided: (error, fact) => {
      metrics.decideFailures++;
      const fields = { fact: written(fact), trace: traceOf(error) };
      log({ level: "error", kind: "undecided", text: "A request could not be decided", fields });
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

/** A fact or an entry for the log, which never holds what somebody said. */
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
