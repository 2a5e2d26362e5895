/** Checks a database for damage and for rows that contradict each other. Changes nothing. */

import type { DatabaseSync } from "node:sqlite";
import { sharedLog } from "./version_3.ts";
import { badFiles } from "./check_files.ts";
import { badLife, badPlaces } from "./check_life.ts";
import { badLists } from "./check_lists.ts";
import {
  badLines,
  badMeta,
  badPeople,
  badProofs,
  badSums,
  badTimes,
  largeTexts,
} from "./check_rows.ts";
import { type Boot, compareBoot } from "./epoch.ts";
import { REVISE } from "./columns.ts";
import { foreignObjects } from "./foreign_objects.ts";
import { metaOf } from "./meta.ts";
import { objectNames, SCHEMA_VERSION } from "./migrations.ts";
import { clusterOf } from "./of_cluster.ts";
import { pragma } from "./schema.ts";
import { getNumber } from "./sql.ts";

/** How to check. */
export interface CheckOptions {
  /** Skips the checks that read every index. A large database takes a fraction of the time then. */
  readonly quick?: boolean;
  /** The largest text that a message may have, in bytes. There is no limit by default. */
  readonly maxTextBytes?: number;
  /** Whether a password could match what is stored for it. This folder knows no hashes of passwords. */
  readonly isPasswordProof?: (proof: string) => boolean;
  /** The file beside the database, read before the database was opened. */
  readonly boot?: Boot | undefined;
}

/** What a check found. */
export interface CheckReport {
  readonly schema: number;
  readonly rooms: number;
  /** Without direct messages. */
  readonly messages: number;
  readonly names: number;
  readonly sessions: number;
  /** Messages that a search finds. The others have not been indexed yet. */
  readonly indexed: number;
  /** The size of the database, in bytes, without its log. */
  readonly bytes: number;
  /** A sentence for each problem, without the full stop. Empty if all is well. */
  readonly problems: readonly string[];
  /** Sentences about what people should know though it is no problem, without the full stop. */
  readonly notes: readonly string[];
}

/** Tables from this version on have entries about messages. */
const LIFE_SINCE = 6;

/** How many problems of one kind are listed one by one. */
const MAX_TOLD = 20;

/**
 * Checks a database as it is at one moment, even while a server is running on it. Damage is in the
 * report and does not make it throw.
 */
export function checkStore(db: DatabaseSync, options: CheckOptions = {}): CheckReport {
  const { quick = false } = options;
  const problems: string[] = [];
  const note = (found: readonly string[]): void => {
    problems.push(...found.slice(0, MAX_TOLD));
    if (found.length > MAX_TOLD) problems.push(`and ${found.length - MAX_TOLD} more of this kind`);
  };
  const attempt = <T>(what: string, look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      note([`${what} can't be read: ${(error as Error).message}`]);
      return undefined;
    }
  };
  db.exec("BEGIN");
  try {
    const schema = pragma(db, "user_version");
    note(attempt("the schema", () => missingObjects(db, schema)) ?? []);
    // Nothing is read where that could run what somebody else has put there.
    if (foreignObjects(db).length > 0) return { schema, ...NO_COUNTS, problems, notes: [] };
    note(attempt("the file", () => integrity(db, quick)) ?? []);
    // Whether the rows fit together only makes sense if all of them can be read.
    for (const { what, look, from = 1, to = SCHEMA_VERSION } of problems.length > 0 ? [] : CHECKS) {
      if (schema >= from && schema <= to) note(attempt(what, () => look(db, options)) ?? []);
    }
    const counts = attempt("the tables", () => countAll(db)) ?? NO_COUNTS;
    const notes = attempt("the table meta", () => notesOf(db, schema)) ?? [];
    return { schema, ...counts, problems, notes };
  } finally {
    db.exec("ROLLBACK");
  }
}

/** One check, for versions `from` to `to` of the tables. */
interface Check {
  readonly what: string;
  readonly look: (db: DatabaseSync, options: CheckOptions) => string[];
  readonly from?: number;
  readonly to?: number;
}

const CHECKS: readonly Check[] = [
  { what: "the references", look: foreignKeys },
  { what: "the rooms", look: sequences },
  { what: "the logs", look: sharedLog, to: 2 },
  { what: "the requests", look: duplicates },
  {
    what: "the checksums",
    look: (db, { quick }) => quick ? [] : badSums(db, pragma(db, "user_version"), MAX_TOLD + 1),
    from: 3,
  },
  { what: "the index of words", look: searchIndex },
  {
    what: "the texts",
    look: (db, { maxTextBytes }) =>
      maxTextBytes === undefined ? [] : largeTexts(db, maxTextBytes, MAX_TOLD + 1),
    from: 2,
  },
  {
    what: "what boot says",
    // A node's numbers are its cluster's; the file is of the time when a server ran there by itself.
    look: (db, { boot }) => clusterOf(db) === undefined ? [compareBoot(db, boot) ?? []].flat() : [],
  },
  {
    what: "the times",
    look: (db) => badTimes(db, pragma(db, "user_version"), MAX_TOLD + 1),
    from: 2,
  },
  { what: "the table meta", look: badMeta, from: 2 },
  { what: "the accounts", look: (db) => badPeople(db, MAX_TOLD + 1), from: 2 },
  {
    what: "the passwords",
    look: (db, { isPasswordProof }) =>
      isPasswordProof === undefined ? [] : badProofs(db, isPasswordProof, MAX_TOLD + 1),
    from: 2,
  },
  {
    what: "the lines",
    look: (db) => badLines(db, pragma(db, "user_version"), MAX_TOLD + 1),
    from: 2,
  },
  {
    what: "the lists",
    look: (db) => badLists(db, pragma(db, "user_version"), MAX_TOLD + 1),
    from: 4,
  },
  { what: "the files", look: (db) => badFiles(db, MAX_TOLD + 1), from: 5 },
  {
    what: "what holds of messages",
    look: (db, { quick }) => quick ? [] : badLife(db, MAX_TOLD + 1),
    from: LIFE_SINCE,
  },
  {
    what: "the places of messages",
    look: (db, { quick }) => quick ? [] : badPlaces(db, MAX_TOLD + 1),
    from: LIFE_SINCE,
  },
];

const NO_COUNTS = { rooms: 0, messages: 0, names: 0, sessions: 0, indexed: 0, bytes: 0 };

function notesOf(db: DatabaseSync, schema: number): string[] {
  if (schema < SCHEMA_VERSION) {
    return [
      `its tables are of version ${schema}; a server of this version upgrades them to ` +
      `${SCHEMA_VERSION} when it starts, and keeps a copy`,
    ];
  }
  return [metaOf(db, "separated") ?? []].flat();
}

function missingObjects(db: DatabaseSync, schema: number): string[] {
  const there = new Set(
    db.prepare("SELECT name FROM sqlite_schema").all().map(({ name }) => String(name)),
  );
  const ours = objectNames(schema);
  return [
    ...ours.filter((name) => !there.has(name)).map((name) => `${name} is missing`),
    ...foreignObjects(db),
  ];
}

/** SQLite's own check of pages, rows, indexes, and the structure of the index of words. */
function integrity(db: DatabaseSync, quick: boolean): string[] {
  const name = quick ? "quick_check" : "integrity_check";
  return db.prepare(`PRAGMA ${name}(${MAX_TOLD + 1})`).all()
    .map((row) => String(row[name])).filter((text) => text !== "ok");
}

function foreignKeys(db: DatabaseSync): string[] {
  return db.prepare("PRAGMA foreign_key_check").all().map(({ table, rowid, parent }) => {
    // Some tables have no numbers for their rows.
    const row = rowid === null ? `a row of ${table}` : `${table} ${rowid}`;
    return `${row} refers to a ${parent} that is not there`;
  });
}

/**
 * Whether each log has a message for every number from its first to its last. In a log that is being
 * removed (the direct messages of a session, or one that is gone), the first ones or all of them may be
 * gone already. What came for somebody since there are conversations is in those.
 */
function sequences(db: DatabaseSync): string[] {
  const rooms = db.prepare(`
    SELECT r.id, r.name, iif(r.kind IN (0, 2), r.first, ifnull(min(m.seq), r.last + 1)) AS first,
      iif(r.kind = 1, ifnull(max(m.seq), r.last), r.last) AS last,
      count(m.seq) AS n, min(m.seq) AS low, max(m.seq) AS high
    FROM room r LEFT JOIN message m ON m.room = r.id GROUP BY r.id ORDER BY r.id`).all();
  return rooms.flatMap(({ id, name, first, last, n, low, high }) => {
    const of = `room ${id} (${JSON.stringify(name)})`;
    const expected = Number(last) - Number(first) + 1;
    if (expected < 0) return [`${of} says it begins at ${first} and ends at ${last}`];
    const found: string[] = [];
    if (low !== null && low !== first) found.push(`${of} begins at ${low}, not at ${first}`);
    if (high !== null && high !== last) found.push(`${of} ends at ${high}, not at ${last}`);
    if (n !== expected && found.length === 0) {
      found.push(`${of} holds ${n} of ${expected} messages; ${firstGap(db, Number(id))}`);
    }
    return found;
  });
}

function firstGap(db: DatabaseSync, room: number): string {
  const gap = db.prepare(`
    SELECT seq + 1 AS seq FROM message m WHERE room = ?
      AND NOT EXISTS (SELECT 1 FROM message WHERE room = m.room AND seq = m.seq + 1)
    ORDER BY seq LIMIT 1`).get(room)?.["seq"];
  return gap === undefined ? "there are none at all" : `the first that is missing is ${gap}`;
}

/** Reads the table and not the unique index, which should have made duplicates impossible. */
function duplicates(db: DatabaseSync, { quick = false }: CheckOptions): string[] {
  if (quick) return [];
  const twice = db.prepare(`
    SELECT session, request, count(*) AS n FROM message NOT INDEXED WHERE request IS NOT NULL
    GROUP BY session, request HAVING n > 1 LIMIT ${MAX_TOLD + 1}`).all();
  return twice.map(({ session, request, n }) =>
    `request ${JSON.stringify(request)} of session ${session} is there ${n} times`
  );
}

/**
 * Whether the index has all messages up to the one that is noted as the last, and no others but those whose
 * terms are being taken out.
 */
function searchIndex(db: DatabaseSync): string[] {
  const indexed = Number(metaOf(db, "indexed") ?? 0);
  const hasLife = pragma(db, "user_version") >= LIFE_SINCE;
  const missing = getNumber(
    db,
    `SELECT count(*) AS n FROM message m JOIN room r ON r.id = m.room
      WHERE m.id <= ? AND r.kind IN (0, 2) ${hasLife ? `AND m.kind < ${REVISE}` : ""}
      AND NOT EXISTS (SELECT 1 FROM message_words_docsize d WHERE d.id = m.id)`,
    indexed,
  );
  const extra = getNumber(
    db,
    `SELECT count(*) AS n FROM message_words_docsize d
      WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = d.id)
      ${hasLife ? "AND d.id NOT IN (SELECT id FROM leaving)" : ""}`,
  );
  return [
    ...missing === 0 ? [] : [`${missing} messages up to ${indexed} are not in the index of words`],
    ...extra === 0 ? [] : [`the index of words has ${extra} messages that are not there`],
  ];
}

function countAll(db: DatabaseSync): typeof NO_COUNTS {
  const count = (from: string): number => getNumber(db, `SELECT count(*) AS n FROM ${from}`);
  const said = pragma(db, "user_version") < LIFE_SINCE ? "" : `AND m.kind < ${REVISE}`;
  return {
    rooms: count("room WHERE kind = 0"),
    messages: count(`message m JOIN room r ON r.id = m.room WHERE r.kind = 0 ${said}`),
    names: count("name"),
    sessions: count("session"),
    indexed: count("message_words_docsize"),
    bytes: pragma(db, "page_count") * pragma(db, "page_size"),
  };
}
