/** Keeps the table `life`, which has what holds of messages, up to date with what is done about them. */

import type { DatabaseSync } from "node:sqlite";
import { ANSWER, OFF_PIN, OFF_REACT, PIN, REACT, REMOVE, REVISE, TAKEN_BACK } from "./columns.ts";
import { emptyMessage } from "./emptying.ts";
import type { LogRow } from "./log_rows.ts";
import { getRow, runSql } from "./sql.ts";

/** What is done about a message. */
export interface Effect {
  /** Its kind, see columns.ts. */
  readonly kind: number;
  readonly re: number;
  /** Of a reaction: which, and whose; of an answer: whose. */
  readonly key?: string | undefined;
  readonly who?: string | undefined;
  /** A reaction or a pin is taken back. */
  readonly off?: true | undefined;
}

/** What a reaction or a pin switches, as it is in the table `life`: on, or taken back. */
export function switchOf(
  { kind, key = "", who = "" }: Pick<Effect, "kind" | "key" | "who">,
): { readonly key: string; readonly who: string; readonly on: number; readonly off: number } {
  return kind === REACT
    ? { key, who, on: REACT, off: OFF_REACT }
    : { key: "", who: "", on: PIN, off: OFF_PIN };
}

/** Notes what holds now, in the caller's transaction; `seq` is the number of the entry that says so. */
export function takeEffect(
  db: DatabaseSync,
  log: Pick<LogRow, "id" | "sum">,
  effect: Effect,
  seq: number,
): void {
  const { re } = effect;
  const put = (kind: number, key: string, who: string, n: number): void => {
    // Of these an edit, and a reaction that is taken back, find a row of their kind: it counts one more.
    const sql = "INSERT INTO life VALUES (?, ?, ?, ?, ?, ?, ?) " +
      "ON CONFLICT DO UPDATE SET seq = excluded.seq, n = n + 1";
    runSql(db, sql, log.id, kind, re, key, who, seq, n);
  };
  if (effect.kind === REVISE) return put(REVISE, "", "", 1);
  if (effect.kind === REMOVE) {
    emptyMessage(db, log, re);
    return put(REMOVE, "", "", 1);
  }
  if (effect.kind === ANSWER) return put(ANSWER, "", effect.who ?? "", 1);
  const { key, who, on, off } = switchOf(effect);
  const sql = "DELETE FROM life WHERE room = ? AND kind = ? AND re = ? AND key = ? AND who = ?";
  runSql(db, sql, log.id, effect.off ? on : off, re, key, who);
  if (effect.kind === REACT && effect.off) put(TAKEN_BACK, key, who, 1);
  const since = effect.kind === REACT ? sinceOf(db, log.id, re, key) ?? seq : 1;
  put(effect.off ? off : on, key, who, since);
}

/** The number of the entry since which a message has had a reaction with this key, from whomever. */
function sinceOf(db: DatabaseSync, room: number, re: number, key: string): number | undefined {
  const sql = "SELECT n FROM life WHERE room = ? AND kind = ? AND re = ? AND key = ? LIMIT 1";
  const row = getRow(db, sql, room, REACT, re, key);
  return row === undefined ? undefined : Number(row["n"]);
}
