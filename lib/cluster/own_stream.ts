/**
 * Whether a stream is still the one that a node's data come from. It is looked at once, before the node reads
 * on: what it reads after that it judges message by message, as all other nodes do, so that one that has just
 * begun makes the same of a stranger's message as those that have run for long.
 */

import { clusterIn } from "./batch.ts";
import { askedBounds, lastOf } from "./last_of.ts";
import { CannotGoOn } from "./replica.ts";
import type { Stream } from "./stream.ts";

/** Where the beginning of a stream is gone, so many messages say whose it is. */
const MOST_LOOKED_AT = 1_000;

/** How long it may take to read those, in ms: an election takes 4 to 8 s. */
const READ_MS = 20_000;

/** How often they may be let go before they are read. */
const TRIES = 4;

/** What a stream says of itself: a message of another cluster, or what keeps it from being read. */
type Seen = "own" | "gone" | "late" | { readonly seq: number; readonly other: string };

/**
 * The seq of the last message of a stream, for a node of a cluster that has applied it up to `seq`. Where there
 * is more than that, or just as much, it is certain that the stream is the cluster's. Rejects with a
 * {@linkcode CannotGoOn}.
 */
export async function ownLast(stream: Stream, cluster: string, seq: number): Promise<number> {
  const last = await lastOf(stream, seq);
  // The data of a node that begins here are made of this stream.
  if (seq > 0 && last >= seq) await checkOwn(stream, cluster);
  return last;
}

/**
 * Rejects where the stream was begun anew, for another cluster than that of the node's data. Its first message
 * says so; where that is kept no longer, those that are kept: one of a stranger may stand among them, so that
 * one of the own cluster is enough.
 */
async function checkOwn(stream: Stream, cluster: string): Promise<void> {
  let seen: Seen = "gone";
  for (let tries = 0; seen === "gone" && tries < TRIES; tries++) {
    const { first, last } = await askedBounds(stream);
    if (first > last) return;
    seen = await look(stream, cluster, first, first === 1 ? 1 : last);
  }
  if (seen === "own") return;
  if (typeof seen === "string") throw new CannotGoOn("the stream can't be read");
  throw new CannotGoOn(
    `message ${seen.seq} of the stream is of the cluster ${seen.other}, and this node of ${cluster}: the ` +
      "stream was begun anew, and this node's data are of the one before",
  );
}

/** Reads messages from `first` on, up to `last` or as many as are looked at, until one is of the cluster. */
async function look(
  stream: Pick<Stream, "read">,
  cluster: string,
  first: number,
  last: number,
): Promise<Seen> {
  const { promise, resolve } = Promise.withResolvers<Seen>();
  const timer = setTimeout(() => resolve("late"), READ_MS);
  const end = Math.min(last, first + MOST_LOOKED_AT - 1);
  let other: Seen | undefined;
  const reading = stream.read(first, {
    onMessage({ seq, data }): void {
      const found = clusterIn(data);
      if (found === cluster) return resolve("own");
      if (found !== undefined) other ??= { seq, other: found };
      // Where none says anything there is nothing that speaks against it.
      if (seq >= end) resolve(other ?? "own");
    },
    onLost: () => resolve("gone"),
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    reading.stop();
  }
}
