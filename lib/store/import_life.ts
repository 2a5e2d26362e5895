/** Judges what an import says was done about messages as the server judges what people do. */

import type { DatabaseSync } from "node:sqlite";
import { judgeLife } from "../chat/log/judge_life.ts";
import type { LifeFact } from "../chat/log/life_facts.ts";
import { roomLog } from "../chat/messages/log_key.ts";
import type { Reactor } from "../chat/messages/history.ts";
import { REQUESTS } from "../wire/requests.ts";
import { captionedText } from "../words/files.js";
import { reactionKey } from "../words/reaction.js";
import { PIN, REACT, REMOVE, REVISE } from "./columns.ts";
import type { LineAbout } from "./import_line.ts";
import { lifeKnown } from "./life_log.ts";
import { fileOf } from "./message_row.ts";
import { entryAt } from "./readable.ts";
import type { RoomRow } from "./rows.ts";
import { getRow } from "./sql.ts";

/** Who has done all of it: whose the messages are nobody knows here. */
const BY = "import";

/**
 * The line as it may be stored, about the message `re`, or the code with which a server would have
 * refused it, which also depends on what was done before.
 */
export function judgeLine(
  db: DatabaseSync,
  room: Pick<RoomRow, "id" | "name">,
  line: LineAbout,
  re: number,
): LineAbout | string {
  const shown = shownWell(line);
  if (shown === undefined) return "bad-reaction";
  const fact = factOf(shown, room.name, re);
  const sql = "SELECT 1 FROM life WHERE room = ? AND kind = ? AND re = ?";
  const isRemoved = getRow(db, sql, room.id, REMOVE, re) !== undefined;
  const target = isRemoved ? undefined : { at: line.at, session: BY, from: "" };
  const judged = judgeLife(fact, line.at, lifeKnown(db, room, fact, target));
  if (judged === undefined) return captioned(db, room, shown, re);
  return "refused" in judged ? judged.refused.code : "nothing changes";
}

/** The line of an edit as it is stored: where its message brings a file, the text goes on saying so. */
function captioned(
  db: DatabaseSync,
  room: Pick<RoomRow, "id">,
  line: LineAbout,
  re: number,
): LineAbout {
  const said = line.kind !== REVISE || line.text === "" ? undefined : entryAt(db, room, re);
  const file = said && fileOf(said);
  return file === undefined ? line : { ...line, text: captionedText(line.text, file) };
}

/** The line with its key as the server writes it, and without a reason that nobody can give. */
function shownWell(line: LineAbout): LineAbout | undefined {
  const { kind, rest } = line;
  if (kind === REACT) {
    const key = reactionKey(rest.key ?? "");
    return key === undefined ? undefined : { ...line, rest: { ...rest, key } };
  }
  const { reason } = rest;
  if (reason === undefined || isReason(reason)) return line;
  return { ...line, rest: {}, isChanged: true };
}

function isReason(reason: string): boolean {
  return reason.length <= REQUESTS.remove.reason.most && !/[\r\n\u2028\u2029]/.test(reason);
}

function factOf({ key, kind, text, from, rest }: LineAbout, title: string, re: number): LifeFact {
  const about = { log: roomLog(key), title, re, from, by: BY };
  switch (kind) {
    case REVISE:
      return { kind: "revise", ...about, text, windowMs: Infinity };
    case REACT: {
      const { key = "", who, off } = rest;
      return {
        ...{ kind: "react", ...about, key, who: who as Reactor },
        ...(off ? { off } : {}),
      };
    }
    case PIN:
      return { kind: "pin", ...about, ...(rest.off ? { off: true } : {}) };
    default:
      return { kind: "remove", ...about, mayAny: true };
  }
}
