/**
 * The index of words. Each term of a message begins with a mark of the log that it was said in, so that
 * a search looks only at what was said where the person may read. If it looked everywhere and left out
 * the rest afterwards, it would take longer where something hidden matches, and tell of it by that.
 */

import type { DatabaseSync } from "node:sqlite";
import { messageTerms } from "../chat/messages/message_terms.ts";
import type { Wanted } from "../words/search.js";
import { metaOf } from "./meta.ts";
import { runSql } from "./sql.ts";

/** Ends the mark of a log. It is no letter of any term: people's texts lose it. */
const END = "\ue001";

/** What the terms of a log begin with; `room` is the id of its row. */
function markOf(room: number): string {
  return room.toString(36) + END;
}

/** Terms of what was said in a log, as the index has them. */
export function markedTerms(room: number, terms: readonly string[]): string {
  const mark = markOf(room);
  return terms.map((term) => mark + term).join(" ");
}

/** Up to which id the entries of the database are in the index. */
export function indexedUpTo(db: DatabaseSync): number {
  return Number(metaOf(db, "indexed") ?? 0);
}

/** Puts what a message says into the index, which must not have it. `room` is the id of its log's row. */
export function putTerms(db: DatabaseSync, id: number, room: number, text: string): void {
  const terms = markedTerms(room, messageTerms(text));
  runSql(db, "INSERT INTO message_words (rowid, terms) VALUES (?, ?)", id, terms);
}

/**
 * The expression for `MATCH` of SQLite's full-text index: what is wanted must all be in one of the rooms
 * (or conversations) with these ids. Terms hold only letters, digits and signs beyond ASCII, and are
 * quoted strings of FTS5, so nothing in them is syntax.
 */
export function toMatch(rooms: readonly number[], wanted: readonly Wanted[]): string {
  const inRoom = (room: number): string => {
    const quoted = ({ terms, isPrefix }: Wanted): string =>
      `"${markedTerms(room, terms)}"${isPrefix ? "*" : ""}`;
    return `(${wanted.map(quoted).join(" AND ")})`;
  };
  return rooms.map(inRoom).join(" OR ");
}
