/** What may be asked with choices, and whom a question names. */

import { REQUESTS } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { plainChoice } from "../../words/question.js";
import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import { lookAlike } from "../names/skeleton.ts";
import type { HouseState } from "../house_state.ts";
import type { FactLog } from "../log/fact_log.ts";
import type { ChoiceQuestion } from "../messages/question.ts";
import { Refusal, tryLater } from "../refusal.ts";

/** The level of the order of facts from which on everybody who reads it knows questions and answers. */
const QUESTION_LEVEL = 2;
/** Nodes are replaced one by one, which takes some time. */
const RETRY_MS = 60_000;

/** The most choices of a question, the names in `from`, and the people that a quorum may need. */
const MOST_CHOICES = 10;
const MOST_FROM = 20;
const MOST_QUORUM = 10;
const MAX_FOR_MS = REQUESTS.mod.forMs.most;
/** The longest choice, in UTF-16 code units. */
export const MAX_CHOICE_LENGTH = 64;

/**
 * A question with the accounts that it names, as it is granted. Throws a {@linkcode Refusal} (`bad-field`) for
 * one that is none, and (`no-such-name`) where a name is not reserved: anybody could answer as that.
 */
export function judgeQuestion(
  { people }: Pick<HouseState, "people">,
  asked: ChoiceQuestion,
): ChoiceQuestion {
  const { who: _, ...question } = asked;
  const flaw = questionFlaw(question);
  if (flaw !== undefined) throw new Refusal("bad-field", flaw);
  if (question.choices.some(isSecret)) throw new Refusal("may-be-secret", MAY_BE_SECRET);
  const { from, quorum = 1, role } = question;
  if (from === undefined) return question;
  const accounts = from.map((name) => {
    const account = people.account(nameKey(name));
    if (account !== undefined) return account;
    throw new Refusal(
      "no-such-name",
      `${name.slice(0, 64)} is not reserved, so anybody could answer by that name; ` +
        "ask somebody who has registered",
    );
  });
  const known = [...new Map(accounts.map((account) => [account.id, account])).values()];
  if (quorum > known.length && role === undefined) {
    const text = `Of ${known.length} who may answer there are not ${quorum}, as the quorum wants`;
    throw new Refusal("bad-field", text);
  }
  return { ...question, from: known.map(({ name }) => name), who: known.map(({ id }) => id) };
}

/** What is wrong with a question, in a sentence; `undefined`: nothing. */
export function questionFlaw(
  { choices, from, forMs = 1, quorum = 1 }: ChoiceQuestion,
): string | undefined {
  if (choices.length === 0 || choices.length > MOST_CHOICES) {
    return `A question has 1 to ${MOST_CHOICES} choices, not ${choices.length}`;
  }
  const odd = choices.find((choice) => !isChoice(choice));
  if (odd !== undefined) {
    return `A choice is one line of 1 to ${MAX_CHOICE_LENGTH} characters without space around it, not ` +
      JSON.stringify(odd.slice(0, 80).toWellFormed());
  }
  if (new Set(choices.map(plainChoice)).size < choices.length) {
    return `The choices of a question differ in more than case, unlike ${choices.join(", ")}`;
  }
  if (forMs < 1 || forMs > MAX_FOR_MS) {
    return `A question is open for 1 to ${MAX_FOR_MS} ms, not ${forMs}`;
  }
  if (quorum < 1 || quorum > MOST_QUORUM) {
    return `The quorum of a question is 1 to ${MOST_QUORUM} people, not ${quorum}`;
  }
  if (from === undefined || from.length > 0 && from.length <= MOST_FROM) return undefined;
  return `A question names 1 to ${MOST_FROM} who may answer, not ${from.length}`;
}

function isChoice(choice: string): boolean {
  return /[^\p{M}\p{Cf}\s]/u.test(choice) && choice.length <= MAX_CHOICE_LENGTH &&
    choice.trim() === choice && choice.isWellFormed() &&
    // What is not seen, or turns the order of letters; emoji are joined by one of these.
    !/(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(choice);
}

/** Which choices can't be told apart by who reads them, in a sentence; `undefined`: none. */
function alikeIn(choices: readonly string[]): string | undefined {
  // What is wrong with them otherwise is told where it is judged.
  if (choices.length > MOST_CHOICES || !choices.every(isChoice)) return undefined;
  for (const [at, choice] of choices.entries()) {
    const other = choices.slice(0, at).find((each) =>
      plainChoice(each) !== plainChoice(choice) && lookAlike(each, choice)
    );
    if (other !== undefined) {
      return `The choices ${JSON.stringify(other)} and ${JSON.stringify(choice)} look the same ` +
        "to whoever reads them; give one another word";
    }
  }
  return undefined;
}

/**
 * The question of a request, for its fact. Throws as {@linkcode checkQuestions}, and a `Refusal` (`bad-field`)
 * for choices that look alike.
 */
export function askedIn(
  house: { readonly log: FactLog },
  ask: ChoiceQuestion | undefined,
): { readonly ask?: ChoiceQuestion } {
  if (ask === undefined) return {};
  checkQuestions(house);
  // Asked before it is a fact: nodes of all versions decide the same of those that are.
  const alike = alikeIn(ask.choices);
  if (alike !== undefined) throw new Refusal("bad-field", alike);
  return { ask };
}

/** Whether all who read the order of facts know questions. */
export function knowsQuestions({ cluster }: Pick<FactLog, "cluster">): boolean {
  return cluster === undefined || cluster.level >= QUESTION_LEVEL;
}

/** Throws a `Refusal` (`try-later`) while there are nodes of a cluster that know no questions. */
export function checkQuestions({ log }: { readonly log: FactLog }): void {
  if (knowsQuestions(log)) return;
  throw tryLater("Not all nodes of this server know questions with choices yet", RETRY_MS);
}
