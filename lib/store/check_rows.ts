/** Finds rows that can't be right: impossible times, changed messages, missing rows and leftovers. */

import type { DatabaseSync } from "node:sqlite";
import { SERVER_ROLES } from "../chat/people/permissions.ts";
import { CHAT, GONE, INBOX, MAX_TIME } from "./columns.ts";
import { isIntact, messageColumns } from "./message_row.ts";
import { eachRow, getRows, type SqlRow } from "./sql.ts";

/** Columns with times, and an SQL expression for what to call a row. */
const TIMES: ReadonlyArray<readonly [table: string, column: string, name: string]> = [
  ["message", "at", "'message ' || id"],
  ["session", "used", "'session ' || id"],
  ["account", "created", "'account ' || json_quote(key)"],
  ["sanction", "at", "kind || ' of ' || json_quote(key)"],
  ["sanction", "until", "kind || ' of ' || json_quote(key)"],
];

/** The same for columns that came with version 4 of the tables. */
const TIMES_4: typeof TIMES = [
  ["session", "since", "'session ' || id"],
  ["account", "seen", "'account ' || json_quote(key)"],
  ["room", "topic_at", "'the topic of ' || json_quote(name)"],
  ["listed", "at", "'the place of ' || json_quote(key) || ' in the list of ' || account"],
  ["member", "at", "'the member ' || account || ' of ' || json_quote(room)"],
  ["chat", "at", "'conversation ' || key"],
  ["block", "at", "'the block of ' || json_quote(name) || ' by ' || account"],
  ["invitation", "at", "'invitation ' || id"],
  ["invitation", "until", "'invitation ' || id"],
];

/** The same for columns that came with version 7. */
const TIMES_7: typeof TIMES = [["hook", "at", "'hook ' || id"]];

/** Columns with a line for people, which has no control characters. */
const LINES: ReadonlyArray<readonly [table: string, column: string]> = [
  ["room", "name"],
  ["room", "topic"],
  ["name", "name"],
  ["account", "name"],
  ["sanction", "target"],
];

/** The same for columns that came with version 5 of the tables. */
const LINES_5: typeof LINES = [["file", "name"], ["member", "name"]];

/** The same for columns that came with version 7. */
const LINES_7: typeof LINES = [["hook", "name"]];

/**
 * Lines for people that have control characters, by which a terminal could be told what to do, in tables of
 * version `schema`.
 */
export function badLines(db: DatabaseSync, schema: number, limit: number): string[] {
  const lines = [...LINES, ...schema < 5 ? [] : LINES_5, ...schema < 7 ? [] : LINES_7];
  return lines.flatMap(([table, column]) =>
    db.prepare(
      `SELECT ${column} AS value FROM ${table} WHERE ${column} GLOB
        '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*' LIMIT ?`,
    ).all(limit).map(({ value }) =>
      `the ${column} ${JSON.stringify(value)} in ${table} has a control character`
    )
  );
}

/** Rows of `meta` that must be numbers if they exist. */
const NUMBERS = ["boot", "indexed", "used"];

/** Rows of `meta` that must exist, and the SQL condition under which they must. */
const NEEDED: ReadonlyArray<readonly [key: string, where: string]> = [
  ["epoch", "1"],
  ["boot", "1"],
  ["indexed", "EXISTS (SELECT 1 FROM message_words_docsize)"],
];

/**
 * Times that are out of the range of a `Date`, in tables of version `schema`. Finds at most `limit` in
 * each column.
 */
export function badTimes(db: DatabaseSync, schema: number, limit: number): string[] {
  const times = [...TIMES, ...schema < 4 ? [] : TIMES_4, ...schema < 7 ? [] : TIMES_7];
  const found = times.flatMap(([table, column, name]) =>
    // Selected as text, since the number may be too large for JavaScript.
    db.prepare(
      `SELECT ${name} AS name, CAST(${column} AS TEXT) AS value FROM ${table}
        WHERE ${column} NOT BETWEEN -${MAX_TIME} AND ${MAX_TIME} LIMIT ?`,
    ).all(limit).map(({ name, value }) =>
      `${name} has ${value} for a time (${column}), which is none`
    )
  );
  const lines = db.prepare("SELECT id, at FROM audit WHERE julianday(at) IS NULL LIMIT ?")
    .all(limit).map(({ id, at }) =>
      `line ${id} of the audit trail has ${JSON.stringify(at)} for a time, which is none`
    );
  return [...found, ...lines];
}

/** Messages that are too large for any frame of `maxBytes` to have carried. Finds at most `limit`. */
export function largeTexts(db: DatabaseSync, maxBytes: number, limit: number): string[] {
  const rows = db.prepare(
    `SELECT m.seq, octet_length(m.text) AS bytes, iif(r.kind = 0, 'room ' || json_quote(r.name),
        'a log of direct messages') AS name FROM message m JOIN room r ON r.id = m.room
      WHERE octet_length(m.text) > ? LIMIT ?`,
  ).all(maxBytes, limit);
  return rows.map(({ seq, bytes, name }) =>
    `message ${seq} of ${name} has ${bytes} bytes, more than the ${maxBytes} that can be said ` +
    "(--max-payload)"
  );
}

/** Rows that are missing in the table `meta`, or should be numbers and are not. */
export function badMeta(db: DatabaseSync): string[] {
  const rows = db.prepare("SELECT key, value FROM meta").all();
  const values = new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  const missing = NEEDED.filter(([key, where]) =>
    !values.has(key) && db.prepare(`SELECT ${where} AS needed`).get()?.["needed"] === 1
  );
  const odd = NUMBERS.filter((key) => !/^\d+$/.test(values.get(key) ?? "0"));
  return [
    ...missing.map(([key]) => `meta has no row ${key}`),
    ...odd.map((key) => `meta has ${JSON.stringify(values.get(key))} for ${key}, not a number`),
  ];
}

/** Accounts with an unknown role, and hosts of rooms that have no account. */
export function badPeople(db: DatabaseSync, limit: number): string[] {
  const roles = db.prepare(
    "SELECT key, role FROM account WHERE role NOT IN (SELECT value FROM json_each(?)) LIMIT ?",
  ).all(JSON.stringify(SERVER_ROLES), limit);
  const hosts = db.prepare(
    "SELECT room, account FROM host WHERE account NOT IN (SELECT key FROM account) LIMIT ?",
  ).all(limit);
  const sanctions = db.prepare(
    `SELECT kind, key, until FROM sanction WHERE kind NOT IN ('ban', 'mute') OR
      until < 0 AND until >= -${MAX_TIME} LIMIT ?`,
  ).all(limit);
  const uses = db.prepare(`SELECT id FROM session WHERE used < 0 AND used >= -${MAX_TIME} LIMIT ?`)
    .all(limit);
  return [
    ...sanctions.map(({ kind, key, until }) =>
      `the ${JSON.stringify(kind)} of ${
        JSON.stringify(key)
      } until ${until} is neither a ban nor a mute ` +
      "that there can be"
    ),
    ...uses.map(({ id }) => `session ${id} was used before 1970`),
    ...roles.map(({ key, role }) =>
      `account ${JSON.stringify(key)} has the role ${JSON.stringify(role)}, which there is not`
    ),
    ...hosts.map(({ room, account }) =>
      `${JSON.stringify(account)} is a host of ${JSON.stringify(room)}, and has no account`
    ),
  ];
}

/** Accounts whose passwords nobody can show, since what is stored for them is no proof. */
export function badProofs(
  db: DatabaseSync,
  isPasswordProof: (proof: string) => boolean,
  limit: number,
): string[] {
  return getRows(db, "SELECT key, proof FROM account")
    .filter(({ proof }) => !isPasswordProof(String(proof)))
    .slice(0, limit)
    .map(({ key }) =>
      `account ${JSON.stringify(key)} has a password that can't be checked; chatroom user reset ` +
      "gives it another one"
    );
}

/**
 * Messages with a wrong checksum, in tables of version `schema`. Finds at most `limit`. {@linkcode badTimes} finds those whose time is
 * out of range.
 */
export function badSums(db: DatabaseSync, schema: number, limit: number): string[] {
  const query = `SELECT m.id, ${messageColumns(schema)}
    FROM message m CROSS JOIN room r ON r.id = m.room CROSS JOIN name n ON n.id = m.sender
    WHERE m.id > ? AND r.kind <> ${GONE} AND m.at BETWEEN -${MAX_TIME} AND ${MAX_TIME} ORDER BY m.id`;
  const found: string[] = [];
  for (const row of eachRow(db, query)) {
    if (found.length >= limit) break;
    if (!isIntact(row)) found.push(changed(row));
  }
  return found;
}

function changed({ id, kind, seq, room }: SqlRow): string {
  const where = kind === INBOX || kind === CHAT ? "of the direct messages to" : "in";
  return `message ${id}, number ${seq} ${where} ${JSON.stringify(room)}, was changed on the disk ` +
    "after it was stored";
}
