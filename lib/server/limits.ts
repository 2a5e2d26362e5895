/** What a server takes and for how long: the limits that one runs with, by the table of them. */

import { timerMs } from "../wire/within.ts";
import { type Limit, LIMITS } from "./limit_table.ts";

/** A value for each limit: bytes, milliseconds or a count. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** Connections that a server takes at most where it is not told. */
const MOST_CONNECTIONS = 50_000;
/** File descriptors that are left to the program itself, its files, and to goodbyes. */
export const RESERVED_FILES = 64;

/** What limits are derived from. */
export interface Machine {
  /** Files that the process may have open, sockets included; `undefined`: not known. */
  readonly openFiles?: number | undefined;
}

/** The defaults, with `given` in their place where it says something. */
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
  // The one time that a timer waits for as a whole.
  return { ...limits, drainMs: timerMs(limits.drainMs) };
}

/** No limit, for practical purposes. */
const OPEN = 1_000_000_000;

/** Limits that stand in no load's way: a load test is many clients of one address in a hurry. */
export function openLimits(): Partial<Limits> {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const open = names.filter((name) => (LIMITS[name] as Limit).protective);
  return Object.fromEntries(open.map((name) => [name, OPEN]));
}
