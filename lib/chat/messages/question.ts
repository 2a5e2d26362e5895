/**
 * A question that a message asks, with the choices that can be answered: how it is kept, and what is told of
 * it. Who may answer is judged where people are known.
 */

import type { Message } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";

/** A question as events tell it. */
export type AskedQuestion = NonNullable<Message["ask"]>;

/** A question as it is kept with its message. */
export interface ChoiceQuestion extends NonNullable<RequestOf<"say">["ask"]> {
  /** The ids of the accounts of the names in `from`, in their order. Found by decide.ts. */
  readonly who?: readonly string[];
}

/** What somebody has answered; `who` is who counts as one. */
export interface GivenAnswer {
  readonly who: string;
  readonly choice: string;
  /** The name of that time. */
  readonly from: string;
}

/** A question as events tell it, of a message that was said at a time, in ms since 1970. */
export function questionTold(
  { choices, from, role, quorum, ...question }: ChoiceQuestion,
  at: number,
): AskedQuestion {
  const until = endOf(question, at);
  return {
    choices,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...(from === undefined ? {} : { from }),
    ...(role === undefined ? {} : { role }),
    ...(quorum === undefined ? {} : { quorum }),
  };
}

/** Until when a question can be answered, in ms since 1970; `undefined`: for ever. */
export function endOf({ forMs }: Pick<ChoiceQuestion, "forMs">, at: number): number | undefined {
  return forMs === undefined ? undefined : at + forMs;
}

/** How a question is kept besides the text of its message: as JSON. */
export function questionJson({ who, ...ask }: ChoiceQuestion): string {
  return JSON.stringify({ ask, ...(who === undefined ? {} : { who }) });
}

/** The question in a JSON that {@linkcode questionJson} has made; `undefined` where there is none. */
export function questionIn(json: string | undefined): ChoiceQuestion | undefined {
  if (json === undefined) return undefined;
  const { ask, who } = JSON.parse(json) as { ask?: ChoiceQuestion; who?: readonly string[] };
  return ask && { ...ask, ...(who === undefined ? {} : { who }) };
}
