/**
 * Entries as JSON, for a house that has to take them in again after it was started: what evolving reads, and
 * nothing else. So no text that was said is in it, and none has to be removed from there.
 */

import { Refusal, type RefusalAbout } from "../refusal.ts";
import type { EnterFact, EnterGrant, Entry, Fact } from "./fact.ts";
import type { Receipt } from "./receipt.ts";

/** A refusal as plain data. */
interface RefusalJson {
  readonly code: string;
  readonly text: string;
  readonly retryAfterMs?: number;
  readonly keepsOut?: true;
  readonly about?: RefusalAbout;
}

/** An entry as plain data: its refusals are {@linkcode RefusalJson}. */
interface EntryJson {
  readonly at: number;
  readonly fact: Fact & { readonly granted?: { readonly refused?: RefusalJson } };
  readonly receipt?: Exclude<Receipt, { refused: Refusal }> | { readonly refused: RefusalJson };
}

/** The JSON of an entry that was granted, or refused in its place. */
export function entryToJson({ at, fact, receipt }: Entry): string {
  return JSON.stringify({ at, fact: bareFact(fact), receipt: receipt && bareReceipt(receipt) });
}

/** The entry of a JSON that {@linkcode entryToJson} has made. Throws an `Error` for any other text. */
export function entryFromJson(text: string): Entry {
  let json: Partial<EntryJson>;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`An entry that is to be replayed is no JSON: ${text.slice(0, 80)}`, {
      cause: error,
    });
  }
  const { at, fact, receipt } = json;
  if (at === undefined || typeof fact?.kind !== "string") {
    throw new Error(`What is to be replayed is no entry: ${text.slice(0, 80)}`);
  }
  const entry = { at, fact: refusalsOf(fact) };
  if (receipt === undefined) return entry;
  return {
    ...entry,
    receipt: "refused" in receipt ? { refused: refusalOf(receipt.refused) } : receipt,
  };
}

/** A fact without what evolving does not read of it: texts, files, reasons. */
function bareFact(fact: Fact): object {
  switch (fact.kind) {
    case "say":
    case "direct": {
      const { file: _file, owner: _owner, mentions: _mentions, refusal: _why, ask: _ask, ...bare } =
        {
          refusal: undefined,
          ...fact,
        };
      return { ...bare, text: "" };
    }
    case "revise":
      return { ...fact, text: "" };
    case "answer":
      return { ...fact, choice: "" };
    case "remove": {
      const { reason: _, ...bare } = fact;
      return bare;
    }
    case "people": {
      const { mod: _, ...bare } = fact;
      return bare;
    }
    case "enter": {
      const refused = fact.granted?.refused;
      if (refused === undefined) return fact;
      return { ...fact, granted: { ...fact.granted, refused: refusalJson(refused) } };
    }
    default:
      return fact;
  }
}

/** A receipt without what was quoted, and by whom. */
function bareReceipt(receipt: Receipt): object {
  if ("seq" in receipt) return { seq: receipt.seq };
  return "refused" in receipt ? { refused: refusalJson(receipt.refused) } : receipt;
}

/** A fact as it was, with its refusals made of what they are as plain data. */
function refusalsOf(fact: EntryJson["fact"]): Fact {
  const { granted } = fact;
  if (fact.kind !== "enter" || granted?.refused === undefined) return fact as Fact;
  const refused = refusalOf(granted.refused);
  const { granted: _, ...enter } = fact;
  return { ...enter, granted: { ...granted as unknown as EnterGrant, refused } } as EnterFact;
}

function refusalJson({ code, message, retryAfterMs, keepsOut, about }: Refusal): RefusalJson {
  return {
    ...{ code, text: message },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(keepsOut ? { keepsOut } : {}),
    ...(Object.keys(about).length === 0 ? {} : { about }),
  };
}

function refusalOf({ code, text, retryAfterMs, keepsOut, about }: RefusalJson): Refusal {
  return new Refusal(code, text, retryAfterMs, keepsOut, about);
}
