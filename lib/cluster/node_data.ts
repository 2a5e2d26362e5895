/** The data that a node starts with: its own, another node's, or none yet. */

import { checkReplaceable, notedIn, placeIn } from "../store/applied_notes.ts";
import type { FirstStore } from "../store/begin_cluster.ts";
import { takeCopy } from "../store/copy_store.ts";
import { BEAT_TOPIC, decodeBeat } from "./beats.ts";
import { Chain } from "./chain.ts";
import { type ConfigRecord, decodeConfig, encodeConfig } from "./config.ts";
import { fetchCopy } from "./copies.ts";
import { firstMessage } from "./first_message.ts";
import { askedBounds } from "./last_of.ts";
import { LEVEL_NOTE } from "./memory.ts";
import { CannotGoOn } from "./replica.ts";
import type { Stream } from "./stream.ts";

/** The name of the note that keeps what the cluster began with. */
export const CONFIG_NOTE = "config";

/** How long a node that needs a copy listens for others, in ms. */
const LISTEN_MS = 3_000;

/** How long the first message of a stream may take to come, in ms: an election takes 4 to 8 s. */
const FIRST_MS = 20_000;

/** What is needed to prepare a node's data. */
export interface NodeDataOptions {
  readonly stream: Stream;
  /** Where the data are. */
  readonly dir: string;
  /** The highest level of the log that this program knows. */
  readonly knows: number;
  /** Told of each thing that whoever runs it should know, in a sentence. */
  readonly onProblem: (text: string) => void;
}

/**
 * Prepares the data in a directory that no server uses: they are fetched from another node where there are
 * none and the stream does not hold all from the beginning, or where the next message for them is gone.
 * Resolves with what the cluster began with. Rejects with a {@linkcode CannotGoOn}.
 */
export async function prepareData(options: NodeDataOptions): Promise<ConfigRecord> {
  const { stream, dir } = options;
  await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  await removeCopies(dir);
  const { first, last } = await askedBounds(stream);
  if (last === 0) throw new CannotGoOn("there is no cluster yet; chatroom cluster init makes one");
  const place = placeIn(dir)?.seq ?? 0;
  if (first > place + 1) {
    await takeFromPeer(
      options,
      "this node was away for longer than the stream is kept, and no other node was heard that could send a " +
        "copy of its data; start one of those that have them first",
    );
  }
  const noted = notedIn(dir, CONFIG_NOTE);
  if (noted !== undefined) return JSON.parse(noted);
  if (first > 1) {
    throw new CannotGoOn("the beginning of the stream is gone, and no node has sent a copy");
  }
  const config = await firstOf(options);
  if (config.fromStore && placeIn(dir) === undefined) {
    await takeFromPeer(
      options,
      "the cluster began with the data of a server, and no other node was heard that could send a copy of them; " +
        "start the node first whose data chatroom cluster init was given",
    );
  }
  return config;
}

/** Makes what a server has kept the data of a node that has read the first message of the stream, its config. */
export function standAtFirst(store: FirstStore, config: ConfigRecord): void {
  const { cluster, epoch, salt, level } = config;
  const hash = new Chain().next("", 1, encodeConfig(config), "");
  store.become(
    { cluster, epoch, salt },
    { seq: 1, at: store.lastAt, hash },
    { [CONFIG_NOTE]: JSON.stringify(config), [LEVEL_NOTE]: String(level) },
  );
}

/** What the cluster began with, from the beginning of the stream. */
async function firstOf({ stream, knows }: NodeDataOptions): Promise<ConfigRecord> {
  const data = await firstMessage(stream, FIRST_MS);
  if (data === "late") throw new CannotGoOn("the stream can't be read");
  if (data === "gone") throw new CannotGoOn("the beginning of the stream is gone");
  try {
    return decodeConfig(data, knows);
  } catch (error) {
    throw new CannotGoOn(`the beginning of the stream can't be used: ${(error as Error).message}`);
  }
}

/** Fetches a copy of the data of the node that has applied most; `why` says what is so where there is none. */
async function takeFromPeer(
  { stream, dir, onProblem }: NodeDataOptions,
  why: string,
): Promise<void> {
  checkReplaceable(dir);
  const heard = new Map<string, number>();
  const end = stream.onTold(BEAT_TOPIC, (data) => {
    const beat = decodeBeat(data);
    if (beat !== undefined) heard.set(beat.inc, beat.applied);
  });
  await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  end();
  const peers = [...heard].sort(([, a], [, b]) => b - a);
  for (const [inc] of peers) {
    try {
      const part = `${dir}/copy-of-${inc}.db`;
      await fetchCopy(stream, inc, part);
      const before = await takeCopy(dir, part);
      if (before !== undefined) onProblem(`What this node had before is kept as ${before}`);
      return;
    } catch (error) {
      onProblem(`A copy of the data of ${inc} could not be had: ${(error as Error).message}`);
    }
  }
  throw new CannotGoOn(why);
}

/** Removes copies that a node has left that ended while it made or fetched one. */
async function removeCopies(dir: string): Promise<void> {
  for await (const { name } of Deno.readDir(dir)) {
    if (/^copy-.*\.db$/.test(name)) await Deno.remove(`${dir}/${name}`);
  }
}
