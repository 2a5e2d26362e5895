/** Stores what accounts have listed and set, whom they block, and which devices they have. */

import type { DatabaseSync } from "node:sqlite";
import type { ReadLog } from "../chat/messages/log_key.ts";
import {
  type AccountSettings,
  type Block,
  type Device,
  type Kept,
  type Listed,
  NOTIFIES,
} from "../chat/people/records.ts";
import { bytesOf, INBOX, logOf, rowOf } from "./columns.ts";
import type { Saves } from "./saves.ts";
import { forgetInbox, FORGOTTEN } from "./sessions.ts";
import { getNumber, getRows, runSql, type SqlRow } from "./sql.ts";

/** How each change of these is stored. */
export const LIST_SAVES: Saves<
  "listed" | "unlisted" | "settings" | "block" | "unblock" | "device" | "sign-out"
> = {
  listed: (db, { listed: { account, log, name, read, notify = "", at } }) => {
    const { kind, key } = rowOf(log);
    const values = [account, kind, key, name, read, notify, at];
    runSql(db, "INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?, ?, ?, ?)", ...values);
  },
  unlisted: (db, { account, log }) => {
    const { kind, key } = rowOf(log);
    const which = "account = ? AND kind = ? AND key = ?";
    runSql(db, `DELETE FROM listed WHERE ${which}`, account, kind, key);
  },
  settings: (db, { settings: { account, hideSeen = false, seen } }) => {
    const sql = "UPDATE account SET hide_seen = ?, seen = ? WHERE id = ?";
    runSql(db, sql, Number(hideSeen), seen, account);
  },
  block: (db, { block: { account, who, name, at } }) => {
    runSql(db, "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)", account, who, name, at);
  },
  unblock: (db, { account, who }) => {
    runSql(db, "DELETE FROM block WHERE account = ? AND who = ?", account, who);
  },
  device: (db, { device }) => saveDevice(db, device),
  "sign-out": (db, { account, device, except }) => {
    runSql(
      db,
      "UPDATE session SET used = ?1, account = NULL WHERE account = ?2 AND " +
        "(?3 IS NULL OR hash = ?3) AND (?4 IS NULL OR hash <> ?4)",
      ...[FORGOTTEN, account],
      ...[device, except].map((hash) => hash === undefined ? null : bytesOf(hash)),
    );
  },
};

function saveDevice(db: DatabaseSync, device: Device): void {
  const { hash, account, label, door, since, used } = device;
  runSql(
    db,
    "INSERT INTO session (hash, used, account, label, door, since) VALUES (?, ?, ?, ?, ?, ?) " +
      "ON CONFLICT (hash) DO UPDATE SET used = max(used, excluded.used), account = excluded.account, " +
      "label = excluded.label, door = excluded.door, since = excluded.since",
    ...[bytesOf(hash), used, account, label, door, since],
  );
}

/** Deletes what is stored for an account that is given back. Its devices become those of guests. */
export function forgetAccount(db: DatabaseSync, id: string): void {
  for (const table of ["listed", "member", "block"]) {
    runSql(db, `DELETE FROM ${table} WHERE account = ?`, id);
  }
  runSql(db, "UPDATE session SET account = NULL WHERE account = ?", id);
  const inbox = getNumber(db, "SELECT id AS n FROM room WHERE kind = ? AND key = ?", INBOX, id);
  if (inbox !== 0) forgetInbox(db, inbox, -1);
  const author = "(SELECT id FROM author WHERE account = ?)";
  runSql(db, `DELETE FROM mention WHERE author = ${author}`, id);
}

/** Reads what accounts have listed and set, and whom they block. */
export function readLists(db: DatabaseSync): Pick<Kept, "listed" | "settings" | "blocks"> {
  return {
    listed: getRows(db, "SELECT * FROM listed ORDER BY at").map(listedOf),
    settings: getRows(db, "SELECT * FROM account WHERE hide_seen <> 0 OR seen <> 0").map(
      settingsOf,
    ),
    blocks: getRows(db, "SELECT * FROM block ORDER BY at").map(blockOf),
  };
}

function listedOf({ account, kind, key, name, read, notify, at }: SqlRow): Listed {
  // Of what this version does not know it notifies as if nothing had been set.
  const known = NOTIFIES.find((each) => each === notify);
  return {
    account: String(account),
    log: logOf(Number(kind), String(key)) as ReadLog,
    name: String(name),
    read: Number(read),
    ...(known === undefined ? {} : { notify: known }),
    at: Number(at),
  };
}

function settingsOf({ id, hide_seen, seen }: SqlRow): AccountSettings {
  return {
    account: String(id),
    ...(hide_seen === 0 ? {} : { hideSeen: true }),
    seen: Number(seen),
  };
}

function blockOf({ account, who, name, at }: SqlRow): Block {
  return { account: String(account), who: String(who), name: String(name), at: Number(at) };
}
