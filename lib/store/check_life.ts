/**
 * Compares what holds of messages (the table `life`), and the places of entries among the messages (`nth`),
 * with the entries that they are made of.
 */

import type { DatabaseSync } from "node:sqlite";
import {
  ANSWER,
  CHAT,
  OFF_PIN,
  OFF_REACT,
  PIN,
  REACT,
  REMOVE,
  REVISE,
  ROOM,
  TAKEN_BACK,
} from "./columns.ts";
import { switchOf } from "./life_effects.ts";
import { restOf } from "./readable.ts";
import { getRow, getRows, type SqlRow } from "./sql.ts";

/** A row of `life`, but for the message that it is about. */
interface Held {
  readonly kind: number;
  readonly key: string;
  readonly who: string;
  readonly seq: number;
  readonly n: number;
}

/** What the kinds of such rows say of a message. */
const WORDS: Readonly<Record<number, string>> = {
  [REVISE]: "was edited",
  [REMOVE]: "was removed",
  [REACT]: "has a reaction",
  [PIN]: "is pinned",
  [ANSWER]: "has an answer",
  [OFF_REACT]: "has lost a reaction",
  [OFF_PIN]: "is pinned no more",
  [TAKEN_BACK]: "had taken back a reaction",
};

const KINDS = Object.keys(WORDS).join(", ");
/** Those of which it is told how many there were, or since which entry. */
const COUNTED: ReadonlySet<number> = new Set([REVISE, REACT, TAKEN_BACK]);

/** How a log is called in sentences. */
const CALLED = `iif(r.kind = ${ROOM}, json_quote(r.name), 'the conversation ' || r.key) AS called`;

/** Everything that was done about messages, message by message in its order. */
const DONE = `SELECT m.room, m.re, m.seq, m.kind, m.extra, ${CALLED}
  FROM message m JOIN room r ON r.id = m.room
  WHERE m.kind >= ${REVISE} AND r.kind IN (${ROOM}, ${CHAT}) ORDER BY m.room, m.re, m.seq`;

/** Sentences about what holds of messages and is not what was done. Finds at most `limit`. */
export function badLife(db: DatabaseSync, limit: number): string[] {
  const found: string[] = [];
  const known = new Set<string>();
  for (const { log, called, re, entries } of doneAbout(db)) {
    if (found.length >= limit) return found;
    known.add(`${log} ${re}`);
    const isThere = getRow(db, SAID, log, re) !== undefined;
    const expected = isThere ? heldAfter(entries) : [];
    const where = `message ${re} in ${called}`;
    found.push(...differences(heldIn(db, log, re), expected, where));
  }
  const rows = getRows(
    db,
    `SELECT DISTINCT l.room, l.re, ${CALLED} FROM life l JOIN room r ON r.id = l.room
      WHERE r.kind IN (${ROOM}, ${CHAT})`,
  );
  const others = rows.filter(({ room, re }) => !known.has(`${room} ${re}`));
  for (const { room, re, called } of others.slice(0, Math.max(0, limit - found.length))) {
    const where = `message ${re} in ${called}`;
    found.push(...differences(heldIn(db, Number(room), Number(re)), [], where));
  }
  return found.slice(0, limit);
}

const SAID = `SELECT 1 FROM message WHERE room = ? AND seq = ? AND kind < ${REVISE}`;

/** What was done about one message. */
interface Done {
  readonly log: number;
  readonly called: string;
  readonly re: number;
  readonly entries: readonly SqlRow[];
}

function* doneAbout(db: DatabaseSync): Generator<Done> {
  let entries: SqlRow[] = [];
  const all = (): Done => {
    const [{ room, called, re } = {}] = entries;
    return { log: Number(room), called: String(called), re: Number(re), entries };
  };
  for (const row of db.prepare(DONE).iterate()) {
    const [first] = entries;
    if (first !== undefined && (first["room"] !== row["room"] || first["re"] !== row["re"])) {
      yield all();
      entries = [];
    }
    entries.push(row);
  }
  if (entries.length > 0) yield all();
}

function heldIn(db: DatabaseSync, log: number, re: number): Held[] {
  const sql =
    `SELECT kind, key, who, seq, n FROM life WHERE room = ? AND kind IN (${KINDS}) AND re = ?`;
  return getRows(db, sql, log, re).map(({ kind, key, who, seq, n }) => ({
    ...{ kind: Number(kind), key: String(key), who: String(who), seq: Number(seq), n: Number(n) },
  }));
}

/** What holds of a message after all that was done about it. */
function heldAfter(entries: readonly SqlRow[]): Held[] {
  const held = new Map<string, Held>();
  for (const row of entries) {
    const [kind, seq] = [Number(row["kind"]), Number(row["seq"])];
    if (kind === REMOVE) return [{ kind, key: "", who: "", seq, n: 1 }];
    if (kind === REVISE) {
      const n = (held.get("edit")?.n ?? 0) + 1;
      held.set("edit", { kind, key: "", who: "", seq, n });
      continue;
    }
    const { key = "", who = "", off } = restOf(row);
    if (kind === ANSWER) {
      held.set(`answer ${who}`, { kind, key: "", who, seq, n: 1 });
      continue;
    }
    const { on, off: taken, ...whose } = switchOf({ kind, key, who });
    if (kind === REACT && off) {
      const place = `taken back ${JSON.stringify(whose)}`;
      held.set(place, { kind: TAKEN_BACK, ...whose, seq, n: (held.get(place)?.n ?? 0) + 1 });
    }
    const since = [...held.values()].find((each) => each.kind === REACT && each.key === key)?.n;
    held.set(`${on} ${JSON.stringify(whose)}`, {
      ...{ kind: off ? taken : on, ...whose, seq },
      n: kind === PIN ? 1 : since ?? seq,
    });
  }
  return [...held.values()];
}

function differences(
  held: readonly Held[],
  expected: readonly Held[],
  where: string,
): string[] {
  const tell = ({ kind, key, who, seq, n }: Held): string => {
    const whose = key !== "" ? ` ${JSON.stringify(key)} of ${who}` : who === "" ? "" : ` of ${who}`;
    const count = COUNTED.has(kind) ? ` (${n})` : "";
    return `${WORDS[kind] ?? `has a row of kind ${kind}`}${whose}${count} by entry ${seq}`;
  };
  // What was taken back counts nothing.
  const exact = (each: Held): string =>
    JSON.stringify(each.kind === OFF_REACT ? { ...each, n: 0 } : each);
  const [is, should] = [new Set(held.map(exact)), new Set(expected.map(exact))];
  return [
    ...held.filter((each) => !should.has(exact(each)))
      .map((each) => `the table life says that ${where} ${tell(each)}, and its entries do not`),
    ...expected.filter((each) => !is.has(exact(each)))
      .map((each) => `the table life does not say that ${where} ${tell(each)}`),
  ];
}

/** Entries whose place among the messages does not follow from that of the one before, and ends that don't fit. */
const PLACES = `
  SELECT 'entry ' || seq || ' of ' || called || ' has the place ' || place ||
    ' among the messages; the one before has ' || before || ', and it is ' ||
    iif(kind < ${REVISE}, 'a message', 'none') AS text
  FROM (SELECT m.seq, m.kind, ${CALLED}, ifnull(m.nth, m.seq) AS place,
      lag(m.seq) OVER log AS last, lag(ifnull(m.nth, m.seq)) OVER log AS before
    FROM message m JOIN room r ON r.id = m.room WHERE r.kind IN (${ROOM}, ${CHAT})
    WINDOW log AS (PARTITION BY m.room ORDER BY m.seq))
  WHERE last = seq - 1 AND place <> before + (kind < ${REVISE})
  UNION ALL
  SELECT 'room ' || r.id || ' (' || json_quote(r.name) || ') says that ' || r.about || ' of its ' ||
    'entries are no messages, and ' || (m.seq - ifnull(m.nth, m.seq)) || ' are not'
  FROM room r JOIN message m ON m.room = r.id AND m.seq = r.last
  WHERE r.kind IN (${ROOM}, ${CHAT}) AND r.about <> m.seq - ifnull(m.nth, m.seq)
  LIMIT ?`;

/** Sentences about wrong places of entries among the messages. Finds at most `limit`. */
export function badPlaces(db: DatabaseSync, limit: number): string[] {
  return db.prepare(PLACES).all(limit).map(({ text }) => String(text));
}
