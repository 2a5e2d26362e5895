/** Makes entries of what the writer has stored, and has the index note them. */

import type { Entry, StayingFact } from "../chat/log/fact.ts";
import { idReused } from "../chat/messages/fingerprint.ts";
import { Refusal } from "../chat/refusal.ts";
import type { LocalIndex } from "./local_index.ts";
import type { Odd, Receipts } from "./packing.ts";
import { roomLimit } from "./refusals.ts";

/** Says why a fact could not be stored that SQLite refused for a reason of its own. */
export type FailedWith = (fact: StayingFact, why: string) => Refusal;

/**
 * The entry of each fact of a parcel, by its place in it. The index notes what is stored when the entry is
 * made, so ask for them in order, and for each just before it is told.
 */
export function entriesOf(
  facts: readonly StayingFact[],
  receipts: Receipts,
  index: LocalIndex,
  failedWith: FailedWith,
): (place: number) => Entry {
  const odd = new Map(receipts.odd.map((each) => [each.index, each]));
  return (place) => {
    const fact = facts[place] as StayingFact;
    const each = odd.get(place);
    return each === undefined
      ? storedEntry(fact, place, receipts, index)
      : oddEntry(fact, receipts.at, each, index, failedWith);
  };
}

/** The entry of a fact that was simply stored. */
function storedEntry(
  fact: StayingFact,
  place: number,
  { at, seqs, ns, told }: Receipts,
  index: LocalIndex,
): Entry {
  switch (fact.kind) {
    case "say":
    case "direct": {
      const seq = seqs[place] as number;
      const n = ns?.[place] ?? 0;
      index.note(fact, seq, at, n);
      return { at, fact, receipt: { seq, ...(n === 0 ? {} : { n }), ...told?.get(place) } };
    }
    case "revise":
    case "remove":
    case "react":
    case "pin":
    case "answer": {
      const seq = seqs[place] as number;
      const receipt = { seq, ...told?.get(place) };
      index.noteAbout(fact, receipt, at);
      return { at, fact, receipt };
    }
    case "topic":
      index.setTopic(fact, at);
      return { at, fact };
    case "people":
    case "list":
      index.change(fact.changes);
      return { at, fact };
    case "session-forget":
      index.forget(fact.hashes);
      return { at, fact };
    case "retain":
      index.trim(fact.cuts);
      return { at, fact };
    default:
      return { at, fact };
  }
}

/** The entry of a fact that the receipts list as odd. */
function oddEntry(
  fact: StayingFact,
  at: number,
  odd: Odd,
  index: LocalIndex,
  failedWith: FailedWith,
): Entry {
  const refused = (refusal: Refusal): Entry => ({ at, fact, receipt: { refused: refusal } });
  switch (odd.kind) {
    case "again":
      return { at, fact, receipt: { again: odd.receipt } };
    case "absent":
      return { at, fact, receipt: { absent: true } };
    case "reused":
      return refused(idReused("id" in fact ? fact.id : undefined));
    case "full":
      return refused(roomLimit("title" in fact ? fact.title : ""));
    case "refused":
      return refused(new Refusal(odd.code, odd.text));
    case "failed":
      return refused(failedWith(fact, odd.why));
    case "removed": {
      const { rooms: gone, floor } = odd.removed;
      index.removed(odd.removed);
      const cuts = fact.kind === "retain" ? fact.cuts : [];
      index.trim(cuts);
      return { at, fact: { kind: "retain", cuts, gone, floor } };
    }
  }
}
