/** What a node's log is opened with, and what it tells whoever runs the node. */

import type { AppliedStore } from "../store/applied_store.ts";
import type { Replica } from "./replica.ts";
import type { Stream } from "./stream.ts";

/** What the log tells whoever runs the node. */
export interface ClusterEvents {
  /** It has stopped for good, for a reason that is a sentence: the server should end. */
  readonly onStopped: (why: string) => void;
  /** The engine went away, or is back. */
  readonly onAway: (isAway: boolean) => void;
  /** The others held this node for dead. It has begun anew; its clients have lost their connections. */
  readonly onReborn: () => void;
  /** How long a batch took from being put to being read back, in ms. */
  readonly onRound?: (ms: number) => void;
  /** Something else has written into the log, in a sentence. */
  readonly onStrange?: (text: string) => void;
}

/** Options of a {@linkcode ClusterLog}. */
export interface ClusterLogOptions extends ClusterEvents {
  readonly stream: Stream;
  /** The store of this node, which the caller closes. */
  readonly store: AppliedStore;
  /** The id of the cluster. */
  readonly cluster: string;
  /** What this node is called. */
  readonly node: string;
  /** The highest level of the log that it knows; see `KNOWN_LEVEL`, the default. */
  readonly knows?: number;
  /** Whether it is so far behind the others that nobody new should come in. */
  readonly isLate?: () => boolean;
  /** A clock that never leaps, in ms. */
  readonly passed?: () => number;
  /** How long entries get, at least, before the house is noted as a whole again, in UTF-16 code units. */
  readonly noteAfter?: number;
  /** The names of incarnations; random by default. */
  readonly incarnation?: () => string;
}

/** How a node is, for metrics and for those who ask. */
export interface ClusterFigures {
  readonly incarnation: string;
  /** The seq of the last message that was applied. */
  readonly applied: number;
  /** Batches that were sent another time. */
  readonly repeats: number;
  readonly ignored: Replica["ignored"];
  /** The level of the log that was agreed on. */
  readonly level: number;
  readonly isAway: boolean;
  /** Whether it has made something else than another node of what was read: then it has stopped. */
  readonly hasDiverged: boolean;
  /** Messages that could not be applied: 1 at most, since it has stopped then. */
  readonly failures: number;
}

/** The name of an incarnation that begins. */
export function newIncarnation(
  { incarnation = () => crypto.randomUUID().slice(0, 13) }: Pick<ClusterLogOptions, "incarnation">,
): string {
  return incarnation();
}

/** Why a node can't go on whose store is ahead of the stream. */
export function cut(applied: number, last: number): string {
  return `the stream ends at ${last}, and this node has applied it up to ${applied}: it was wiped or put ` +
    "back; `chatroom cluster reset` begins a new one";
}

/** Why a node can't go on whose next message is gone. */
export function late(applied: number, first: number): string {
  return `the stream begins at ${first}, and this node has applied it up to ${applied}: it was away for too ` +
    "long, and needs a copy of another node's data";
}
