/** Finds rows about files that contradict each other. Whether the bytes are there, it does not look. */

import type { DatabaseSync } from "node:sqlite";
import { wrongRows } from "./check_lists.ts";
import { GONE } from "./columns.ts";

/** What each owner's files take, all guests' and all: what `file_usage` has to say. */
const USED = `
  SELECT owner, sum(size) AS bytes FROM file JOIN blob ON sha = blob GROUP BY owner HAVING bytes > 0
  UNION ALL SELECT 'guests', ifnull(sum(size), 0) FROM file JOIN blob ON sha = blob WHERE owner GLOB 'address *'
  UNION ALL SELECT 'all', ifnull(sum(size), 0) FROM file JOIN blob ON sha = blob`;

/** What must not be found: a sentence about a row, as an SQL expression, and the rows. */
const WRONG: ReadonlyArray<readonly [sentence: string, rows: string]> = [
  [
    "'file ' || id || ' (' || json_quote(name) || ') was brought by message ' || seq || ' of the log ' || " +
    "room || ', which is not there or brings another'",
    `file f WHERE room NOT IN (SELECT id FROM room WHERE kind = ${GONE}) AND NOT EXISTS (
      SELECT 1 FROM message m WHERE m.room = f.room AND m.seq = f.seq AND m.file = f.id)`,
  ],
  [
    "'no message brings the blob ' || sha",
    "blob WHERE NOT EXISTS (SELECT 1 FROM file WHERE blob = sha)",
  ],
  [
    "'the blob ' || sha || ' has ' || size || ' bytes'",
    "blob WHERE size < 0",
  ],
  [
    "'file_usage says ' || ifnull(counted.bytes, 0) || ' bytes for ' || json_quote(used.owner) || ', and there are ' || used.bytes",
    `(${USED}) used LEFT JOIN file_usage counted ON counted.owner = used.owner
      WHERE ifnull(counted.bytes, 0) <> used.bytes`,
  ],
  [
    "'file_usage says ' || bytes || ' bytes for ' || json_quote(owner) || ', who has no files'",
    `file_usage WHERE owner NOT IN ('guests', 'all') AND owner NOT IN (SELECT owner FROM (${USED}))`,
  ],
];

/** Sentences about such rows. Finds at most `limit` of each kind. */
export function badFiles(db: DatabaseSync, limit: number): string[] {
  return wrongRows(db, WRONG, limit);
}
