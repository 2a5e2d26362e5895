/** Makes the entry of a log that a fact about a message becomes. */

import type { LifeEntry } from "../messages/entries.ts";
import type { LifeFact } from "./life_facts.ts";
import type { StoredNow } from "./receipt.ts";
import { isoTime } from "./times.ts";

/** The entry of a fact that was stored with this receipt, at a time in ms since 1970. */
export function asEntry(
  fact: LifeFact,
  { seq, text, file, choice }: Pick<StoredNow, "seq" | "text" | "file" | "choice">,
  at: number,
): LifeEntry {
  const { re, from, author, session, id } = fact;
  const about = {
    ...{ seq, re, from, at: isoTime(at) },
    ...(author === undefined ? {} : { by: author }),
    ...(session === undefined || id === undefined ? {} : { session, id }),
  };
  switch (fact.kind) {
    case "revise":
      return {
        ...{ kind: "revised", ...about, text: text ?? fact.text },
        ...(file === undefined ? {} : { file }),
      };
    case "remove": {
      const { reason } = fact;
      return { kind: "removed", ...about, ...(reason === undefined ? {} : { reason }) };
    }
    case "react": {
      const { key, off, who } = fact;
      return { kind: "reacted", ...about, key, ...(off ? { off } : {}), who };
    }
    case "answer":
      return { kind: "answered", ...about, choice: choice ?? fact.choice, who: fact.who };
    case "pin":
      return { kind: "pinned", ...about, ...(fact.off ? { off: true } : {}) };
  }
}
