// @ts-check
/** What was done about a message, for whoever listens. Pure. */

import { quoteText } from "../../../words/fold.js";
import { inertLine } from "../../../words/inert.js";
import { emojiName } from "./common_emoji.js";
import { knownBy } from "./row_words.js";

/** @import { Done } from "../notify.js" */

/**
 * In a sentence; nothing where it concerns nobody: how others react to what others have said. A text that
 * was removed is not told again.
 * @param {readonly Pick<Done, "entry" | "said">[]} done the same thing about one message, once or more often
 * @param {(at: number) => string} time
 * @returns {string}
 */
export function doneWords(done, time) {
  const last = done.at(-1);
  if (last === undefined) return "";
  const { entry, said } = last;
  const who = inertLine(entry.from);
  switch (entry.type) {
    case "revised":
      return entry.own ? "Edited." : `${who} edited: ${inertLine(entry.text)}`;
    case "removed":
      return entry.own
        ? "Removed."
        : `${who} removed ${messageOf(said, entry.from, time(said.at))}`;
    case "pinned":
      if (entry.own) return entry.off ? "Unpinned." : "Pinned.";
      return `${who} ${entry.off ? "unpinned" : "pinned"}, ${knownBy(said)}`;
    case "answered":
      return `${entry.own ? "You" : who} answered ${inertLine(entry.choice)}: ${knownBy(said)}`;
    case "reacted": {
      const name = inertLine(emojiName(entry.key));
      if (entry.own) return entry.off ? `Took ${name} back.` : `Reacted with ${name}.`;
      return reactedWords(done);
    }
  }
}

/** @type {(done: readonly Pick<Done, "entry" | "said">[]) => string} */
function reactedWords(done) {
  const added = done.map(({ entry }) => entry).filter((entry) =>
    entry.type === "reacted" && !entry.off
  );
  const { said } = done[0] ?? {};
  const last = added.at(-1);
  if (last?.type !== "reacted" || !said?.own) return "";
  const names = new Set(added.map(({ from }) => from));
  const who = names.size === 1
    ? `${inertLine(last.from)} reacted with ${inertLine(emojiName(last.key))}`
    : `${names.size.toLocaleString("en")} people reacted`;
  return `${who} to: ${inertLine(quoteText(said.text))}`;
}

/** @type {(said: Done["said"], by: string, time: string) => string} */
function messageOf({ from, own }, by, time) {
  if (own) return `your message of ${time}`;
  return from === by ? `their message of ${time}` : `the message of ${inertLine(from)} of ${time}`;
}
