// @ts-check
/** Questions with choices: which choice is meant, when one is settled, and the sentences for them. */

import { lateRegExp } from "./late_regexp.js";

/** @import { EventOf, Message } from "../wire/events.ts" */
/** @typedef {NonNullable<Message["ask"]>} AskedQuestion */

/** No choice is as long as this, in UTF-16 code units; to normalize a long text can take very long. */
const TOO_LONG = 256;

const unseen = lateRegExp("\\p{Cf}", "gu");

/** A choice without what people leave out or add when they type it, and what is not seen. @type {(text: string) => string} */
export function plainChoice(text) {
  const typed = text.trim();
  if (typed.length > TOO_LONG) return typed;
  return typed.normalize("NFKC").toLowerCase().replaceAll(unseen(), "");
}

/**
 * The choice that a text means, however it is spelled; `undefined`: none.
 * @type {(choices: readonly string[], text: string) => string | undefined}
 */
export function choiceMeant(choices, text) {
  const plain = plainChoice(text);
  return choices.find((choice) => plainChoice(choice) === plain);
}

/**
 * The choice that so many people have answered as the question needs; `undefined`: none yet.
 * @type {(question: { readonly quorum?: number }, answers: readonly { readonly choice: string }[]) => string | undefined}
 */
export function settledBy({ quorum = 1 }, answers) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { choice } of answers) {
    const count = (counts.get(choice) ?? 0) + 1;
    if (count >= quorum) return choice;
    counts.set(choice, count);
  }
  return undefined;
}

/**
 * Whether a question waits for answers at a time, in ms since 1970 of a clock that may be some way off: it is
 * not settled, and not too late.
 * @type {(question: { readonly quorum?: number, readonly until?: string }, answers: readonly { readonly choice: string }[], now: number) => boolean}
 */
export function isOpenQuestion(question, answers, now) {
  const { until } = question;
  const isLate = until !== undefined && now > Date.parse(until);
  return !isLate && settledBy(question, answers) === undefined;
}

/** What can be answered, and by whom: `yes or no (bob)`. @type {(question: AskedQuestion) => string} */
export function askedText({ choices, from = [], role, quorum = 1 }) {
  const whose = [...from, ...(role === undefined ? [] : [`any ${role}`])].join(", ");
  const who = whose === "" ? "" : ` (${whose})`;
  const many = quorum === 1 ? "" : `, ${quorum} of the same`;
  return `${orList(choices)}${who}${many}`;
}

/**
 * What a question says of its choices, and how it is answered: `yes or no: /answer 57 yes`. `asker`: who has
 * asked, where the line has to say it; `sign`: what commands begin with.
 * @type {(question: AskedQuestion, seq: number, asker?: string, sign?: string) => string}
 */
export function choicesText(question, seq, asker, sign = "/") {
  const name = asker === undefined ? "" : ` @${/\s/.test(asker) ? `"${asker}"` : asker}`;
  return `${askedText(question)}: ${sign}answer${name} ${seq} ${question.choices[0]}`;
}

/**
 * What was answered: `ann: yes, bob: yes`.
 * @type {(answers: readonly { readonly from: string, readonly choice: string }[]) => string}
 */
export function answersText(answers) {
  return answers.map(({ from, choice }) => `${from}: ${choice}`).join(", ");
}

/** What is told of an answer. @type {(event: Pick<EventOf<"answered">, "from" | "re" | "choice">) => string} */
export function answeredText({ from, re, choice }) {
  return `${from} answered question ${re}: ${choice}`;
}

/** @type {(words: readonly string[]) => string} */
function orList(words) {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
