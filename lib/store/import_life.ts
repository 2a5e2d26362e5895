/** Judges what an import says was done about messages as the server judges what people do. */

import type { DatabaseSync } from "node:sqlite";
import { judgeLife } from "../chat/log/judge_life.ts";
import type { LifeFact } from "../chat/log/life_facts.ts";
import { roomLog } from "../chat/messages/log_key.ts";
import type { Reactor } from "../chat/messages/history.ts";
import { type ChoiceQuestion, questionIn } from "../chat/messages/question.ts";
import type { SentFile } from "../wire/events.ts";
import { REQUESTS } from "../wire/requests.ts";
import { captionedText } from "../words/files.js";
import { reactionKey } from "../words/reaction.js";
import { ANSWER, PIN, REACT, REMOVE, REVISE } from "./columns.ts";
import type { LineAbout } from "./import_line.ts";
import { lifeKnown } from "./life_log.ts";
import { extraOf, fileOf } from "./message_row.ts";
import { entryAt } from "./readable.ts";
import type { RoomRow } from "./rows.ts";
import { getRow } from "./sql.ts";

/** Who has done all of it: whose the messages are nobody knows here. */
const BY = "import";
const ANSWERER = "answers of an import";

/** What stands for the text that the edit of a message had which is removed later in the file. */
const EMPTIED = "…";

/**
 * The line as it may be stored, about the message `re`, or the code with which a server would have
 * refused it, which also depends on what was done before. `isEmptied`: that message is removed later.
 */
export function judgeLine(
  db: DatabaseSync,
  room: Pick<RoomRow, "id" | "name">,
  line: LineAbout,
  re: number,
  isEmptied: boolean,
): LineAbout | string {
  // Of an answer to what is removed later nothing is left to be judged.
  if (line.kind === ANSWER && line.rest.choice === undefined && isEmptied) return line;
  const shown = shownWell(line);
  if (shown === undefined) return "bad-reaction";
  const fact = factOf(isEmptied ? { ...shown, text: EMPTIED } : shown, room.name, re);
  const file = line.kind === REVISE ? fileAt(db, room, re) : undefined;
  const sql = "SELECT 1 FROM life WHERE room = ? AND kind = ? AND re = ?";
  const isRemoved = getRow(db, sql, room.id, REMOVE, re) !== undefined;
  const target = isRemoved
    ? undefined
    : { at: line.at, session: BY, from: "", file, question: questionAt(db, room, re) };
  const judged = judgeLife(fact, line.at, lifeKnown(db, room, fact, target));
  if (judged !== undefined) {
    return "refused" in judged ? judged.refused.code : "nothing changes";
  }
  // The text of an edit goes on saying that its message brings a file.
  return file === undefined ? shown : { ...shown, text: captionedText(shown.text, file) };
}

/** The file that a message brings. */
function fileAt(db: DatabaseSync, room: Pick<RoomRow, "id">, re: number): SentFile | undefined {
  const said = entryAt(db, room, re);
  return said && fileOf(said);
}

/** The question of a message, which everybody may have answered: whom it names nobody knows here. */
function questionAt(
  db: DatabaseSync,
  room: Pick<RoomRow, "id">,
  re: number,
): ChoiceQuestion | undefined {
  const question = questionIn(extraOf(entryAt(db, room, re) ?? {}));
  if (question === undefined) return undefined;
  const { from: _, who: __, role: ___, ...open } = question;
  return open;
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
    case ANSWER: {
      const { choice = "", who } = rest;
      // Nobody answers what it has asked itself.
      return { kind: "answer", ...about, by: ANSWERER, choice, who: who as Reactor };
    }
    case PIN:
      return { kind: "pin", ...about, ...(rest.off ? { off: true } : {}) };
    default:
      return { kind: "remove", ...about, mayAny: true };
  }
}
