/** What can be done about a message that was picked. */

import { captionOf } from "../../words/files.js";
import { partnerIn } from "../terminal/conversations.ts";
import { quoteText } from "../../words/fold.js";
import { isOpenQuestion } from "../../words/question.js";
import { reactionKey } from "../../words/reaction.js";
import { emojiAt, loadEmoji } from "../terminal/emoji.ts";
import type { Known } from "../terminal/known.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import { textLines } from "../terminal/text_lines.ts";
import type { PlaceState } from "./place_state.ts";
import { mayModerate } from "./room_facts.ts";
import { type Choice, Chooser } from "./chooser.ts";

/** What the actions work with. */
export interface ActionTools {
  readonly known: Known;
  /** What is known of where the message was said. */
  readonly state: () => PlaceState;
  /** Carries out a line, as if it was typed. */
  readonly run: (line: string) => void;
  /** Puts a line into the row, to be gone on with; with `before` in front of the draft that is there. */
  readonly show: (line: string, before?: boolean) => void;
  /** Carries out a line that puts another one into the row. */
  readonly edit: (line: string) => void;
  /** Shows a word that need not stay among what was said. */
  readonly pass: (text: string) => void;
  /** Puts a text where the person pastes from. */
  readonly copy: (text: string) => void;
  /** Goes from an answer to what it answers, each by its number. */
  readonly retrace: (answer: number, to: number) => void;
  /** Goes to a message, to come back later; false: it can't be had now. */
  readonly goTo: (place: string, seq: number) => boolean;
  /** Lets the person choose. */
  readonly choose: (chooser: Chooser) => void;
}

/** One action, which a letter asks for; empty: none does. */
export interface MessageAction {
  readonly letter: string;
  readonly text: string;
  readonly take: () => void;
}

/** What is offered besides what others have given. */
const REACTIONS = ["👍", "❤️", "😂", "🎉", "👀", "🙏", "😢", "🚀"];

/** What can be done about a message, the likeliest first. */
export function messageActions(message: ShownMessage, tools: ActionTools): MessageAction[] {
  const { known, state, run, edit, show, pass, copy, choose, retrace } = tools;
  const { seq, text, file, reactions = [], pinned, re, quote } = message;
  const isOwn = known.isOurs(message);
  const said = file === undefined ? text : captionOf(text, file) || text;
  const links = linksIn(said);
  const isRoom = message.chat === undefined && message.room !== "" &&
    partnerIn(message.room) === undefined;
  const from = countFrom(seq, known);
  const moderates = isRoom && mayModerate(known, state());
  // Only what has a number can be meant, and only where the server knows what becomes of messages.
  const hasLife = seq > 0 && known.hasLife() && text !== "";
  const all: Array<MessageAction | false> = [
    hasLife && { letter: "r", text: "reply", take: () => show(`/re ${seq} `, true) },
    ...hasLife ? answerActions(message, isOwn, tools) : [],
    hasLife && { letter: "+", text: "react", take: () => choose(reactionChooser(message, run)) },
    hasLife && re !== undefined && quote !== undefined &&
    { letter: "g", text: "go to what this answers", take: () => retrace(seq, re) },
    hasLife && isOwn && { letter: "e", text: "edit", take: () => edit(`/edit ${seq}`) },
    { letter: "c", text: "copy the text", take: () => copy(said) },
    links.length > 0 && {
      letter: "l",
      text: links.length === 1
        ? "open or copy its link"
        : `open or copy one of ${links.length} links`,
      take: () => choose(linkChooser(message, links, copy)),
    },
    file !== undefined && { letter: "s", text: "save the file", take: () => run(`/get ${seq}`) },
    hasLife && known.isListed && from > 0 &&
    { letter: "u", text: "count as unread from here", take: () => run(`/unread ${from}`) },
    hasLife && reactions.length > 0 &&
    { letter: "w", text: "show who reacted", take: () => run(`/reactions ${seq}`) },
    hasLife && moderates && {
      letter: "p",
      text: pinned ? "unpin" : "pin",
      take: () => run(`/${pinned ? "unpin" : "pin"} ${seq}`),
    },
    // It can't be taken back, so Enter is pressed once more.
    hasLife && (isOwn || moderates) &&
    {
      letter: "d",
      text: "remove",
      take: () => {
        show(`/remove ${seq}`);
        pass("Enter removes it for everybody; Escape leaves it");
      },
    },
  ];
  return all.filter((action) => action !== false);
}

/** How many messages there are from this one on, as `/unread` counts them; 0: nobody knows. */
function countFrom(seq: number, { messages, logKey, rooms }: Known): number {
  const shown = messages.in(logKey(rooms.current)).filter(({ message }) => message.text !== "");
  return shown.findIndex(({ message }) => message.seq === seq) + 1;
}

/** The choices of a question that waits for an answer: each person has one, and whoever asks all others has none. */
function answerActions(
  { seq, ask, answers = [] }: ShownMessage,
  isOwn: boolean,
  { known, run }: ActionTools,
): MessageAction[] {
  if (ask === undefined || !isOpenQuestion(ask, answers, Date.now())) return [];
  const asksOthers = isOwn && ask.from === undefined && ask.role === undefined;
  if (asksOthers || answers.some(({ from }) => known.isOwn(from))) return [];
  return ask.choices.map((choice, n) => ({
    letter: n < 9 ? `${n + 1}` : "",
    text: `answer: ${choice}`,
    take: () => run(`/answer ${seq} ${choice}`),
  }));
}

/** Chooses among the actions by their letters or names. */
export function actionChooser(
  message: ShownMessage,
  actions: readonly MessageAction[],
): Chooser {
  return new Chooser({
    title: `What to do with ${wordsOf(message)}`,
    isPanel: true,
    prompt: "do> ",
    choices: (letters) =>
      actions.filter(({ text }) => text.toLowerCase().includes(letters.trim().toLowerCase()))
        .map(({ letter, text, take }): Choice => (
          { text, note: letter.toUpperCase(), ...letter === "" ? {} : { key: letter }, take }
        )),
  });
}

/** The web addresses in a text, each once, as they are links where it is shown. */
function linksIn(text: string): string[] {
  const lines = textLines(text);
  return [
    ...new Set(
      lines.flatMap(({ text, whole }) => whole.map(({ start, end }) => text.slice(start, end))),
    ),
  ];
}

/**
 * Each row is a link to the whole address, however long: it is the terminal that opens it, where the person sits,
 * also over ssh. We may start no program, and a browser least of all.
 */
function linkChooser(
  message: ShownMessage,
  links: readonly string[],
  copy: ActionTools["copy"],
): Chooser {
  return new Chooser({
    title: `Links of ${wordsOf(message)}`,
    isPanel: true,
    prompt: "link> ",
    hint: "Enter copies · a Ctrl-click opens · Escape",
    choices: (letters) =>
      links.filter((link) => link.toLowerCase().includes(letters.trim().toLowerCase()))
        .map((link): Choice => ({ text: link, link, take: () => copy(link) })),
  });
}

/** Who said it, and its first words. */
function wordsOf({ from, text }: ShownMessage): string {
  return `<${from}> ${quoteText(text)}`;
}

function reactionChooser(message: ShownMessage, run: ActionTools["run"]): Chooser {
  // What emoji are called is loaded when somebody first asks for one.
  void loadEmoji();
  return new Chooser({
    title: `React to ${wordsOf(message)}`,
    isPanel: true,
    prompt: "react> ",
    hint: "Enter takes it · type a name or emoji · Esc",
    emoji: emojiAt,
    choices: (typed) =>
      reactionsFor(typed.trim()).map(({ emoji, name = "" }): Choice => ({
        text: emoji,
        ...name === "" ? {} : { note: name },
        take: () => run(`/react ${message.seq} ${emoji}`),
      })),
  });
}

/** What is offered for a name, whole or begun, with or without its colon, or for an emoji itself. */
function reactionsFor(typed: string): ReadonlyArray<{ emoji: string; name?: string }> {
  if (typed === "") return REACTIONS.map((emoji) => ({ emoji }));
  const name = typed.replace(/^:/, "");
  const named = ["_", ""].map((blank) => emojiAt(`:${name.replaceAll(" ", blank)}`)?.choices)
    .find((choices) => choices !== undefined) ?? [];
  // A letter may be one itself, and is more likely the first one of a name.
  const key = reactionKey(typed);
  return key === undefined ? named : [...named, { emoji: key }];
}
