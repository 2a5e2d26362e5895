/**
 * What a node remembers over a restart besides what is stored: the incarnations, and what the house knew of
 * who is here. The house as a whole is noted now and then, and each message's entries after that.
 */

import type { Entry } from "../chat/log/fact.ts";
import type { AppliedNotes } from "../store/applied_notes.ts";
import type { Incarnation, Incarnations } from "./incarnations.ts";

/** Names of notes. */
const NODES = "nodes";
const COUNTS = "counts";

/** What is remembered of one node. */
export interface Memory {
  /** As of the place where the store stands when it is opened. */
  readonly incarnations: readonly Incarnation[];
  /** Notes what a message has come to, in the transaction of it. */
  enter(seq: number, entries: readonly Entry[], incarnations: Incarnations): void;
}

/** What the notes of a store hold. */
export function remembered(notes: AppliedNotes): Memory {
  const nodes: Incarnation[] = JSON.parse(notes.noted(NODES) ?? "[]");
  const counts: Record<string, number> = JSON.parse(notes.noted(COUNTS) ?? "{}");
  let noted = "";
  return {
    incarnations: nodes.map((each) => ({ ...each, b: counts[each.inc] ?? each.b })),
    enter(_seq, _entries, incarnations): void {
      const { all, alive } = incarnations;
      const now = JSON.stringify(all.map((each) => ({ ...each, b: 0 })));
      if (now !== noted) {
        notes.note(NODES, JSON.stringify(all));
        noted = now;
      }
      notes.note(COUNTS, JSON.stringify(Object.fromEntries(alive.map(({ inc, b }) => [inc, b]))));
    },
  };
}
