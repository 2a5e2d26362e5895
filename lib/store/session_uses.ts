/** Notes which sessions are in use, and forgets others, for the writer. */

import type { DatabaseSync } from "node:sqlite";
import { noteSessionsMs } from "../chat/messages/history.ts";
import type { Device } from "../chat/people/records.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { Rows, SessionRow } from "./rows.ts";
import { FORGOTTEN, purgeSession, surplusDevices } from "./sessions.ts";
import { runSql } from "./sql.ts";

/** How many messages each step removes when a forgotten session is used again. */
const PURGED_AT_ONCE = 10_000;

/** The sessions of one database. */
export class SessionUses {
  readonly #db: DatabaseSync;
  readonly #rows: Rows;
  readonly #rules: { readonly sessionMs?: number };

  /** Unused sessions are kept for `sessionMs`, in ms, which is looked at each time; for ever without it. */
  constructor(db: DatabaseSync, rows: Rows, rules: { readonly sessionMs?: number }) {
    this.#db = db;
    this.#rows = rows;
    this.#rules = rules;
  }

  /**
   * Finds or makes the row of a session, and notes that it is in use at the time `at`. Calls `onPurge` before
   * one that was forgotten is removed with its log, which waiting messages may be for.
   */
  use(hash: Hash, at: number, onPurge: () => void): SessionRow {
    let row = this.#rows.findSession(hash);
    if (row?.used === FORGOTTEN) {
      onPurge();
      while (!purgeSession(this.#db, row.id, PURGED_AT_ONCE));
      this.#rows.dropSession(hash);
      row = undefined;
    }
    if (row === undefined) return this.#rows.makeSession(hash, at);
    // The clock may have been set back, so a last use in the future is corrected as well.
    const grainMs = noteSessionsMs(this.#rules.sessionMs ?? Infinity);
    if (Math.abs(at - row.used) > grainMs) this.#set(row, at);
    return row;
  }

  /** Makes the row of a device if there is none, and forgets those of the account that are too many. */
  signIn({ hash, account }: Device, at: number, onPurge: () => void): void {
    const { id } = this.use(hash, at, onPurge);
    for (const surplus of surplusDevices(this.#db, account, id)) this.forget(surplus);
  }

  /** Marks a session as forgotten; upkeep removes it step by step. */
  forget(hash: Hash): void {
    const row = this.#rows.findSession(hash);
    if (row !== undefined) this.#set(row, FORGOTTEN);
  }

  #set(row: SessionRow, used: number): void {
    runSql(this.#db, "UPDATE session SET used = ? WHERE id = ?", used, row.id);
    row.used = used;
  }
}
