/** Finds rows about accounts, rooms and conversations that refer to something that is not there. */

import type { DatabaseSync } from "node:sqlite";
import { ACCESSES } from "../chat/people/records.ts";
import { GONE } from "./columns.ts";

/** What must not be found: a sentence about a row, as an SQL expression, and the rows. */
const WRONG: ReadonlyArray<readonly [sentence: string, rows: string]> = [
  ["'account ' || json_quote(key) || ' has no id'", "account WHERE id = ''"],
  [
    "'room ' || json_quote(name) || ' has the access ' || json_quote(access) || ', which there is not'",
    `room WHERE kind = 0 AND access NOT IN (${ACCESSES.map((access) => `'${access}'`).join(", ")})`,
  ],
  ...(["listed", "member", "block"] as const).map((table) =>
    [
      `'${table} has a row of the account ' || account || ', which is not there'`,
      // A guest who came by a link is a member of record, too, and has no account.
      `${table} WHERE account NOT IN (SELECT id FROM account)${
        table === "member" ? " AND account NOT GLOB 'guest *'" : ""
      }`,
    ] as const
  ),
  [
    "'session ' || id || ' is a device of the account ' || account || ', which is not there'",
    "session WHERE account IS NOT NULL AND account NOT IN (SELECT id FROM account)",
  ],
  [
    "'member has a row of the room ' || json_quote(room) || ', which is not there'",
    "member WHERE room NOT IN (SELECT key FROM room WHERE kind = 0)",
  ],
  [
    "'invitation ' || id || ' is to the room ' || json_quote(room) || ', which is not there'",
    "invitation WHERE room NOT IN (SELECT key FROM room WHERE kind = 0)",
  ],
  [
    "'conversation ' || key || ' has no log'",
    "chat WHERE key NOT IN (SELECT key FROM room WHERE kind = 2)",
  ],
  [
    "'a mention is of message ' || seq || ' in the log ' || room || ', which is not there'",
    `mention x WHERE room NOT IN (SELECT id FROM room WHERE kind = ${GONE}) AND NOT EXISTS (SELECT 1 FROM message m
      WHERE m.id = x.message AND m.room = x.room AND m.seq = x.seq)`,
  ],
];

/** The same in tables that came with version 7. */
const WRONG_7: typeof WRONG = [[
  "'hook ' || id || ' is of the room ' || json_quote(room) || ', which is not there'",
  "hook WHERE room NOT IN (SELECT key FROM room WHERE kind = 0)",
]];

/** Sentences about such rows, in tables of version `schema`. Finds at most `limit` of each kind. */
export function badLists(db: DatabaseSync, schema: number, limit: number): string[] {
  return wrongRows(db, [...WRONG, ...schema < 7 ? [] : WRONG_7], limit);
}

/** What rows are wrong: for each kind an SQL expression for the sentence, and where; at most `limit` of each. */
export function wrongRows(
  db: DatabaseSync,
  wrong: ReadonlyArray<readonly [sentence: string, rows: string]>,
  limit: number,
): string[] {
  return wrong.flatMap(([sentence, rows]) =>
    db.prepare(`SELECT ${sentence} AS text FROM ${rows} LIMIT ?`).all(limit)
      .map(({ text }) => String(text))
  );
}
