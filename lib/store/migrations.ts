/** The tables of each version of the database, as steps from one version to the next. */

import { DatabaseSync } from "node:sqlite";
import { getNumber } from "./sql.ts";
import { toVersion3 } from "./version_3.ts";

/** One step from a version of the tables to the next. */
interface Step {
  readonly sql: string;
  /** Converts the rows. Returns sentences about what it did that people should know. */
  readonly move?: (db: DatabaseSync) => string[];
}

/** The first step makes the tables in an empty file. */
const STEPS: readonly Step[] = [
  {
    sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE room (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, topic TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 1,
  last INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE session (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, used INTEGER NOT NULL) STRICT;
CREATE TABLE message (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room,
  seq INTEGER NOT NULL, at INTEGER NOT NULL, sender INTEGER NOT NULL REFERENCES name,
  session INTEGER, request TEXT, action INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX message_by_seq ON message (room, seq);
CREATE UNIQUE INDEX message_by_request ON message (session, request) WHERE request IS NOT NULL;
CREATE VIRTUAL TABLE message_words USING fts5(text, content='message', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');
`,
  },
  {
    sql: `
CREATE TABLE account (key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,
  proof TEXT NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE host (room TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;
CREATE TABLE sanction (kind TEXT NOT NULL, room TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL,
  target TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL,
  reason TEXT NOT NULL, PRIMARY KEY (kind, room, subject, key)) STRICT, WITHOUT ROWID;
CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,
  target TEXT NOT NULL, room TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
`,
  },
  {
    sql: `
CREATE TABLE new_room (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, topic TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 1,
  last INTEGER NOT NULL DEFAULT 0, opener TEXT NOT NULL DEFAULT '', UNIQUE (kind, key)) STRICT;
INSERT INTO new_room (id, kind, key, name, topic, first, last) SELECT id, kind, iif(kind = 1, substr(key, 2), key), name, topic, first, last FROM room;
DROP TABLE room;
ALTER TABLE new_room RENAME TO room;
ALTER TABLE name ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX name_by_key ON name (key);
ALTER TABLE message ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN addressee INTEGER REFERENCES name;
DROP TABLE message_words;
CREATE VIRTUAL TABLE message_words USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
`,
    move: toVersion3,
  },
  {
    // Columns with a constant for what is there already, so that no message is rewritten. An account of
    // before gets an id of 16 random digits, as others have; theirs may be letters as well. The index of
    // words has other terms than before, see word_index.ts, so it begins with the first message again.
    sql: `
ALTER TABLE account ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE account SET id = lower(hex(randomblob(8)));
CREATE UNIQUE INDEX account_by_id ON account (id);
ALTER TABLE account ADD COLUMN hide_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN account TEXT;
ALTER TABLE session ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN door TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
CREATE INDEX session_by_account ON session (account) WHERE account IS NOT NULL;
ALTER TABLE room ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN founder TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN access TEXT NOT NULL DEFAULT 'open';
ALTER TABLE room ADD COLUMN topic_by TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN topic_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN topic_locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
DROP TABLE message_words;
CREATE VIRTUAL TABLE message_words USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
DELETE FROM meta WHERE key = 'indexed';
CREATE TABLE author (id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE) STRICT;
ALTER TABLE message RENAME COLUMN action TO kind;
ALTER TABLE message ADD COLUMN author INTEGER REFERENCES author;
ALTER TABLE message ADD COLUMN nth INTEGER;
ALTER TABLE message ADD COLUMN re INTEGER;
ALTER TABLE message ADD COLUMN file TEXT;
ALTER TABLE message ADD COLUMN extra TEXT;
ALTER TABLE message ADD COLUMN inbox INTEGER;
ALTER TABLE message ADD COLUMN inbox_n INTEGER;
CREATE UNIQUE INDEX message_by_inbox ON message (inbox, inbox_n) WHERE inbox IS NOT NULL;
CREATE TABLE mention (author INTEGER NOT NULL REFERENCES author, room INTEGER NOT NULL,
  seq INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (author, room, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX mention_by_message ON mention (author, message);
CREATE INDEX mention_by_room ON mention (room, seq);
CREATE TABLE member (room TEXT NOT NULL, account TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;
CREATE TABLE listed (account TEXT NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, read INTEGER NOT NULL, notify TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (account, kind, key)) STRICT, WITHOUT ROWID;
CREATE TABLE chat (key TEXT PRIMARY KEY, a TEXT NOT NULL, a_name TEXT NOT NULL, a_gone INTEGER NOT NULL,
  b TEXT NOT NULL, b_name TEXT NOT NULL, b_gone INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE block (account TEXT NOT NULL, who TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (account, who)) STRICT, WITHOUT ROWID;
CREATE TABLE invitation (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, room TEXT NOT NULL,
  by TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL, uses INTEGER NOT NULL,
  used INTEGER NOT NULL, register INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
    move: (db) => {
      const sql =
        "SELECT count(*) AS n FROM message m JOIN room r ON r.id = m.room WHERE r.kind = 1";
      const directs = getNumber(db, sql);
      if (directs === 0) return [];
      const what = directs === 1
        ? "1 direct message stays with the session that it was"
        : `${directs} direct messages stay with the sessions that they were`;
      return [`${what} sent to, and can be read on no other device`];
    },
  },
  {
    // What a file is called and of which type is a matter of each message that brings it; equal bytes are
    // one blob. Each blob has a file: when the last one goes, its hash moves to `let_go` until the server
    // has been told. `file_usage` has sums, since quotas are asked for at each upload.
    sql: `
CREATE TABLE blob (sha TEXT PRIMARY KEY, size INTEGER NOT NULL, width INTEGER, height INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE file (id TEXT PRIMARY KEY, blob TEXT NOT NULL REFERENCES blob, name TEXT NOT NULL,
  type TEXT NOT NULL, owner TEXT NOT NULL, room INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX file_by_blob ON file (blob);
CREATE INDEX file_by_seq ON file (room, seq);
CREATE TABLE file_usage (owner TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE let_go (sha TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE INDEX listed_by_log ON listed (kind, key);
CREATE INDEX guest_by_use ON session (used) WHERE account IS NULL;
CREATE INDEX device_by_use ON session (used) WHERE account IS NOT NULL;
ALTER TABLE member ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN inviter TEXT NOT NULL DEFAULT '';
ALTER TABLE invitation ADD COLUMN inviter TEXT NOT NULL DEFAULT '';
UPDATE member SET inviter = ifnull((SELECT id FROM account WHERE name = member.by), '');
UPDATE invitation SET inviter = ifnull((SELECT id FROM account WHERE name = invitation.by), '');
`,
  },
  {
    // What is done about a message is a row of `message` like others, see columns.ts; `re` says what it is
    // about. `nth` is how many messages the log has had up to a row, where that is not its `seq`, and
    // `about` how many entries of a log are no messages. `life` has what holds now, so that a page costs
    // the same however often something was done and undone: the last edit of a message (`n`: how many
    // there were), that it was removed or is pinned, and who has given which reaction (`n`: the entry
    // that was the first with that key). The index of words is one from which terms can be taken out at
    // once by those who know them; of long texts they wait in `leaving`, see unindex.ts.
    sql: `
ALTER TABLE room ADD COLUMN about INTEGER NOT NULL DEFAULT 0;
CREATE TABLE life (room INTEGER NOT NULL, kind INTEGER NOT NULL, re INTEGER NOT NULL, key TEXT NOT NULL,
  who TEXT NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (room, kind, re, key, who)) STRICT, WITHOUT ROWID;
CREATE INDEX message_edit ON message (room, re) WHERE kind = 2;
CREATE TABLE leaving (id INTEGER PRIMARY KEY, room INTEGER NOT NULL, text TEXT NOT NULL,
  done INTEGER NOT NULL, edit INTEGER) STRICT;
DROP TABLE message_words;
CREATE VIRTUAL TABLE message_words USING fts5(terms, content='', tokenize='ascii');
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
DELETE FROM meta WHERE key = 'indexed';
`,
  },
  {
    // A message that asks something has its question in `extra`. An answer is a row like others that are
    // about messages, with its choice and who counts as one in `extra`; `life` has who has answered, by
    // `who`. Of what was removed no choice stays, so answers are looked up by their messages.
    // Webhooks are kept by the hashes of their tokens.
    sql: `
CREATE INDEX message_answer ON message (room, re) WHERE kind = 6;
CREATE TABLE hook (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  room TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
  },
];

/** The version of the tables that this program uses. The database has its own in `user_version`. */
export const SCHEMA_VERSION = 7;

/** Upgrades the tables from version `from`, in the caller's transaction. Returns sentences about it. */
export function migrate(db: DatabaseSync, from: number): string[] {
  return STEPS.slice(from).flatMap(({ sql, move }) => {
    db.exec(sql);
    return move?.(db) ?? [];
  });
}

/** The tables and indexes of a version, without those that SQLite makes for its own use. */
export function objectNames(version: number): string[] {
  using db = new DatabaseSync(":memory:");
  for (const { sql } of STEPS.slice(0, version)) db.exec(sql);
  return db.prepare(
    `SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid`,
  ).all().map(({ name }) => String(name));
}
