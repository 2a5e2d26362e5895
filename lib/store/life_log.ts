/** Stores what is done about messages. Whether it may be is judged here, in its place in the order. */

import type { DatabaseSync } from "node:sqlite";
import {
  type AboutWhat,
  type EntryPlace,
  isOwn,
  judgeLife,
  type LifeKnown,
  lifeTold,
  noSuchMessage,
} from "../chat/log/judge_life.ts";
import type { LifeFact, ReactFact } from "../chat/log/life_facts.ts";
import type { Again } from "../chat/log/receipt.ts";
import { isoTime } from "../chat/log/times.ts";
import type { Unchanged } from "../chat/log/unchanged_ids.ts";
import { quoteOf } from "../chat/messages/fold.ts";
import {
  type ChoiceQuestion,
  type GivenAnswer,
  questionIn,
  questionJson,
} from "../chat/messages/question.ts";
import { isChatLog } from "../chat/messages/log_key.ts";
import type { Refusal } from "../chat/refusal.ts";
import { ANSWER, PIN, REACT, REMOVE, REVISE, TAKEN_BACK } from "./columns.ts";
import type { EntryToInsert, Inserts, Outcomes } from "./inserts.ts";
import { switchOf, takeEffect } from "./life_effects.ts";
import { authorOf, extraOf, fileOf, isIntact } from "./message_row.ts";
import { entryAt, newestAt } from "./readable.ts";
import type { RoomRow } from "./rows.ts";
import { getNumber, getRow, getRows } from "./sql.ts";

/** The kinds of entries, see columns.ts. */
const KINDS: Readonly<Record<LifeFact["kind"], number>> = {
  revise: REVISE,
  remove: REMOVE,
  react: REACT,
  pin: PIN,
  answer: ANSWER,
};

/** What the row of a fact about a message says. */
export function contentOf(fact: LifeFact): Pick<EntryToInsert, "message" | "re" | "extra"> {
  const text = fact.kind === "revise" ? fact.text : "";
  const rest = restOf(fact);
  return {
    message: { id: fact.id ?? null, action: KINDS[fact.kind], text },
    re: fact.re,
    ...(Object.keys(rest).length === 0 ? {} : { extra: JSON.stringify(rest) }),
  };
}

function restOf(fact: LifeFact): object {
  switch (fact.kind) {
    case "revise":
      return {};
    case "remove":
      return fact.reason === undefined ? {} : { reason: fact.reason };
    case "react":
      return { key: fact.key, who: fact.who, ...(fact.off ? { off: true } : {}) };
    case "pin":
      return fact.off ? { off: true } : {};
    case "answer":
      return { choice: fact.choice, who: fact.who };
  }
}

/** What else there is to a message: the question that it asks. */
export function extraOfAsked(question: ChoiceQuestion | undefined): Pick<EntryToInsert, "extra"> {
  return question === undefined ? {} : { extra: questionJson(question) };
}

/** The results of a parcel that may have such facts. */
export interface LifeOutcomes extends Outcomes {
  readonly unchanged: Unchanged;
}

/** Stores a fact about a message, in the row made for it, or notes why it isn't. */
export function storeLife(
  db: DatabaseSync,
  inserts: Inserts,
  outcomes: LifeOutcomes,
  asked: EntryToInsert,
  fact: LifeFact,
): void {
  const { index, room } = asked;
  // Before it is judged: what is waiting may be its message, and other things done about that.
  inserts.flush(outcomes);
  const target = targetAt(db, room, fact.re);
  const told = target === undefined ? {} : lifeTold(fact, target);
  const row = withTold(asked, fact, told);
  const earlier = inserts.repeated(row);
  if (earlier !== undefined) return void outcomes.odd.push(earlier);
  const unchanged = outcomes.unchanged.find(fact);
  if (unchanged !== undefined) return noteAgain(outcomes, index, unchanged);
  const judged = judgeLife(fact, outcomes.at, lifeKnown(db, room, fact, target));
  if (judged !== undefined) {
    if ("refused" in judged) return noteRefusal(outcomes, index, judged.refused);
    const again = againOf(fact, judged.again);
    outcomes.unchanged.note(fact, again);
    return noteAgain(outcomes, index, again);
  }
  inserts.add(row);
  inserts.flush(outcomes);
  const seq = outcomes.seqs[index] as number;
  if (seq === 0) return;
  const { key, who, off } = fact as Partial<ReactFact>;
  takeEffect(db, room, { kind: KINDS[fact.kind], re: fact.re, key, who, off }, seq);
  if (told.file !== undefined || told.choice !== undefined) outcomes.told.set(index, told);
  if (fact.kind === "remove" && target !== undefined && !isOwn(fact, target)) {
    outcomes.told.set(index, { whose: target.from });
  }
}

function withTold(
  row: EntryToInsert,
  fact: LifeFact,
  { text, choice }: ReturnType<typeof lifeTold>,
): EntryToInsert {
  if (fact.kind === "answer" && choice !== undefined) {
    return { ...row, ...contentOf({ ...fact, choice }) };
  }
  return text === undefined ? row : { ...row, message: { ...row.message, text } };
}

/**
 * Looks for what a message answers, and notes how that begins. False, with the refusal noted, if there is no
 * such message.
 */
export function findAnswered(
  db: DatabaseSync,
  outcomes: Outcomes,
  { index, room, title, re }: EntryToInsert,
): boolean {
  if (re === undefined) return true;
  const message = newestAt(db, room, re);
  if (message === undefined || message.text === "" || message.withheld !== undefined) {
    noteRefusal(outcomes, index, noSuchMessage({ re, title }));
    return false;
  }
  const quote = quoteOf(message);
  if (quote !== undefined) outcomes.told.set(index, { quote });
  return true;
}

function againOf({ log, title: room }: LifeFact, { seq, at }: EntryPlace): Again {
  return { room, seq, at: isoTime(at), ...(isChatLog(log) ? { log } : {}) };
}

function noteAgain({ odd }: Outcomes, index: number, receipt: Again): void {
  odd.push({ index, kind: "again", receipt });
}

/** Notes a refusal, which may go to another thread. */
export function noteRefusal({ odd }: Outcomes, index: number, { code, message }: Refusal): void {
  odd.push({ index, kind: "refused", code, text: message });
}

/** A message that a fact is about, with the name of who said it. */
interface Target extends AboutWhat {
  readonly from: string;
}

function targetAt(db: DatabaseSync, room: RoomRow, seq: number): Target | undefined {
  const row = entryAt(db, room, seq);
  if (row === undefined || Number(row["action"]) >= REVISE || row["text"] === "") return undefined;
  if (!isIntact(row, room.sum)) return undefined;
  const session = row["session"] === null
    ? undefined
    : getRow(db, "SELECT hash FROM session WHERE id = ?", Number(row["session"]))?.["hash"];
  return {
    at: Number(row["at"]),
    author: authorOf(row),
    session: session === undefined ? undefined : (session as Uint8Array).toHex(),
    from: String(row["sender"]),
    file: fileOf(row),
    question: questionIn(extraOf(row)),
  };
}

/** What the tables know of the message of a fact, which is `target`. */
export function lifeKnown(
  db: DatabaseSync,
  { id: room }: Pick<RoomRow, "id">,
  fact: LifeFact,
  target: Target | undefined,
): LifeKnown {
  const { re, key = "", who = "" } = fact as Partial<ReactFact> & LifeFact;
  const countOf = (kind: number, key: string): number => {
    const sql = "SELECT n FROM life WHERE room = ? AND kind = ? AND re = ? AND key = ? AND who = ?";
    return getNumber(db, sql, room, kind, re, key, who);
  };
  return {
    target: () => target,
    edits: () => {
      const sql = "SELECT n FROM life WHERE room = ? AND kind = ? AND re = ?";
      return getNumber(db, sql, room, REVISE, re);
    },
    keys: () => keysAt(db, room, re),
    ownKeys: () => new Set([...keysAt(db, room, re)].filter((key) => countOf(REACT, key) > 0)),
    takenBack: () => countOf(TAKEN_BACK, key),
    // On the disk no message goes for it.
    hasRoom: () => true,
    latest: () => {
      const { key, who, on, off } = switchOf({
        ...fact as Partial<ReactFact>,
        kind: KINDS[fact.kind],
      });
      for (const kind of [on, off]) {
        const sql =
          "SELECT seq, (SELECT at FROM message m WHERE m.room = l.room AND m.seq = l.seq) " +
          "AS at FROM life l WHERE room = ? AND kind = ? AND re = ? AND key = ? AND who = ?";
        const row = getRow(db, sql, room, kind, re, key, who);
        if (row !== undefined) {
          return { seq: Number(row["seq"]), at: Number(row["at"]), off: kind === off };
        }
      }
      return undefined;
    },
    pins: () => {
      return getNumber(db, "SELECT count(*) AS n FROM life WHERE room = ? AND kind = ?", room, PIN);
    },
    answers: () => answersAt(db, room, re),
  };
}

/** What was answered to the question of a message, in order. */
function answersAt(db: DatabaseSync, room: number, re: number): readonly GivenAnswer[] {
  const rows = getRows(
    db,
    "SELECT l.who, m.extra, n.name FROM life l JOIN message m ON m.room = l.room AND m.seq = l.seq " +
      "JOIN name n ON n.id = m.sender WHERE l.room = ? AND l.kind = ? AND l.re = ? ORDER BY l.seq",
    ...[room, ANSWER, re],
  );
  return rows.map(({ who, extra, name }) => {
    const { choice = "" } = JSON.parse(String(extra ?? "{}")) as { readonly choice?: string };
    return { who: String(who), choice, from: String(name) };
  });
}

/** The different keys of the reactions to a message: of each the first row is looked up. */
function keysAt(db: DatabaseSync, room: number, re: number): Set<string> {
  const next = `SELECT min(key) FROM life WHERE room = ?1 AND kind = ${REACT} AND re = ?2`;
  const rows = getRows(
    db,
    `WITH RECURSIVE keys (key) AS (${next}
      UNION ALL SELECT (${next} AND key > keys.key) FROM keys WHERE keys.key IS NOT NULL)
      SELECT key FROM keys WHERE key IS NOT NULL`,
    ...[room, re],
  );
  return new Set(rows.map(({ key }) => String(key)));
}
