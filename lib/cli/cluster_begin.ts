/** `chatroom cluster init --data DIR` and `reset --data DIR`: a cluster that begins with what is kept there. */

import { type ConfigMore, type ConfigRecord, UnreadableConfig } from "../cluster/config.ts";
import { findStream, firstConfig, type LogKeeping, makeStream } from "../cluster/nats_admin.ts";
import type { NatsStream } from "../cluster/nats_stream.ts";
import { standAtFirst } from "../cluster/node_data.ts";
import { type FirstStore, openFirstStore, openLostStore } from "../store/begin_cluster.ts";
import { inertLine } from "../words/inert.js";
import { StartError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { counted } from "./values.ts";

/** What the log is made with. */
export interface BeginOptions {
  readonly name: string;
  readonly keeping: LogKeeping;
  /** Makes the config of the cluster. */
  readonly config: (more: ConfigMore) => ConfigRecord;
  /** Says that there is a log already, and returns the exit code. */
  readonly onThere: (old: ConfigRecord | undefined, last: number) => number;
}

/**
 * Makes the log, and then the data in `dir` those of the first node, which stands after the log's first message.
 * Ended in between, it goes on from there when it is run again. Resolves with the config, or with an exit code.
 * Rejects with a `StoreError` for data that no cluster can begin with; then nothing was made.
 */
export async function beginWith(
  dir: string,
  node: NatsStream,
  { name, keeping, config, onThere }: BeginOptions,
): Promise<ConfigRecord | number> {
  using store = await openFirstStore(dir, (text) => complain(inertLine(text)));
  const { epoch, salt } = store;
  const found = await findStream(node);
  const last = found?.state.last_seq ?? 0;
  const old = last > 0 ? await firstConfig(node) : undefined;
  const goesOn = last === 1 && old?.fromStore === true && old.epoch === epoch;
  if (last > 0 && !goesOn) return onThere(old, last);
  const made = goesOn && old !== undefined
    ? old
    : await makeStream(node, name, keeping, config({ epoch, salt, fromStore: true }));
  checkOwn(name, made, epoch);
  return standWith(dir, store, made);
}

/**
 * Makes another log in the place of one that is lost, which begins with what a node has in `dir`. `clear` deletes
 * what there is, unless somebody does not want that: then it resolves with false. Ended in between, it goes on
 * from there when it is run again, and what is in `dir` stays until it is the first node's. Rejects like
 * {@linkcode beginWith}.
 */
export async function beginAgain(
  dir: string,
  node: NatsStream,
  { name, keeping, config }: Omit<BeginOptions, "onThere">,
  clear: () => Promise<boolean>,
): Promise<ConfigRecord | undefined> {
  using store = await openLostStore(dir, (text) => complain(inertLine(text)));
  const { epoch, salt } = store;
  const begun = await begunWith(store, node);
  if (begun !== undefined) {
    complain(inertLine(
      `An earlier run has made the log of ${name} already, with what is in ${dir}: nothing is deleted.`,
    ));
    return standWith(dir, store, begun);
  }
  if (!await clear()) return undefined;
  store.noteEpoch();
  const made = await makeStream(node, name, keeping, config({ epoch, salt, fromStore: true }));
  checkOwn(name, made, epoch);
  return standWith(dir, store, made);
}

/** The config of a log that begins with a store, and to which nothing has been added since. */
async function begunWith(store: FirstStore, node: NatsStream): Promise<ConfigRecord | undefined> {
  if ((await findStream(node))?.state.last_seq !== 1) return undefined;
  const config = await firstConfig(node).catch((error) => {
    // Whatever is there is to be replaced.
    if (!(error instanceof UnreadableConfig)) throw error;
  });
  return config?.fromStore === true && store.hasBegun(config) ? config : undefined;
}

/** Throws a {@linkcode StartError} where another one was faster. */
function checkOwn(name: string, made: ConfigRecord, epoch: string): void {
  if (made.epoch === epoch) return;
  throw new StartError(`Somebody else has made a log of the name ${name} in the same moment`);
}

/** Makes the data those of the first node. */
function standWith(dir: string, store: FirstStore, made: ConfigRecord): ConfigRecord {
  standAtFirst(store, made);
  tellFirst(dir, store);
  return made;
}

function tellFirst(dir: string, { messages, accounts }: FirstStore): void {
  printResult(inertLine(
    `${dir} holds the data of its first node now, with ${counted(messages, "message")} and ` +
      `${
        counted(accounts, "reserved name")
      }: start that one first, by serve --cluster --data ${dir}. The others ` +
      "begin with empty directories, and take a copy.",
  ));
}
