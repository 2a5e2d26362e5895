/**
 * What is kept of people, for the one who writes it. `chatroom user` changes it too while a server
 * runs, and nothing may be kept that was judged by what there was before.
 */

import type { DatabaseSync } from "node:sqlite";
import type { Change, Kept } from "../chat/records.ts";
import { keepPeople, peopleVersion, readPeople } from "./people.ts";

/** Notices what others have changed. */
export class WatchedPeople {
  readonly #db: DatabaseSync;
  readonly #tell: (people: Kept) => void;
  /** Of what the server knows, or is being told; and of that as it is committed. */
  #version: number;
  #committed: number;
  /** How often it was told what others had changed. */
  #told = 0;
  #isBehind = false;

  /** `version` is that of what the server knows. */
  constructor(db: DatabaseSync, version: number, tell: (people: Kept) => void) {
    this.#db = db;
    this.#version = this.#committed = version;
    this.#tell = tell;
  }

  /**
   * Keeps changes in the caller's transaction, which were judged by what was told at the `judgedBy`th
   * time; false, with nothing changed, if there is something else by now.
   */
  keep(changes: readonly Change[], judgedBy: number): boolean {
    // Whoever is behind what was told has it on its way.
    if (judgedBy !== this.#told) return false;
    if (peopleVersion(this.#db) !== this.#version) {
      this.#isBehind = true;
      return false;
    }
    this.#version = keepPeople(this.#db, changes, this.#version);
    return true;
  }

  /** The transaction has ended; `stored`: what was kept in it is. */
  ended(stored: boolean): void {
    if (stored) this.#committed = this.#version;
    else this.#version = this.#committed;
    if (!this.#isBehind) return;
    this.#isBehind = false;
    this.look();
  }

  /** Tells what there is if somebody else has changed it. What can't be read now is at the next look. */
  look(): void {
    try {
      const version = peopleVersion(this.#db);
      if (version === this.#version) return;
      const people = readPeople(this.#db);
      this.#version = this.#committed = version;
      this.#told++;
      this.#tell(people);
    } catch {
      // A full disk or a damaged file is told by those who store.
    }
  }
}
