/** The limits that a server runs with: those of the table, with the values that were given. */

import { timerMs } from "../wire/within.ts";
import { type Limit, LIMITS } from "./limit_table.ts";

/** A value for each limit: bytes, milliseconds or a count. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** The most connections that a server takes unless it is told otherwise. */
const MOST_CONNECTIONS = 50_000;
/** File descriptors that connections leave to the program: its files, and goodbyes. */
export const RESERVED_FILES = 64;

/** What some defaults depend on. */
export interface Machine {
  /** Files that the process may have open, sockets included; `undefined`: not known. */
  readonly openFiles?: number | undefined;
}

/** The given limits, and the defaults of all others. */
export function withDefaults(given: Partial<Limits> = {}, { openFiles }: Machine = {}): Limits {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const defaults = Object.fromEntries(names.map((name) => [name, LIMITS[name].default])) as Limits;
  const connections = given.connections ??
    (openFiles === undefined
      ? defaults.connections
      : Math.min(Math.max(openFiles - RESERVED_FILES, 1), MOST_CONNECTIONS));
  const connectionsPerAddress = Math.min(
    defaults.connectionsPerAddress,
    Math.ceil(connections / 2),
  );
  const roomsPerAddress = Math.min(
    defaults.roomsPerAddress,
    Math.ceil((given.rooms ?? defaults.rooms) / 2),
  );
  const limits = { ...defaults, connectionsPerAddress, roomsPerAddress, ...given, connections };
  // Only this one is passed to a timer as it is; the others are compared with a clock.
  return { ...limits, drainMs: timerMs(limits.drainMs) };
}

/** No limit, for practical purposes. */
const OPEN = 1_000_000_000;

/** Opens the limits that a load test would meet: it is many clients of one address in a hurry. */
export function openLimits(): Partial<Limits> {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const open = names.filter((name) => (LIMITS[name] as Limit).protective);
  return Object.fromEntries(open.map((name) => [name, OPEN]));
}
