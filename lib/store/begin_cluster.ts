/** Makes what a server has kept by itself the data of the first node of a cluster. */

import type { DatabaseSync } from "node:sqlite";
import { AppliedNotes, type LogPlace, PLACE } from "./applied_notes.ts";
import { checkStore } from "./check.ts";
import { databasePath, type Opened, openNodeWriter, openReader, openWriter } from "./directory.ts";
import { StoreError } from "./faults.ts";
import { lastTime, metaOf, saltOf, setMeta } from "./meta.ts";
import { clusterOf, joinCluster, type Shared } from "./of_cluster.ts";
import { FORGOTTEN } from "./sessions.ts";
import { getNumber, runSql, transact } from "./sql.ts";

/** A server's store, which nobody else uses while it is open. */
export interface FirstStore extends Disposable {
  /** What its numbers and hidden addresses go by, which the cluster has to take over. */
  readonly epoch: string;
  readonly salt: string;
  /**
   * Whether it is about to become the store of this cluster's first node, as was noted by a run that was ended
   * before; or it is that already, and nothing was applied to it since.
   */
  hasBegun(cluster: Pick<Shared, "cluster" | "epoch">): boolean;
  /** Notes what epoch it is about to get, so that another run goes on where this one may be ended. */
  noteEpoch(): void;
  /** When the last message was stored, in ms since 1970; 0: there is none. */
  readonly lastAt: number;
  readonly messages: number;
  readonly accounts: number;
  /**
   * Makes it the store of the cluster's first node, which stands at a place of the log and has these notes by
   * their names; all at once. From then on no server by itself takes it.
   */
  become(shared: Shared, place: LogPlace, notes: Readonly<Record<string, string>>): void;
}

/**
 * Opens what a server has kept in a directory, upgrades it if it is of an earlier version, and looks whether it
 * is sound: every node would copy what is wrong with it. Rejects with a `StoreError` where there is nothing,
 * another program uses it, it is of a cluster already, or damaged. Calls `onUpgrade` with each sentence about
 * an upgrade.
 */
export function openFirstStore(
  dir: string,
  onUpgrade: (text: string) => void,
): Promise<FirstStore> {
  return opened(dir, () => openWriter(dir, onUpgrade), (db) => String(metaOf(db, "epoch")));
}

/**
 * The same for the data of a node whose cluster has lost its log. Its numbers are of a new epoch: what other
 * nodes have applied beyond it was told to clients, and those numbers are given once more. Rejects with a
 * `StoreError` where they are of no cluster, too.
 */
export function openLostStore(dir: string, onUpgrade: (text: string) => void): Promise<FirstStore> {
  // One that was noted before is not used for another log: of a copy of these data it may have been told to
  // clients since.
  return opened(dir, () => openNodeWriter(dir, onUpgrade), () => crypto.randomUUID());
}

/** The epoch that a store is to get. */
const NEXT_EPOCH = "next-epoch";

/** The epoch that was noted and that it did not get. */
function notedEpoch(db: DatabaseSync): string | undefined {
  const noted = metaOf(db, NEXT_EPOCH);
  return noted === metaOf(db, "epoch") ? undefined : noted;
}

function isFirstOf(db: DatabaseSync, cluster: string): boolean {
  const { seq }: Partial<LogPlace> = JSON.parse(metaOf(db, PLACE) ?? "{}");
  return clusterOf(db) === cluster && seq === 1;
}

async function opened(
  dir: string,
  open: () => Promise<Opened>,
  epochOf: (db: DatabaseSync) => string,
): Promise<FirstStore> {
  // Of a directory without a database the writer would make one.
  openReader(dir, 1).close();
  using stack = new DisposableStack();
  const { db } = stack.use(await open());
  const [problem] = checkStore(db, { quick: true }).problems;
  if (problem !== undefined) {
    throw new StoreError(
      `${
        databasePath(dir)
      } is damaged: ${problem}; every node would have that. Put a backup back, or see what ` +
        "chatroom check says",
    );
  }
  const count = (table: string): number => getNumber(db, `SELECT count(*) AS n FROM ${table}`);
  const held = stack.move();
  const epoch = epochOf(db);
  return {
    epoch,
    salt: saltOf(db),
    hasBegun: (other) => other.epoch === notedEpoch(db) || isFirstOf(db, other.cluster),
    noteEpoch: () => setMeta(db, NEXT_EPOCH, epoch),
    lastAt: lastTime(db),
    messages: count("message"),
    accounts: count("account"),
    become: (shared, place, notes) => transact(db, () => become(db, shared, place, notes)),
    [Symbol.dispose]: () => held.dispose(),
  };
}

function become(
  db: DatabaseSync,
  shared: Shared,
  place: LogPlace,
  notes: Readonly<Record<string, string>>,
): void {
  // As at each new epoch: sessions count by numbers, too.
  if (metaOf(db, "epoch") !== shared.epoch) runSql(db, "UPDATE session SET used = ?", FORGOTTEN);
  joinCluster(db, shared);
  const applied = new AppliedNotes(db, shared);
  applied.clear();
  for (const [name, value] of Object.entries(notes)) applied.note(name, value);
  applied.stand(place);
}
