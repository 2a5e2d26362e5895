/**
 * What a message of the stream says: a batch of records, each a fact or something about the nodes
 * themselves. A batch names the incarnation that sent it and counts its batches, by which each counts once,
 * and it tells where its sender stood, by which nodes notice that they have come apart.
 */

import type { Fact } from "../chat/log/fact.ts";

/**
 * The highest level of the log that this program knows: which records there are, and what is in them. A node
 * writes what the level allows that all have agreed on, and stops where it reads of a higher one than it knows.
 */
export const KNOWN_LEVEL = 3;

/** How much a batch has besides its records and the commas between them, at most, in bytes. */
export const HEAD_BYTES = 256;

/** Records in one batch at most. */
export const MAX_RECORDS = 256;

/** How much JSON the records of one batch are at most, in bytes, but for one that is larger by itself. */
export const MAX_BATCH_BYTES = 262_144;

/** A node has begun under this incarnation; those that it had before are over. */
export interface HereRecord {
  readonly kind: "here";
  /** What the node is called; names tell nodes apart for ever. */
  readonly node: string;
}

/** An incarnation is dead: nothing of it counts that comes after this. */
export interface DeadRecord {
  readonly kind: "node-dead";
  readonly inc: string;
}

/** Nothing; its sender sees by it how long the way through the stream takes. */
export interface EmptyRecord {
  readonly kind: "nothing";
}

/** From the next message on nodes may write what the log has at a level: all that live know it. */
export interface LevelRecord {
  readonly kind: "level";
  readonly level: number;
}

/** What a cluster begins with, see config.ts; nothing comes of it here but the level. */
export interface FirstRecord {
  readonly kind: "config";
  readonly level?: number;
}

/** What is about the nodes themselves. */
export type NodeRecord = HereRecord | DeadRecord | EmptyRecord | LevelRecord | FirstRecord;

/** One thing that is agreed. */
export type LogRecord = Fact | NodeRecord;

/** A message of the stream. */
export interface LogBatch {
  /** The level of the log that its records are of: 1, 2, 3 … */
  readonly level: number;
  /** The id of the cluster. */
  readonly cluster: string;
  /** The incarnation that sent it: random, chosen when the node began. */
  readonly inc: string;
  /** Its batches are 1, 2, 3 …, also when one is sent again. */
  readonly b: number;
  /** The seq of the last message that its sender had applied, and the hash of its chain there. */
  readonly seen: number;
  readonly hash: string;
  readonly records: readonly LogRecord[];
}

/** A message that this program can't read: it is of a newer version, or no batch at all. */
export class UnreadableBatch extends Error {
  override readonly name = "UnreadableBatch";
  /** The id of the cluster that it says it is of, where it is of a level that this program does not know. */
  readonly newerOf: string | undefined;

  constructor(message: string, newerOf?: string) {
    super(message);
    this.newerOf = newerOf;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A batch as it goes into the stream; the records are JSON already. */
export function encodeBatch(
  { level, cluster, inc, b, seen, hash }: Omit<LogBatch, "records">,
  records: readonly string[],
): Uint8Array {
  const head = JSON.stringify({ v: level, c: cluster, inc, b, cur: seen, hash });
  return encoder.encode(`${head.slice(0, -1)},"recs":[${records.join(",")}]}`);
}

/**
 * A fact as it travels: without what was found for it where it was put, since each node finds that again in its
 * place. So one that is refused there, or is never sent, has nothing in it that could hold all the same.
 */
export function asRecord(fact: Fact): LogRecord {
  switch (fact.kind) {
    case "enter":
    case "rename": {
      const { granted: _, ...bare } = fact;
      return bare;
    }
    case "people": {
      if (fact.ask === undefined) return fact;
      const { mod: _, ...bare } = fact;
      return { ...bare, changes: [] };
    }
    default:
      return fact;
  }
}

/** Why a node that knows levels up to `known` can't read what is of `level`, as in "it is …"; `undefined`: it can. */
export function levelFlaw(level: unknown, known: number): string | undefined {
  if (!Number.isSafeInteger(level) || Number(level) < 1) return `of no level (${level})`;
  if (Number(level) <= known) return undefined;
  return `of level ${level}, and this program knows ${known}: upgrade this node, and start it on the same data`;
}

/**
 * Reads a message for a node that knows the levels up to `known`. Throws an {@linkcode UnreadableBatch} that
 * says what is wrong with it.
 */
export function decodeBatch(data: Uint8Array, known: number = KNOWN_LEVEL): LogBatch {
  let read: unknown;
  try {
    read = JSON.parse(decoder.decode(data));
  } catch (error) {
    throw new UnreadableBatch(`it is no JSON (${(error as Error).message})`);
  }
  if (typeof read !== "object" || read === null) throw new UnreadableBatch("it is no object");
  const { v, c, inc, b, cur, hash, recs } = read as Record<string, unknown>;
  const flaw = levelFlaw(v, known);
  if (flaw !== undefined) {
    const isNewer = Number.isSafeInteger(v) && Number(v) > known;
    throw new UnreadableBatch(`it is ${flaw}`, isNewer ? String(c) : undefined);
  }
  const isWhole = typeof c === "string" && typeof inc === "string" && typeof hash === "string" &&
    Number.isSafeInteger(b) && Number.isSafeInteger(cur) && Array.isArray(recs) &&
    recs.every(isRecord);
  if (!isWhole) throw new UnreadableBatch("its fields are not those of a batch");
  const [level, count, seen] = [v, b, cur] as [number, number, number];
  return { level, cluster: c, inc, b: count, seen, hash, records: recs };
}

/** The cluster that a message says it is of, whatever its level; `undefined`: it is no batch. */
export function clusterIn(data: Uint8Array): string | undefined {
  try {
    const { v, c } = JSON.parse(decoder.decode(data)) ?? {};
    return Number.isSafeInteger(v) && typeof c === "string" ? c : undefined;
  } catch {
    return undefined;
  }
}

const NODE_KINDS: Readonly<Record<NodeRecord["kind"], true>> = {
  ...{ here: true, "node-dead": true, nothing: true, level: true, config: true },
};

/** Each kind of record that is sent; the type has the compiler ask for those that are missing. */
const KINDS: Readonly<Record<Exclude<LogRecord["kind"], "lost">, true>> = {
  ...{ say: true, direct: true, topic: true, people: true, list: true, retain: true },
  ...{ "session-use": true, "session-forget": true },
  ...{ revise: true, remove: true, answer: true, react: true, pin: true },
  ...{ enter: true, exit: true, tick: true, join: true, leave: true, rename: true },
  ...{ mark: true, away: true },
  ...NODE_KINDS,
};

function isRecord(value: unknown): value is LogRecord {
  return typeof value === "object" && value !== null && "kind" in value &&
    typeof value.kind === "string" && Object.hasOwn(KINDS, value.kind);
}

/** Whether a record is about the nodes themselves. */
export function isNodeRecord(record: LogRecord): record is NodeRecord {
  return Object.hasOwn(NODE_KINDS, record.kind);
}
