// @ts-check
/**
 * Folds what becomes of messages (edits, removals, reactions, pins) into them: what a page brings and
 * what came live make the same picture, in whatever order they come.
 *
 * A page is folded up to a number of its log, `upTo`, and so is each of its messages; one that came
 * live is folded up to its own. An entry changes a message only where it has a higher number:
 *
 *     live entry           note it in RecentEntries, and foldEntry() it into each message in view
 *     page                 RecentEntries.foldPage(): its messages, with what came while it was on its way
 *     ack of an own entry  ownEntry() is the entry that it stands for
 *     gap                  what is in view may have changed unseen: ask for its page again
 *     another epoch        begin anew, with new RecentEntries
 */

/**
 * The beginning of the message that another one answers.
 * @typedef {{ readonly from: string, readonly text: string }} Quote
 */
/**
 * Those who react with one key.
 * @typedef {{ readonly key: string, readonly count: number, readonly mine?: true }} Reaction
 */
/**
 * What folding needs of a message and changes in it. `upTo`: its own number unless it says more.
 * @typedef {object} Foldable
 * @property {number} seq
 * @property {string} text
 * @property {number | undefined} [upTo]
 * @property {number | undefined} [re]
 * @property {Quote | undefined} [quote]
 * @property {string | undefined} [edited]
 * @property {{ readonly by: string, readonly at: string, readonly reason?: string } | undefined} [removed]
 * @property {readonly Reaction[] | undefined} [reactions]
 * @property {true | undefined} [pinned]
 * @property {{ readonly choices: readonly string[] } | undefined} [ask]
 * @property {readonly { readonly from: string, readonly choice: string, readonly at: string }[] | undefined} [answers]
 * @property {unknown} [action]
 * @property {unknown} [file]
 * @property {unknown} [withheld]
 */
/**
 * What every such entry has: `re` is the number of the message, `own` says that we have done it.
 * @typedef {{ readonly seq: number, readonly re: number, readonly from: string, readonly by?: string, readonly at: string, readonly own?: true }} About
 */
/**
 * An entry about a message, as an event tells it.
 * @typedef {About & { readonly type: "revised", readonly text: string, readonly file?: { readonly name: string } }
 *   | About & { readonly type: "removed", readonly reason?: string }
 *   | About & { readonly type: "reacted", readonly key: string, readonly off?: true, readonly count?: number }
 *   | About & { readonly type: "pinned", readonly off?: true }
 *   | About & { readonly type: "answered", readonly choice: string }} LifeEvent
 */
/**
 * What asks for such an entry.
 * @typedef {{ readonly type: "revise", readonly re: number, readonly text: string }
 *   | { readonly type: "remove", readonly re: number, readonly reason?: string }
 *   | { readonly type: "react", readonly re: number, readonly key: string, readonly off?: boolean }
 *   | { readonly type: "pin", readonly re: number, readonly off?: boolean }
 *   | { readonly type: "answer", readonly re: number, readonly choice: string }} LifeRequest
 */

/** The types of the entries that requests ask for. */
const DONE = {
  ...{ revise: "revised", remove: "removed", react: "reacted", pin: "pinned" },
  answer: "answered",
};
/** The letters of a quote, at most. */
const QUOTE_LENGTH = 80;
/** The most entries of a log that are kept for pages on their way, and of their texts, in UTF-16 code units. */
const MAX_RECENT = 1_000;
const MAX_RECENT_LENGTH = 2_097_152;

/**
 * A message as it is after an entry; the same object if the entry says nothing new of it. An entry
 * about the message that it answers changes its quote.
 * @template {Foldable} M
 * @param {M} message
 * @param {LifeEvent} entry
 * @returns {M}
 */
export function foldEntry(message, entry) {
  const { seq, re, upTo = seq } = message;
  if (entry.seq <= upTo) return message;
  if (entry.re === seq) return { ...changed(message, entry), upTo: entry.seq };
  return re === undefined || entry.re !== re ? message : foldQuote(message, entry);
}

/**
 * How a text begins, as it is quoted: so much of its first line in which there is something.
 * @type {(text: string) => string}
 */
export function quoteText(text) {
  // No half of a letter at the end.
  const begin = text.slice(0, QUOTE_LENGTH * 8).replace(/[\ud800-\udbff]$/, "");
  const lines = begin.split(/[\n\r\u2028\u2029]/);
  const line = lines.map((each) => each.trim()).find((each) => each !== "") ?? "";
  const letters = [...line];
  return letters.length <= QUOTE_LENGTH ? line : `${letters.slice(0, QUOTE_LENGTH - 1).join("")}…`;
}

/**
 * The entry that the ack of an own request stands for: nobody else is told of it, and we are not told
 * of it again.
 * @param {LifeRequest} request
 * @param {{ readonly seq: number, readonly at: string, readonly count?: number | undefined }} ack
 * @param {string} from our name
 * @returns {LifeEvent}
 */
export function ownEntry(request, ack, from) {
  const { seq, at, count } = ack;
  const type = DONE[request.type];
  return /** @type {LifeEvent} */ ({ ...request, type, seq, at, count, from, own: true });
}

/**
 * What a guest is told whose reaction changed nothing: somebody else may have given it.
 * @type {(request: LifeRequest) => string | undefined}
 */
export function sharedReactionText(request) {
  if (request.type !== "react" || request.off) return undefined;
  return `${request.key} was given to message ${request.re} already: guests from one address share ` +
    "their reactions; /register reserves your name, and then you have your own.";
}

/** The last entries about messages of one log, for pages that were asked for before they came. */
export class RecentEntries {
  /** In the order of their numbers. @type {LifeEvent[]} */
  #entries = [];
  #length = 0;
  /** Up to this number there may have been entries that are not here. */
  #floor = 0;

  /** @param {LifeEvent} entry */
  note(entry) {
    const last = this.#entries.at(-1)?.seq ?? this.#floor;
    // The ack of a request that was sent again stands for what has come before.
    if (entry.seq <= last) return;
    this.#entries.push(entry);
    this.#length += lengthOf(entry);
    if (this.#entries.length <= MAX_RECENT && this.#length <= MAX_RECENT_LENGTH) return;
    // Half of it goes at once, as that takes time.
    let count = 0;
    for (const gone of this.#entries) {
      const rest = this.#entries.length - count;
      if (rest <= MAX_RECENT / 2 && this.#length <= MAX_RECENT_LENGTH / 2) break;
      this.#length -= lengthOf(gone);
      this.#floor = gone.seq;
      count++;
    }
    this.#entries.splice(0, count);
  }

  /**
   * The messages of a page with what has come since it was read; `undefined` if more has come than is
   * kept, so that it is to be asked for again. A server that can't change messages gives no `upTo`.
   * @template {Foldable} M
   * @param {{ readonly messages: readonly M[], readonly upTo?: number }} page
   * @returns {M[] | undefined}
   */
  foldPage({ messages, upTo }) {
    if (upTo === undefined) return [...messages];
    if (upTo < this.#floor) return undefined;
    const later = this.#entries.filter(({ seq }) => seq > upTo);
    return messages.map((message) => later.reduce(foldEntry, { ...message, upTo }));
  }
}

/** @param {LifeEvent} entry */
function lengthOf(entry) {
  return entry.type === "revised" ? entry.text.length : 0;
}

/**
 * @template {Foldable} M
 * @param {M} message
 * @param {LifeEvent} entry about it
 * @returns {M}
 */
function changed(message, entry) {
  switch (entry.type) {
    case "revised": {
      const { withheld: _, ...rest } = message;
      return /** @type {M} */ ({ ...rest, text: entry.text, edited: entry.at });
    }
    case "removed": {
      const { from: by, at, reason } = entry;
      const { edited: _e, reactions: _r, pinned: _p, action: _a, file: _f, ...rest } = message;
      const { withheld: _w, ask: _q, answers: _c, ...left } = rest;
      const removed = { by, at, ...(reason === undefined ? {} : { reason }) };
      return /** @type {M} */ ({ ...left, text: "", removed });
    }
    case "reacted": {
      const { reactions: before = [], ...rest } = message;
      const reactions = withReaction(before, entry);
      return /** @type {M} */ (reactions.length === 0 ? rest : { ...rest, reactions });
    }
    case "answered": {
      const { ask, answers = [] } = message;
      const { from, at, choice: said } = entry;
      // As the question has it, and not as we have typed it.
      const choice = ask?.choices.find((each) => each.toLowerCase() === said.toLowerCase()) ?? said;
      return { ...message, answers: [...answers, { from, choice, at }] };
    }
    case "pinned": {
      const { pinned: _, ...rest } = message;
      return /** @type {M} */ (entry.off ? rest : { ...rest, pinned: true });
    }
  }
}

/**
 * @template {Foldable} M
 * @param {M} message
 * @param {LifeEvent} entry about what it answers
 * @returns {M}
 */
function foldQuote(message, entry) {
  const { quote, ...rest } = message;
  switch (entry.type) {
    case "revised":
      return {
        ...message,
        quote: { from: quote?.from ?? entry.from, text: quoteText(saidIn(entry)) },
        upTo: entry.seq,
      };
    case "removed":
      return /** @type {M} */ ({ ...rest, upTo: entry.seq });
    default:
      return message;
  }
}

/** What an edit says, without what stands for a file. @type {(entry: Pick<Extract<LifeEvent, { type: "revised" }>, "text" | "file">) => string} */
function saidIn({ text, file }) {
  // As captionOf in files.js, which is not there on a first visit: the server begins with that sentence.
  return file ? text.slice(text.indexOf(")", file.name.length + 7) + 3) || file.name : text;
}

/**
 * Reactions stand in the order in which their keys came. The server tells only of what changes
 * something, so that each counts once; where it left out what was undone since, it says of how many
 * people a reaction is.
 * @param {readonly Reaction[]} before
 * @param {Extract<LifeEvent, { type: "reacted" }>} entry
 * @returns {Reaction[]}
 */
function withReaction(before, { key, off, own, count: told }) {
  const known = before.find((each) => each.key === key);
  const count = told ?? (known?.count ?? 0) + (off ? known === undefined ? 0 : -1 : 1);
  const isMine = own ? !off : known?.mine === true;
  /** @type {Reaction} */
  const now = { key, count, ...(isMine ? { mine: true } : {}) };
  if (known === undefined) return count > 0 ? [...before, now] : [...before];
  return before.flatMap((each) => each !== known ? [each] : count > 0 ? [now] : []);
}
