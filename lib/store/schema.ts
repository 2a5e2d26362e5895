/** PLACEHOLDER until the store's own schema is merged. */
export const APPLICATION_ID = 0x63686174;
export const SCHEMA_VERSION = 1;
export const DATABASE_FILE = "chatroom.db";
export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE room (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  topic TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 1, last INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE session (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, used INTEGER NOT NULL) STRICT;
CREATE TABLE message (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  sender INTEGER NOT NULL REFERENCES name, session INTEGER, request TEXT, action INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX message_by_seq ON message (room, seq);
CREATE UNIQUE INDEX message_by_request ON message (session, request) WHERE request IS NOT NULL;
CREATE VIRTUAL TABLE message_words USING fts5(text, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
`;
