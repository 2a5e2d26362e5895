/** What Tab offers behind a command about a message: the numbers that it can be about, and what may follow. */

import { isOpenQuestion } from "../../words/question.js";
import type { Known } from "./known.ts";
import { type KnownMessage, writtenOf } from "./shown_messages.ts";

/** What is offered besides what others have given. */
const USUAL_REACTIONS = ["👍", "❤️", "😂", "🎉", "👀", "🙏"];

/** Which messages a command can be about, by its name; the others take any that was not removed. */
const CHOSEN: Readonly<Record<string, (known: KnownMessage) => boolean>> = {
  edit: ({ own }) => own,
  reactions: ({ message: { reactions = [] } }) => reactions.length > 0,
  unreact: ({ message: { reactions = [] } }) => reactions.some(({ mine }) => mine),
  answer: ({ message: { ask, answers = [] } }) =>
    ask !== undefined && isOpenQuestion(ask, answers, Date.now()),
  pin: ({ message: { pinned } }) => !pinned,
  unpin: ({ message: { pinned } }) => pinned === true,
};

/** The numbers of the messages on screen that a command can be about, the latest first. */
export function numberChoices(command: string, { messages, logKey, rooms }: Known): string[] {
  const isChosen = CHOSEN[command] ?? (() => true);
  const all = messages.in(logKey(rooms.current))
    .filter((each) => each.message.text !== "" && isChosen(each));
  // Whoever takes something back means their own before what they may remove of others.
  const [first, rest] = command === "remove"
    ? [all.filter(({ own }) => own), all.filter(({ own }) => !own)]
    : [all, []];
  return [...first, ...rest].map(({ message: { seq } }) => `${seq}`);
}

/** What may stand behind the number of a message in a command's line: a reaction, or what is to be edited. */
export function choicesAbout(
  command: string,
  number: number,
  { messages, logKey, rooms }: Known,
): string[] {
  const { message, own } = messages.get(logKey(rooms.current), number) ?? {};
  if (message === undefined || message.text === "") return [];
  const { reactions = [] } = message;
  const keys = (mine: boolean): string[] =>
    reactions.filter((each) => (each.mine === true) === mine).map(({ key }) => key);
  switch (command) {
    case "edit":
      return own ? [writtenOf(message).text] : [];
    case "unreact":
      return keys(true);
    case "answer":
      return [...message.ask?.choices ?? []];
    case "react":
      return [...new Set([...keys(false), ...USUAL_REACTIONS])]
        .filter((key) => !keys(true).includes(key));
    default:
      return [];
  }
}
