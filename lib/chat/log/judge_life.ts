/**
 * What becomes of a fact about a message, by what only the log knows: judged in the fact's place in the
 * order, in memory and on disk alike.
 */

import type { SentFile } from "../../wire/events.ts";
import { captionedText } from "../../words/files.js";
import { choiceMeant, settledBy } from "../../words/question.js";
import { Refusal, spanText } from "../refusal.ts";
import { type ChoiceQuestion, endOf, type GivenAnswer } from "../messages/question.ts";
import type { AnswerFact, LifeFact, ReactFact, RemoveFact, ReviseFact } from "./life_facts.ts";
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
  /** The question that it asks. */
  readonly question?: ChoiceQuestion | undefined;
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
  /** What was answered to the question of the message, in order. */
  answers(): readonly GivenAnswer[];
}

/** What is not to be kept: it may not be, or nothing changes by it, and its place is an earlier one. */
export type LifeJudgement = { readonly refused: Refusal } | { readonly again: EntryPlace };

/** What a receipt says of an edit whose message brings a file, and of an answer; of all else, nothing. */
export function lifeTold(
  fact: LifeFact,
  { file, question }: Pick<AboutWhat, "file" | "question">,
): Pick<StoredNow, "text" | "file" | "choice"> {
  if (fact.kind === "answer") {
    const choice = choiceMeant(question?.choices ?? [], fact.choice);
    return choice === undefined ? {} : { choice };
  }
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
    case "answer":
      return refused(whyNotAnswer(fact, at, target, known));
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
  if (target.question !== undefined) {
    const why =
      "A question can't be edited, since people answer what they have read; remove it and ask anew";
    return new Refusal("not-allowed", why);
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

/** Whether somebody may answer is told by its account or role, and never by its name. */
function whyNotAnswer(
  fact: AnswerFact,
  at: number,
  target: AboutWhat,
  known: LifeKnown,
): Refusal | undefined {
  const { question } = target;
  const { re, title, choice, who } = fact;
  if (question === undefined) {
    return new Refusal(
      "no-such-message",
      `Message ${re} in ${title} asks nothing that has choices`,
    );
  }
  const notAllowed = whyNotAllowed(fact, target, question);
  if (notAllowed !== undefined) return notAllowed;
  if (choiceMeant(question.choices, choice) === undefined) {
    return noSuchChoice(re, question, choice);
  }
  const answers = known.answers();
  const settled = settledBy(question, answers);
  const own = answers.find((each) => each.who === who);
  if (settled !== undefined || own !== undefined) {
    const said = answers.map(({ from, choice }) => `${choice} by ${from}`).join(", ");
    return new Refusal("already-answered", `Message ${re} was answered: ${said}`);
  }
  const end = endOf(question, target.at);
  if (end === undefined || at <= end) return undefined;
  return new Refusal(
    "too-late",
    `Message ${re} could be answered until ${new Date(end).toISOString()}`,
  );
}

function whyNotAllowed(
  fact: AnswerFact,
  target: AboutWhat,
  { who, from = [], role }: ChoiceQuestion,
): Refusal | undefined {
  if (who === undefined && role === undefined) {
    if (!isOwn(fact, target)) return undefined;
    return new Refusal(
      "not-allowed",
      "Whoever has asked does not answer; name who may in the question",
    );
  }
  if (fact.author !== undefined && who?.includes(fact.author)) return undefined;
  if (role !== undefined && fact.roles?.includes(role)) return undefined;
  const may = [
    ...from.length === 0 ? [] : [`who is logged in as ${from.join(", ")}`],
    ...role === undefined ? [] : [`who has the role ${role} or a higher one`],
  ];
  return new Refusal("not-allowed", `Nobody may answer but ${may.join(", or ")}`);
}

/** The refusal for an answer that is none of the choices. */
export function noSuchChoice(
  re: number,
  { choices }: Pick<ChoiceQuestion, "choices">,
  choice: string,
): Refusal {
  return new Refusal(
    "bad-field",
    `The answer to message ${re} must be one of ${choices.join(", ")}, not ${choice.slice(0, 64)}`,
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
