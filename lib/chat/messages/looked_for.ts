/** A search in parts: what a message must have to be found, in memory and on disk alike. */

import { nameKey } from "../../words/names.js";
import { type Wanted, wantedTerms } from "../../words/search.js";
import { Refusal } from "../refusal.ts";
import type { Search } from "./history.ts";
import { type ReadLog, roomLog } from "./log_key.ts";
import { checkCost, dateMs, parseQuery } from "./query.ts";

/** What a message must have; `undefined` stands for anything. */
export interface LookedFor {
  readonly logs: readonly ReadLog[];
  readonly wanted: readonly Wanted[];
  /** Words by which nothing can be found; they are left out. */
  readonly ignored: readonly string[];
  /** The key of the speaker's name. */
  readonly sender: string | undefined;
  /** It was said at that time or later, and before that one; in ms since 1970. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/**
 * Reads a search; `undefined` for an empty one. Throws a {@linkcode Refusal} (`bad-query`) for one that is
 * wrong, and for one without a word by which something can be found.
 */
export function lookedFor({ query: text, logs, from, before }: Search): LookedFor | undefined {
  const query = parseQuery(text);
  const { wanted, unsearchable: ignored } = wantedTerms(query.words, query.phrases);
  checkCost(wanted);
  const only = query.room === undefined ? undefined : roomLog(nameKey(query.room));
  const speaker = from ?? query.from;
  const since = query.after === undefined ? undefined : dateMs(query.after);
  const until = query.before === undefined ? undefined : dateMs(query.before);
  const isNarrow = [speaker, since, until, before].some((value) => value !== undefined);
  if (wanted.length === 0 && !isNarrow) {
    if (ignored.length === 0) return undefined;
    throw new Refusal(
      "bad-query",
      `Nothing can be found by ${
        ignored.join(" ")
      }: a search needs letters, digits, or signs such ` +
        "as emoji",
    );
  }
  return {
    logs: only === undefined ? logs : logs.filter((log) => log === only),
    wanted,
    ignored,
    sender: speaker === undefined ? undefined : nameKey(speaker),
    since,
    until,
  };
}
