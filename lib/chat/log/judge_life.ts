/**
 * What becomes of a fact about a message, by what only the log knows: judged in the fact's place in the
 * order, in memory and on disk alike.
 */

import type { SentFile } from "../../wire/events.ts";
import { captionedText } from "../../words/files.js";
import { Refusal, spanText } from "../refusal.ts";
import type { LifeFact, ReactFact, RemoveFact, ReviseFact } from "./life_facts.ts";
import type { StoredNow } from "./receipt.ts";

/** How often a message may be edited. */
export const MAX_EDITS = 100;
/** How many different reactions a message may have. */
export const MAX_KEYS = 20;
/** How many of them one person may give. */
export const MAX_OWN_KEYS = 5;
/** How often one person may take back one reaction to one message, to give it again. */
export const MAX_TAKEN_BACK = 10;
/** How many messages of a room may be pinned. */
export const MAX_PINS = 50;

/** A message that a fact is about. */
export interface AboutWhat {
  /** When it was said, in ms since 1970. */
  readonly at: number;
  /** The account that said it, and the session, as far as they are known. */
  readonly author?: string | undefined;
  readonly session?: string | undefined;
  /** The file that it brings. */
  readonly file?: SentFile | undefined;
}

/** An entry of the log, as a receipt tells it. */
export interface EntryPlace {
  readonly seq: number;
  /** In ms since 1970. */
  readonly at: number;
}

/** What a log knows of the message of a fact; each is asked only where it matters. */
export interface LifeKnown {
  /** The message; `undefined` where there is none, it is damaged or was removed, or it is no message. */
  target(): AboutWhat | undefined;
  /** How often it was edited. */
  edits(): number;
  /** The different keys of the reactions that it has now. */
  keys(): ReadonlySet<string>;
  /** Those of them that this person has given. */
  ownKeys(): ReadonlySet<string>;
  /** How often this person has taken back this reaction. */
  takenBack(): number;
  /** Whether there is room for one more reaction of this person, so that no message has to go for it. */
  hasRoom(): boolean;
  /** The last entry by which this person has given this reaction, or by which the message was pinned. */
  latest(): (EntryPlace & { readonly off: boolean }) | undefined;
  /** How many messages of the room are pinned now. */
  pins(): number;
}

/** What is not to be kept: it may not be, or nothing changes by it, and its place is an earlier one. */
export type LifeJudgement = { readonly refused: Refusal } | { readonly again: EntryPlace };

/** What a receipt says of an edit whose message brings a file; of all else, nothing. */
export function fileTold(
  fact: LifeFact,
  { file }: Pick<AboutWhat, "file">,
): Pick<StoredNow, "text" | "file"> {
  if (fact.kind !== "revise" || file === undefined) return {};
  return { text: captionedText(fact.text, file), file };
}

/** Judges a fact at the time `at`, in ms since 1970; `undefined`: it is to be kept. */
export function judgeLife(fact: LifeFact, at: number, known: LifeKnown): LifeJudgement | undefined {
  const { refusal } = fact;
  if (refusal !== undefined) return { refused: new Refusal(refusal.code, refusal.text) };
  const target = known.target();
  if (target === undefined) return { refused: noSuchMessage(fact) };
  switch (fact.kind) {
    case "revise":
      return refused(whyNotRevised(fact, at, target, known));
    case "remove":
      return fact.mayAny || isOwn(fact, target) ? undefined : refused(notYoursToRemove());
    case "react":
      return judgeSwitch(fact, target, known, () => whyNotReact(fact, known));
    case "pin":
      return judgeSwitch(fact, target, known, () => {
        return known.pins() < MAX_PINS ? undefined : tooManyPins(fact.title);
      });
  }
}

/** Something that is on or off: nothing changes where it is so already. */
function judgeSwitch(
  { re, off = false }: { readonly re: number; readonly off?: true | false },
  { at }: AboutWhat,
  known: LifeKnown,
  whyNot: () => Refusal | undefined,
): LifeJudgement | undefined {
  const latest = known.latest();
  // What was never on is off since the message was said.
  const since = latest ?? { seq: re, at, off: true };
  if (since.off === off) return { again: { seq: since.seq, at: since.at } };
  return off ? undefined : refused(whyNot());
}

function whyNotReact({ key, title, who }: ReactFact, known: LifeKnown): Refusal | undefined {
  const refuse = (text: string): Refusal => new Refusal("too-many-reactions", text);
  const isGuest = who.startsWith("address ");
  const you = isGuest ? "The guests from your address have" : "You have";
  const own = isGuest
    ? "; guests from one address share their reactions, and who has reserved a name has its own"
    : "";
  const keys = known.keys();
  if (keys.size >= MAX_KEYS && !keys.has(key)) {
    return refuse(
      `A message has at most ${MAX_KEYS} different reactions; give one that it has`,
    );
  }
  if (known.ownKeys().size >= MAX_OWN_KEYS) {
    return refuse(
      `${you} given this message ${MAX_OWN_KEYS} different reactions, which is the limit; ` +
        `take one of them back first${own}`,
    );
  }
  if (known.takenBack() >= MAX_TAKEN_BACK) {
    return refuse(
      `${you} taken back ${key} ${MAX_TAKEN_BACK} times; give this message another reaction${own}`,
    );
  }
  if (known.hasRoom()) return undefined;
  return refuse(
    `There are so many reactions in ${title} that messages would have to go for more; say something`,
  );
}

function whyNotRevised(
  { windowMs, text, ...fact }: ReviseFact,
  at: number,
  target: AboutWhat,
  known: LifeKnown,
): Refusal | undefined {
  if (!isOwn(fact, target)) {
    return new Refusal("not-yours", "Only who has said a message can edit it");
  }
  if (text === "" && target.file === undefined) {
    const why = "A message needs a text; only what is said with a file can be taken away";
    return new Refusal("empty-text", why);
  }
  if (at - target.at > windowMs) return tooLate(windowMs);
  if (known.edits() < MAX_EDITS) return undefined;
  return new Refusal(
    "too-many-edits",
    `A message can be edited ${MAX_EDITS} times, and this one was; say something new`,
  );
}

/** Whose it is is told by account or session, never by the name; nobody's is nobody's. */
export function isOwn(
  { author, by }: Pick<ReviseFact | RemoveFact, "author" | "by">,
  target: AboutWhat,
): boolean {
  if (target.author !== undefined) return target.author === author;
  return target.session !== undefined && target.session === by;
}

function refused(refusal: Refusal | undefined): LifeJudgement | undefined {
  return refusal === undefined ? undefined : { refused: refusal };
}

/** The refusal for something about a message that is not there. */
export function noSuchMessage(
  { re, title }: { readonly re: number; readonly title: string },
): Refusal {
  return new Refusal(
    "no-such-message",
    `There is no message ${re} in ${title}: it was removed, is kept no longer, or never was one ` +
      "(edits, removals and reactions take numbers, too)",
  );
}

function notYoursToRemove(): Refusal {
  return new Refusal(
    "not-allowed",
    "Only who has said a message, and those who moderate the room, can remove it",
  );
}

function tooLate(windowMs: number): Refusal {
  const text = windowMs === 0
    ? "Messages can't be edited here"
    : `A message can be edited for ${spanText(windowMs)} after it was said; say something new`;
  return new Refusal("too-late", text);
}

function tooManyPins(title: string): Refusal {
  return new Refusal(
    "too-many-pins",
    `${title} has at most ${MAX_PINS} pinned messages; take one off first`,
  );
}
