/** Reads a page of a log though the database is damaged: what can be read, and stubs for the rest. */

import type { DatabaseSync } from "node:sqlite";
import { withheld } from "../chat/messages/fits.ts";
import type { Page, PageRange, Stored } from "../chat/messages/history.ts";
import type { ReadLog } from "../chat/messages/log_key.ts";
import type { Numbers } from "../chat/messages/log_tail.ts";
import { SERVER_NAME } from "../wire/names.ts";
import { REVISE } from "./columns.ts";
import { unlessDamaged } from "./faults.ts";
import { findLog, type InCommon, knownOf, type LogRow, storedOf } from "./log_rows.ts";
import { AFTER } from "./pages.ts";
import { readable } from "./readable.ts";
import { getRow } from "./sql.ts";

/** So many numbers are looked up at most; each is on its own, so that damage to one hides no other. */
const MOST_LOOKED_UP = 10_000;

/** Such a page of a log that has the numbers `kept`. Throws when even the row of the log can't be read. */
export function salvagePage(
  db: DatabaseSync,
  log: ReadLog,
  { after, before = Infinity, limit, session, asker }: PageRange,
  kept: Numbers,
): Page {
  const row = findLog(db, log);
  if (row === undefined) return { entries: [], more: false };
  const known = unlessDamaged(() => knownOf(db, row, session)) ?? knownOf(db, row);
  const low = Math.max(kept.first, (after ?? 0) + 1);
  const high = Math.min(before - 1, kept.last);
  const [start, step] = after === undefined ? [high, -1] : [low, 1];
  const found: Stored[] = [];
  let seq = start;
  const isWithin = (): boolean => seq >= low && seq <= high;
  for (let looks = 0; isWithin() && found.length < limit && looks < MOST_LOOKED_UP; looks++) {
    found.push(...messageAt(db, row, { seq, known, asker, near: found.at(-1) }));
    seq += step;
  }
  return {
    entries: after === undefined ? found.reverse() : found,
    more: isWithin(),
    upTo: row.last,
  };
}

/** Which message is looked up, and for whom. */
interface Looked {
  readonly seq: number;
  readonly known: InCommon;
  readonly asker: string | undefined;
  /** A message beside it: nobody knows when one was said that can't be read. */
  readonly near: Stored | undefined;
}

/** The message with a number, as it is to be read, or a stub for it; nothing for what is no message. */
function messageAt(
  db: DatabaseSync,
  log: LogRow,
  { seq, known, asker, near }: Looked,
): readonly Stored[] {
  const row = unlessDamaged(() => getRow(db, AFTER[log.kind] as string, log.id, seq - 1, 1));
  if (row === undefined || Number(row["seq"]) !== seq) {
    const at = near?.message.at ?? new Date(0).toISOString();
    const lost = { room: known.room ?? "", seq, from: SERVER_NAME, at, text: "" };
    return [{ message: withheld(lost, "damaged") }];
  }
  if (Number(row["action"]) >= REVISE) return [];
  const stored = storedOf(row, known);
  const read = unlessDamaged(() => readable(db, log, [stored], asker));
  return read ?? [{ ...stored, message: withheld(stored.message, "damaged") }];
}
