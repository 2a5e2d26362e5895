/**
 * What all nodes of a cluster have in common, and must, or they would decide differently: the first
 * message of its stream. It never changes; another one makes another cluster.
 */

import type { HouseLimits } from "../chat/house_limits.ts";
import { encodeBatch, KNOWN_LEVEL, levelFlaw } from "./batch.ts";

/** The incarnation that the first message is from: of no node. */
export const CONFIG_INC = "init";

/**
 * The limits of a house that only the node that is asked goes by: how much and how fast one may ask. What decides
 * of a message by `messageBytes` comes from a server's `outboxBytes`, which is in common.
 */
type OwnLimit =
  | "addressKey"
  | "filesPerAddress"
  | "filesPerUser"
  | "filesTotal"
  | "fileBytes"
  | "invitationsPerHour"
  | "messageBytes"
  | "pageMessages"
  | "presenceMembers"
  | "registrationsPerHour"
  | "roomMessagesPerSecond"
  | "roundLength"
  | "scrollback"
  | "transfers"
  | "unfinishedUploads";

/**
 * The limits that decide what becomes of a fact, by their names among a server's. The compiler asks for
 * what is new in the house.
 */
const LIMITS_IN_COMMON = {
  ...{ nameColumns: true, rooms: true, roomsPerAddress: true, newRoomsPerHour: true },
  ...{ keptRooms: true, keptRoomsPerAddress: true, foundedRooms: true, roomMembers: true },
  ...{ roomLinks: true, roomsPerSession: true, accounts: true, devices: true, keptChats: true },
  ...{ chatsPerPerson: true, unansweredDirects: true, waitingDirects: true, blocked: true },
  ...{ editMs: true, sessionMs: true, deviceMs: true, nameMs: true, waitingSessions: true },
  ...{ visitorMs: true, newChatsPerHour: true, outboxBytes: true },
} as const satisfies Readonly<Record<Exclude<keyof HouseLimits, OwnLimit>, true>>;

/** The name of such a limit. */
export type CommonLimit = keyof typeof LIMITS_IN_COMMON;

/** Their names. */
export const COMMON_LIMITS = Object.keys(LIMITS_IN_COMMON) as readonly CommonLimit[];

/** What they are in a cluster that began before they were in common: what a server has unless told otherwise. */
const BEFORE: Partial<CommonLimits> = { newChatsPerHour: 10, outboxBytes: 1_048_576 };

/** A value for each: a count, or ms. */
export type CommonLimits = Readonly<Record<CommonLimit, number>>;

/** The record that a cluster begins with. */
export interface ConfigRecord {
  readonly kind: "config";
  /** The id of the cluster, 32 hex digits: of this one stream, and of none before it. */
  readonly cluster: string;
  /** The epoch of all numbers in it, which clients compare; a UUID. */
  readonly epoch: string;
  /** Secret to the nodes, 32 hex digits: what they have to hide from clients alike they derive from it. */
  readonly salt: string;
  /** The level of the log that its first records have. */
  readonly level: number;
  readonly limits: CommonLimits;
  /** How long messages are kept, in ms, and how many in each room; for ever, and all, unless said. */
  readonly keepMs?: number;
  readonly keepMessages?: number;
  /** It begins with what a server has kept: its first node has that, and the others take a copy. */
  readonly fromStore?: true;
}

/** Thrown for a first message that is none. The message says what is wrong with it. */
export class UnreadableConfig extends Error {
  override readonly name = "UnreadableConfig";
}

/** What a config may have besides, and what a server has that a cluster begins with. */
export type ConfigMore = Partial<
  Pick<ConfigRecord, "keepMs" | "keepMessages" | "epoch" | "salt" | "fromStore">
>;

/** Makes the config of a new cluster. */
export function newConfig(limits: CommonLimits, more: ConfigMore = {}): ConfigRecord {
  return {
    kind: "config",
    cluster: randomHex(),
    epoch: crypto.randomUUID(),
    salt: randomHex(),
    level: KNOWN_LEVEL,
    limits,
    ...more,
  };
}

function randomHex(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The first message of a stream: a batch of this record alone. */
export function encodeConfig(config: ConfigRecord): Uint8Array {
  const { level, cluster } = config;
  const batch = { level, cluster, inc: CONFIG_INC, b: 1, seen: 0, hash: "" };
  return encodeBatch(batch, [JSON.stringify(config)]);
}

/**
 * Reads the first message of a stream, for a node that knows the levels up to `known`. Throws an
 * {@linkcode UnreadableConfig}.
 */
export function decodeConfig(data: Uint8Array, known: number = KNOWN_LEVEL): ConfigRecord {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch (error) {
    throw new UnreadableConfig(`it is no JSON (${(error as Error).message})`);
  }
  const { v, c, inc, recs } = (read ?? {}) as Record<string, unknown>;
  const flaw = levelFlaw(v, known);
  if (flaw !== undefined) throw new UnreadableConfig(`it is ${flaw}`);
  const [config] = Array.isArray(recs) ? recs : [];
  if (inc !== CONFIG_INC) throw new UnreadableConfig("it is not what a cluster begins with");
  const checked = checkConfig(config);
  if (checked.cluster !== c) throw new UnreadableConfig("it names two ids of the cluster");
  return checked;
}

/** Checks a record that says it is a config. Throws an {@linkcode UnreadableConfig}. */
export function checkConfig(value: unknown): ConfigRecord {
  if (typeof value !== "object" || value === null) throw new UnreadableConfig("it has no config");
  const { kind, cluster, epoch, salt, level, limits, keepMs, keepMessages, fromStore } =
    value as Record<string, unknown>;
  const demand = (isRight: boolean, field: string): void => {
    if (!isRight) throw new UnreadableConfig(`the field ${field} of its config is not right`);
  };
  demand(kind === "config", "kind");
  demand(isHex(cluster), "cluster");
  demand(
    typeof epoch === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(epoch),
    "epoch",
  );
  demand(isHex(salt), "salt");
  demand(isCount(level) && Number(level) >= 1, "level");
  demand(typeof limits === "object" && limits !== null, "limits");
  const given: Record<string, unknown> = { ...BEFORE, ...limits as Record<string, unknown> };
  for (const name of COMMON_LIMITS) demand(isCount(given[name]), `limits.${name}`);
  demand(keepMs === undefined || isCount(keepMs), "keepMs");
  demand(keepMessages === undefined || isCount(keepMessages), "keepMessages");
  demand(fromStore === undefined || fromStore === true, "fromStore");
  return { ...value as ConfigRecord, limits: given as CommonLimits };
}

function isHex(value: unknown): boolean {
  return typeof value === "string" && /^[\da-f]{32}$/.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
