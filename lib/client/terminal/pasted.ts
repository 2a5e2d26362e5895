/** Asks what to do with a paste that is longer than the person may have meant. */

import { messageText } from "../../chat/messages/message_text.ts";
import { utf8Length } from "../../wire/text.ts";
import { segmentGraphemes } from "../../chat/names/graphemes.ts";
import { type LineEditor, MAX_LINE_BYTES } from "./editor.ts";
import type { PressedKey } from "./keys.ts";

type Paste = Extract<PressedKey, { type: "paste" }>;

/** A question in the row, which one key answers. */
interface Question {
  readonly text: string;
  /** What follows, by the character that is typed. */
  readonly answers: Readonly<Record<string, () => void>>;
}

/** A paste of more lines than this needs an answer. */
export const MAX_LINES = 20;
/** The longest part of a long paste that is one message, in bytes: even escaped as JSON any server takes it. */
const PART_BYTES = 8_192;

/** Whether to ask before a paste is put into the row. */
function isLong({ text, cut }: Paste): boolean {
  return cut || countLines(text) > MAX_LINES || utf8Length(text) > MAX_LINE_BYTES;
}

/**
 * Asks what to do with a paste: `say` it, put it into the row, or nothing. Calls `full` if the row can't
 * hold all of it.
 */
function pasteQuestion(
  { text, cut }: Paste,
  editor: LineEditor,
  { say, full }: { readonly say: (text: string) => void; readonly full: () => void },
): Question {
  const lines = countLines(text);
  const parts = partsOf(text);
  const begun = editor.text.trim() !== "";
  const size = [
    lines === 1 ? "1 line" : `${lines} lines`,
    ...parts.length > 1 ? [`${parts.length} messages`] : [],
    ...cut ? ["the rest was cut"] : [],
  ].join(", ");
  const edit = (): void => {
    if (editor.insert(text) === "bell") full();
  };
  const send = { s: (): void => parts.forEach(say) };
  return {
    // The row may hold a command that the paste belongs to.
    text: `${size}: ${begun ? "" : "(s)end, "}(e)dit, (d)rop? `,
    answers: { ...begun ? {} : send, e: edit, d: () => {} },
  };
}

/** Options of {@linkcode Pasting}. */
export interface PastingOptions {
  readonly editor: LineEditor;
  /** Returns a function that says a text where the person is now: that may be elsewhere later. */
  readonly sayHere: () => (text: string) => void;
  readonly full: () => void;
  readonly bell: () => void;
}

/** Asks about pastes that are long, one after the other. */
export class Pasting {
  readonly #options: PastingOptions;
  #question: Question | undefined;

  constructor(options: PastingOptions) {
    this.#options = options;
  }

  /** The question, if there is one. */
  get question(): string | undefined {
    return this.#question?.text;
  }

  /** Takes a key that answers the question, or a paste that needs one; false for other keys. */
  handle(key: PressedKey): boolean {
    const { editor, sayHere, full, bell } = this.#options;
    if (this.#question !== undefined) {
      const answer = answerOf(this.#question, key);
      if (answer === undefined) bell();
      else {
        this.#question = undefined;
        answer();
      }
      return true;
    }
    if (key.type !== "paste" || !isLong(key)) return false;
    this.#question = pasteQuestion(key, editor, { say: sayHere(), full });
    return true;
  }
}

/** What follows from a key; `undefined` if it does not answer the question. */
function answerOf({ answers }: Question, key: PressedKey): (() => void) | undefined {
  if (key.type === "key") return /^(?:escape|ctrl-[cd])$/.test(key.name) ? () => {} : undefined;
  const letter = key.text.toLowerCase();
  return key.type === "text" && Object.hasOwn(answers, letter) ? answers[letter] : undefined;
}

/** Splits a text into messages, at the ends of lines if possible. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let [part, bytes] = ["", 0];
  const end = (): void => {
    if (part.trim() !== "") parts.push(messageText(part));
    [part, bytes] = ["", 0];
  };
  for (const piece of piecesOf(text)) {
    const size = utf8Length(piece);
    if (bytes + size > PART_BYTES) end();
    part += piece;
    bytes += size;
  }
  end();
  return parts;
}

/** The lines of a text with their ends; the graphemes of a line that is too long for a message. */
function* piecesOf(text: string): Generator<string> {
  for (const line of text.split(/(?<=\n)/)) {
    if (utf8Length(line) <= PART_BYTES) yield line;
    else for (const { segment } of segmentGraphemes(line)) yield segment;
  }
}

function countLines(text: string): number {
  return messageText(text).split("\n").length;
}
