/** Writes the database: it takes parcels of facts to store, and reports what became of each. */

import type { DatabaseSync } from "node:sqlite";
import type { FromWriter, StoreRules, ToWriter, WriterOptions } from "./calls.ts";
import { Epoch } from "./epoch.ts";
import { explained, StoreError } from "./faults.ts";
import { reasonOf } from "../wire/text.ts";
import { raiseLasts } from "./left_out.ts";
import { Log } from "./log.ts";
import { saltOf } from "./meta.ts";
import { checkAlone } from "./of_cluster.ts";
import type { Packed, Receipts } from "./packing.ts";
import { readPeople } from "./people.ts";
import { statIfThere } from "./private.ts";
import { Reader } from "./read.ts";
import { roomFloor } from "./rooms.ts";
import { openForWriting } from "./schema.ts";
import { Upkeep } from "./upkeep.ts";
import { UpkeepPauses } from "./upkeep_pauses.ts";
import { WatchedFiles } from "./watched_files.ts";

/** Receives the writer's messages. */
export type Tell = (message: FromWriter) => void;

/** How often to check whether somebody else has changed the files, in ms. */
const LOOK_MS = 500;
/** Opens the database, and reports that it is open, or why it can't be opened. */
export function startWriter(options: WriterOptions, tell: Tell): Writer | undefined {
  using stack = new DisposableStack();
  try {
    const hadLog = (statIfThere(`${options.path}-wal`)?.size ?? 0) > 0;
    const upgrade: string[] = [];
    const onUpgrade = (text: string): void => void upgrade.push(text);
    const db = stack.adopt(openForWriting({ ...options, onUpgrade }), (db) => db.close());
    checkAlone(db);
    const epoch = stack.adopt(new Epoch(db, options.dir), (epoch) => epoch.leave());
    if (epoch.lost !== undefined) tell({ type: "problem", text: epoch.lost });
    raiseLasts(db, (text) => tell({ type: "problem", text }));
    const opened: FromWriter = {
      type: "opened",
      epoch: epoch.name,
      logs: new Reader(db).logs(),
      floor: roomFloor(db),
      salt: saltOf(db),
      people: readPeople(db),
      hadLog,
      upgrade,
    };
    const writer = new Writer(db, epoch, options, tell);
    stack.move();
    tell(opened);
    // The first timer of a thread takes 10 ms, for which nobody should wait.
    writer.start();
    return writer;
  } catch (thrown) {
    const error = explained(thrown, options.path);
    tell({ type: "unusable", text: reasonOf(error), known: error instanceof StoreError });
    return undefined;
  }
}

/** What rules that say nothing of it leave open. */
const OPEN_RULES = {
  keepMs: undefined,
  keepMessages: undefined,
  deviceMs: undefined,
  maxRooms: undefined,
};

/** Handles one message after the other, and does upkeep in between. */
export class Writer {
  readonly #tell: Tell;
  readonly #db: DatabaseSync;
  readonly #log: Log;
  readonly #epoch: Epoch;
  readonly #upkeep: Upkeep;
  /** The log and upkeep look at them each time. */
  readonly #rules: StoreRules;
  #pauses: UpkeepPauses | undefined;
  readonly #files: WatchedFiles;
  /** What is wrong with the files. */
  #trouble: string | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(
    db: DatabaseSync,
    epoch: Epoch,
    { dir, rules, stepRows }: WriterOptions,
    tell: Tell,
  ) {
    this.#tell = tell;
    this.#db = db;
    this.#epoch = epoch;
    this.#rules = { ...rules };
    this.#log = new Log(db, this.#rules);
    this.#upkeep = new Upkeep(db, this.#rules, () => this.#log.refresh(), stepRows);
    this.#files = new WatchedFiles(db, dir);
  }

  /** Begins to look at the files now and then, and with upkeep. */
  start(): void {
    this.#looking = setInterval(() => this.#note(this.#files.all()), LOOK_MS);
    this.#pauses = new UpkeepPauses(
      () => this.#areWhole() ? this.#upkeep.step() : undefined,
      this.#tell,
    );
  }

  take(message: ToWriter): void {
    switch (message.type) {
      case "append":
        this.#append(message.packed);
        return this.#pauses?.taken();
      case "index":
        return this.#index();
      case "change":
        return this.#change(message.rules);
      case "close":
        return this.#end();
    }
  }

  #change(rules: StoreRules): void {
    Object.assign(this.#rules, OPEN_RULES, rules);
    this.#upkeep.changed();
    this.#pauses?.taken();
  }

  #append(packed: Packed): void {
    let receipts: Receipts;
    try {
      this.#checkFiles();
      receipts = this.#log.append(packed);
      // If the files were removed during the commit, the parcel is lost: don't call it stored.
      this.#note(this.#files.afterCommit());
      this.#checkTrouble();
      // Note the id before anybody learns of it: if an older copy of the database is put back, it
      // would give the same numbers again, and this note shows that.
      this.#epoch.note(this.#log.lastId);
    } catch (error) {
      return this.#tell({ type: "failed", why: (error as Error).message });
    }
    this.#tell({ type: "stored", receipts });
    if (this.#log.hasErased) this.#tell({ type: "erased" });
  }

  /** Throws when the files were changed by others, since anything stored in them would be lost. */
  #checkFiles(): void {
    if (!this.#areWhole()) this.#checkTrouble();
  }

  #checkTrouble(): void {
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
  }

  /** Whether the files are still those that were opened, as far as we can tell. */
  #areWhole(): boolean {
    if (this.#trouble === undefined) this.#note(this.#files.beforeCommit());
    return this.#trouble === undefined;
  }

  /** Reports when something has happened to the files, and when they are right again. */
  #note(trouble: string | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#tell(trouble === undefined ? { type: "trouble" } : { type: "trouble", text: trouble });
  }

  /** Brings the index of words up to date in steps, so that parcels can be stored in between. */
  #index(): void {
    let more = false;
    try {
      more = this.#areWhole() && this.#upkeep.index() && !this.#upkeep.isIndexed;
    } catch {
      // A search still finds the messages that are already in the index.
    }
    if (more) setTimeout(() => this.#index(), 0);
    else this.#tell({ type: "indexed" });
  }

  #end(): void {
    this.#pauses?.[Symbol.dispose]();
    clearInterval(this.#looking);
    const trouble = this.#files.all();
    this.#files[Symbol.dispose]();
    if (trouble !== undefined) {
      // These are no longer our files: closing our database would write next to them, and delete
      // their write-ahead log.
      this.#epoch.leave();
      return this.#tell({ type: "closed" });
    }
    try {
      this.#epoch[Symbol.dispose]();
      // SQLite also does this when the last connection closes, but another process may be reading.
      this.#db.exec("PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      this.#tell({
        type: "problem",
        text: `Can't close the stored messages: ${(error as Error).message}`,
      });
    } finally {
      this.#db.close();
    }
    this.#tell({ type: "closed" });
  }
}
