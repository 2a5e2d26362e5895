/** What becomes of a paste that is longer than somebody may have meant. */

import { utf8Length } from "../../wire/text.ts";
import { messageText } from "../../chat/message_text.ts";
import { segmentGraphemes } from "../graphemes.ts";
import { type LineEditor, MAX_LINE_BYTES } from "./editor.ts";
import type { PressedKey } from "./keys.ts";
import type { Question } from "./question.ts";

type Paste = Extract<PressedKey, { type: "paste" }>;

/** What may follow from the answer. */
export interface PasteDeeds {
  readonly say: (text: string) => void;
  /** The row did not hold it all. */
  readonly full: () => void;
}

/** A paste of more lines is asked about. */
export const MAX_LINES = 20;
/** The most of a long paste that is one message, in bytes: any server takes so much, escaped as JSON. */
const PART_BYTES = 8_192;

/** Whether a paste is asked about before it stands in the row. */
export function isLong({ text, cut }: Paste): boolean {
  return cut || countLines(text) > MAX_LINES || utf8Length(text) > MAX_LINE_BYTES;
}

/** Asks what to do with a paste: say it, put it in the row as far as that holds it, or nothing. */
export function pasteQuestion(
  { text, cut }: Paste,
  editor: LineEditor,
  { say, full }: PasteDeeds,
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
    // What stands in the row may be a command, which the paste belongs to.
    text: `${size}: ${begun ? "" : "(s)end, "}(e)dit, (d)rop? `,
    answers: { ...begun ? {} : send, e: edit, d: () => {} },
    left: () => {},
  };
}

/** A text in parts that are messages, cut at the ends of lines where there are any. */
export function partsOf(text: string): string[] {
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

/** The lines of a text with their ends; one that is too long for a message in graphemes. */
function* piecesOf(text: string): Generator<string> {
  for (const line of text.split(/(?<=\n)/)) {
    if (utf8Length(line) <= PART_BYTES) yield line;
    else for (const { segment } of segmentGraphemes(line)) yield segment;
  }
}

function countLines(text: string): number {
  return messageText(text).split("\n").length;
}
