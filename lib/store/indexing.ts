/** Puts what is said into the index of words, entry by entry, in the order in which it was stored. */

import type { DatabaseSync } from "node:sqlite";
import { INBOX, REVISE, textColumn, textOf } from "./columns.ts";
import { setMeta } from "./meta.ts";
import { getRow, type SqlRow } from "./sql.ts";
import { SAID_COLUMNS, saidOf, takeOut, type TermsTaken } from "./unindex.ts";
import { putTerms } from "./word_index.ts";

/** The columns of an entry `m` of a log `r` that {@linkcode indexNext} needs. */
export const INDEX_COLUMNS = `m.id, m.room, m.kind AS entry, m.re, r.kind, ${
  textColumn("m.text", "text")
}`;

/** Puts the next entries into the index, in the caller's transaction. */
export function indexNext(db: DatabaseSync, rows: readonly SqlRow[]): void {
  const last = rows.at(-1)?.["id"];
  if (last === undefined || rows.some((row) => indexEntry(db, row) === "anew")) return;
  setMeta(db, "indexed", Number(last));
}

/**
 * Puts an entry into the index, if it is one that a search may find. An edit takes the place of what its
 * message had said: a search finds the message, as it is read now.
 */
function indexEntry(db: DatabaseSync, row: SqlRow): TermsTaken {
  const { kind, entry } = row;
  // A log that is gone is indexed as it was: its entries are taken out of the index one by one.
  if (kind === INBOX) return "out";
  const [id, room, text] = [Number(row["id"]), Number(row["room"]), textOf(row["text"] ?? "")];
  if (Number(entry) < REVISE) {
    putTerms(db, id, room, text);
    return "out";
  }
  // An empty one is the edit of a message that was removed or is gone.
  if (entry !== REVISE || text === "") return "out";
  const message = getRow(
    db,
    `SELECT ${SAID_COLUMNS} FROM message WHERE room = ? AND seq = ? AND kind < ${REVISE}`,
    ...[room, Number(row["re"])],
  );
  if (message === undefined) return "out";
  const said = saidOf(message);
  const taken = takeOut(db, said, id - 1, id);
  if (taken === "out") putTerms(db, said.id, room, text);
  return taken;
}
