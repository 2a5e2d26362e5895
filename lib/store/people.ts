/**
 * Stores what is kept about people and rooms besides what was said. Accounts, roles, bans and the audit
 * trail are here, the rest in list_rows.ts and room_rows.ts.
 */

import type { DatabaseSync } from "node:sqlite";
import { SERVER_ROLES, type ServerRole } from "../chat/people/permissions.ts";
import type { Account, Change, Host, Kept, Sanction } from "../chat/people/records.ts";
import type { AuditLine } from "../wire/events.ts";
import { forgetAccount, LIST_SAVES, readLists } from "./list_rows.ts";
import { readRooms, ROOM_SAVES } from "./room_rows.ts";
import { timeColumn } from "./columns.ts";
import type { Saves } from "./saves.ts";
import { eachRow, getRows, insertRow, runSql, type SqlRow, transact } from "./sql.ts";

/** The last lines of the audit trail. */
export interface AuditPage {
  readonly lines: readonly AuditLine[];
  readonly more: boolean;
}

/** How many lines of the audit trail are kept. The oldest go first. */
const MAX_LINES = 100_000;

/** How many of them one name may have written, and after how many new lines both limits are applied. */
const MAX_LINES_BY_ONE = 10_000;
const SHARE_EVERY = 100;

/** Reads all of it, but for the audit trail and the devices. */
export function readPeople(db: DatabaseSync): Kept {
  const sql = "SELECT id, key, name, role, proof, created AS createdAt FROM account";
  const accounts = getRows(db, sql) as unknown as Account[];
  return {
    // An unknown role gives no rights.
    accounts: accounts.map((account) => ({ ...account, role: knownRole(account.role) })),
    hosts: plain<Host>(getRows(db, "SELECT room, account AS key FROM host")),
    // What is neither a ban nor a mute keeps nobody from anything.
    sanctions: plain<Sanction>(getRows(db, SANCTIONS)),
    ...readLists(db),
    ...readRooms(db),
  };
}

const SANCTIONS = "SELECT kind, room, subject, key, target, by, reason, " +
  `${timeColumn("at")}, ${timeColumn("until")} FROM sanction WHERE kind IN ('ban', 'mute') ` +
  "ORDER BY sanction.at";

/** Copies rows into ordinary objects, since those of SQLite have no prototype. */
function plain<T>(rows: readonly SqlRow[]): T[] {
  return rows.map((row) => ({ ...row }) as T);
}

/** Stores changes, all of them or none. */
export function savePeople(db: DatabaseSync, changes: readonly Change[]): void {
  transact(db, () => keepPeople(db, changes));
}

/**
 * Stores the changes that `judge` returns. All is one transaction, so nobody can change what `judge` has
 * seen before its changes are stored.
 */
export function changePeople(db: DatabaseSync, judge: (kept: Kept) => readonly Change[]): void {
  transact(db, () => keepPeople(db, judge(readPeople(db))));
}

/** Stores changes in the caller's transaction. */
export function keepPeople(db: DatabaseSync, changes: readonly Change[]): void {
  for (const change of changes) save(db, change);
}

/** Reads the last lines of the audit trail, the newest last. */
export function readAudit(db: DatabaseSync, limit: number): AuditPage {
  const rows = getRows(db, "SELECT * FROM audit ORDER BY id DESC LIMIT ?", limit + 1);
  const lines = rows.slice(0, limit).reverse().map(lineOf);
  return { lines, more: rows.length > limit };
}

/** Every line of the audit trail, the oldest first. */
export function* eachAudit(db: DatabaseSync): Generator<AuditLine> {
  for (const row of eachRow(db, "SELECT * FROM audit WHERE id > ? ORDER BY id")) yield lineOf(row);
}

/** How each change of accounts, roles, bans and mutes is stored. */
const PEOPLE_SAVES: Saves<
  "account" | "remove" | "host" | "unhost" | "sanction" | "lift" | "audit"
> = {
  account: (db, { account: { id, key, name, role, proof, createdAt } }) => {
    runSql(
      db,
      "INSERT INTO account (id, key, name, role, proof, created) VALUES (?, ?, ?, ?, ?, ?) ON " +
        "CONFLICT (key) DO UPDATE SET id = excluded.id, name = excluded.name, role = excluded.role, " +
        "proof = excluded.proof, created = excluded.created",
      ...[id, key, name, role, proof, createdAt],
    );
  },
  remove: (db, { key, id }) => {
    runSql(db, "DELETE FROM account WHERE key = ?", key);
    runSql(db, "DELETE FROM host WHERE account = ?", key);
    forgetAccount(db, id);
  },
  host: (db, { host: { room, key } }) => {
    runSql(db, "INSERT OR IGNORE INTO host VALUES (?, ?)", room, key);
  },
  unhost: (db, { host: { room, key } }) => {
    runSql(db, "DELETE FROM host WHERE room = ? AND account = ?", room, key);
  },
  sanction: (db, { sanction }) => {
    const { kind, room, subject, key, target, by, at, until, reason } = sanction;
    const values = [kind, room, subject, key, target, by, at, until, reason];
    const places = "?, ?, ?, ?, ?, ?, ?, ?, ?";
    runSql(db, `INSERT OR REPLACE INTO sanction VALUES (${places})`, ...values);
  },
  lift: (db, { sanction: { kind, room, subject, key } }) => {
    const which = "kind = ? AND room = ? AND subject = ? AND key = ?";
    runSql(db, `DELETE FROM sanction WHERE ${which}`, kind, room, subject, key);
  },
  audit: (db, { line: { at, by, action, target, room = "", detail = "" } }) => {
    const values = [at, by, action, target, room, detail];
    const id = insertRow(db, "INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?)", ...values);
    if (id % SHARE_EVERY === 0) shareLines(db, by);
  },
};

const SAVES: Saves<Change["type"]> = { ...PEOPLE_SAVES, ...LIST_SAVES, ...ROOM_SAVES };

function save(db: DatabaseSync, change: Change): void {
  (SAVES[change.type] as (db: DatabaseSync, change: Change) => void)(db, change);
}

/** Removes old lines. A name with many lines loses its own, so that it can't push out those of others. */
function shareLines(db: DatabaseSync, by: string): void {
  const oldest = "SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?";
  runSql(db, `DELETE FROM audit WHERE id <= (${oldest})`, MAX_LINES);
  runSql(
    db,
    "DELETE FROM audit WHERE by = ?1 AND id <= " +
      "(SELECT id FROM audit WHERE by = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    ...[by, MAX_LINES_BY_ONE],
  );
}

function lineOf(row: Record<string, unknown>): AuditLine {
  const { at, by, action, target, room, detail } = row as Record<string, string>;
  return {
    at: at ?? "",
    by: by ?? "",
    action: action ?? "",
    target: target ?? "",
    ...(room ? { room } : {}),
    ...(detail ? { detail } : {}),
  };
}

function knownRole(role: string): ServerRole {
  return SERVER_ROLES.find((known) => known === role) ?? "member";
}

/** Changes of rows that are remembered, see rows.ts. */
const REMEMBERED: ReadonlySet<Change["type"]> = new Set([
  ...["room", "unroom", "chat", "unchat", "remove", "sign-out"] as const,
]);

/** Whether changes are of rows that whoever stores parcels remembers. */
export function changesRows(changes: readonly Change[]): boolean {
  return changes.some(({ type }) => REMEMBERED.has(type));
}
