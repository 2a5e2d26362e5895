/** What can be done about a message that was picked. */

import { captionOf } from "../../words/files.js";
import { partnerIn } from "../terminal/conversations.ts";
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
  /** Puts a text where the person pastes from. */
  readonly copy: (text: string) => void;
  /** Lets the person choose. */
  readonly choose: (chooser: Chooser) => void;
}

/** One action, which a letter asks for. */
export interface MessageAction {
  readonly letter: string;
  readonly text: string;
  readonly take: () => void;
}

/** What is offered besides what others have given. */
const REACTIONS = ["👍", "❤️", "😂", "🎉", "👀", "🙏", "😢", "🚀"];

/** What can be done about a message, the likeliest first. */
export function messageActions(message: ShownMessage, tools: ActionTools): MessageAction[] {
  const { known, state, run, edit, show, copy, choose } = tools;
  const { seq, text, file, reactions = [], pinned } = message;
  const isOwn = known.isOurs(message);
  const said = file === undefined ? text : captionOf(text, file) || text;
  const links = linksIn(said);
  const isRoom = message.chat === undefined && message.room !== "" &&
    partnerIn(message.room) === undefined;
  const moderates = isRoom && mayModerate(known, state());
  // Only what has a number can be meant, and only where the server knows what becomes of messages.
  const hasLife = seq > 0 && known.hasLife() && text !== "";
  const all: Array<MessageAction | false> = [
    hasLife && { letter: "r", text: "reply", take: () => show(`/re ${seq} `, true) },
    hasLife && { letter: "+", text: "react", take: () => choose(reactionChooser(seq, run)) },
    hasLife && isOwn && { letter: "e", text: "edit", take: () => edit(`/edit ${seq}`) },
    { letter: "c", text: "copy the text", take: () => copy(said) },
    links.length > 0 && {
      letter: "l",
      text: links.length === 1
        ? "open or copy its link"
        : `open or copy one of ${links.length} links`,
      take: () => choose(linkChooser(links, copy)),
    },
    file !== undefined && { letter: "s", text: "save the file", take: () => run(`/get ${seq}`) },
    hasLife && reactions.length > 0 &&
    { letter: "w", text: "show who reacted", take: () => run(`/reactions ${seq}`) },
    hasLife && moderates && {
      letter: "p",
      text: pinned ? "unpin" : "pin",
      take: () => run(`/${pinned ? "unpin" : "pin"} ${seq}`),
    },
    // It can't be taken back, so Enter is pressed once more.
    hasLife && (isOwn || moderates) &&
    { letter: "d", text: "remove", take: () => show(`/remove ${seq}`) },
  ];
  return all.filter((action) => action !== false);
}

/** Chooses among the actions by their letters or names. */
export function actionChooser(actions: readonly MessageAction[]): Chooser {
  return new Chooser({
    title: "What to do with this message",
    prompt: "do> ",
    choices: (letters) =>
      actions.filter(({ text }) => text.includes(letters.trim().toLowerCase()))
        .map(({ letter, text, take }): Choice => ({ text, note: letter.toUpperCase(), take })),
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
function linkChooser(links: readonly string[], copy: ActionTools["copy"]): Chooser {
  return new Chooser({
    title: "A click opens a link (in most terminals with Ctrl or Cmd)",
    prompt: "link> ",
    hint: "Enter copies it · Up, Down · Escape leaves",
    choices: (letters) =>
      links.filter((link) => link.toLowerCase().includes(letters.trim().toLowerCase()))
        .map((link): Choice => ({ text: link, link, take: () => copy(link) })),
  });
}

function reactionChooser(seq: number, run: ActionTools["run"]): Chooser {
  // What emoji are called is loaded when somebody first asks for one.
  void loadEmoji();
  return new Chooser({
    title: "React",
    prompt: "react> ",
    hint: "Enter takes it · Tab the next · or type an emoji, or :name and Tab · Escape leaves",
    emoji: emojiAt,
    choices: (typed) => {
      const own = typed.trim();
      const named = emojiAt(own)?.choices.map(({ emoji }) => emoji) ?? [];
      const keys = own === "" ? REACTIONS : named.length > 0 ? named : [own];
      return keys.map((key): Choice => ({ text: key, take: () => run(`/react ${seq} ${key}`) }));
    },
  });
}
