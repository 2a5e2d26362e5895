/**
 * Searching at the terminal: `/search lunch from:bob` asks the server, `/search` alone gets the next
 * page, and `/around 3` shows the messages around the third hit. The answers are lines, with the hits
 * marked like «this».
 */

import { withExactTimes } from "../chat/messages/query.ts";
import type { Here } from "../chat/messages/when.ts";
import type { Event, EventOf, Message } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import { logTitle } from "../words/commands/talk.js";
import { type Hit, hitsOf } from "../words/search.js";
import { here, localTime } from "./local_times.ts";

/** How many messages one page has. */
const PAGE = 10;
/** A longer text is cut around its first hit, in UTF-16 code units. */
const EXCERPT = 240;
/** How much of it is shown before that hit, in UTF-16 code units. */
const BEFORE = 60;
/** How many messages are shown on either side of a hit. */
const AROUND = 5;

type Request = RequestOf<"search">;

/** A line of the answer. `found`: it is a message, and has a time of its own. */
export interface SearchLine {
  readonly text: string;
  readonly found: boolean;
  /** The message that it is, where it is one of the hits. */
  readonly hit?: Message | undefined;
}

/** Sends a request to the server. */
export type Ask = (request: Request | RequestOf<"history">) => Promise<Event>;

/** How a {@linkcode Searches} reads what is typed, and shows what is found. */
export interface SearchesOptions {
  /** The clock and time zone by which the times in a search are parsed. */
  readonly hereNow?: () => Here;
  /** What is shown of a message: its text, or what tells of its file, and the number of that. */
  readonly said?: (message: Message) => ShownText;
}

interface ShownText {
  readonly text: string;
  /** The number of a message that brings a file. */
  readonly fileNumber?: number;
  /** By which the person means the message, if it is shown. */
  readonly number?: number;
}

/** A search as it was typed and as it was sent, and what was shown of it. */
interface Search {
  readonly typed: string;
  readonly request: Request;
  readonly found: Message[];
  more: boolean;
  /** Where the next page begins. Servers of earlier versions have none, and skip what was shown. */
  cursor: string | undefined;
}

/** The last search, for its next page and what was said around its hits. */
export class Searches {
  readonly #here: () => Here;
  readonly #said: (message: Message) => ShownText;
  #last: Search | undefined;

  constructor({ hereNow = here, said = ({ text }) => ({ text }) }: SearchesOptions = {}) {
    this.#here = hereNow;
    this.#said = said;
  }

  /**
   * Searches for what was typed, or gets the next page if nothing was; resolves with the lines of the
   * answer. Rejects like `send`.
   */
  async ask(request: Request, send: Ask): Promise<SearchLine[]> {
    if (request.query.trim() === "") return await this.#next(send);
    const query = withExactTimes(request.query, this.#here());
    const typed = request.query;
    const sent = { ...request, query };
    this.#last = { typed, request: sent, found: [], more: false, cursor: undefined };
    return await this.#page(this.#last, send);
  }

  /** The hit with this number. Throws a RangeError if there is no such one. */
  hit(number: number): Message {
    const { found: hits } = this.#last ?? { found: [] };
    const hit = hits[number - 1];
    if (hit !== undefined) return hit;
    throw new RangeError(
      hits.length === 0
        ? "/around needs something that was found; /search WORDS looks for it"
        : `/around takes a number from 1 to ${hits.length}, not ${number}`,
    );
  }

  /**
   * Gets the messages around the hit with this number. Rejects like `send`, and with a RangeError if
   * there is no such hit.
   */
  async around(number: number, send: Ask): Promise<SearchLine[]> {
    const hit = this.hit(number);
    const hitsIn = hitsOf(this.#last?.request.query ?? "");
    const { room, chat, seq } = hit;
    const range = { before: seq + AROUND + 1, limit: 2 * AROUND + 1 };
    const answer = await send({
      type: "history",
      ...chat === undefined ? { room } : { chat },
      ...range,
    });
    if (answer.type !== "page") return [];
    const lines = answer.messages.map((message) =>
      message.seq === seq
        ? `> ${this.#line(message, hitsIn)}`
        : `  ${this.#line(message, () => [])}`
    );
    return lines.length === 0
      ? told(`What was said there in ${logTitle(hit)} is not kept any more`)
      : lines.map(found);
  }

  async #next(send: Ask): Promise<SearchLine[]> {
    const last = this.#last;
    if (last === undefined) {
      return told("/search needs words to look for, as in: /search lunch from:bob");
    }
    if (!last.more) return told(`There is nothing more of: ${last.typed}`);
    return await this.#page(last, send);
  }

  /** Gets the next page of a search. */
  async #page(search: Search, send: Ask): Promise<SearchLine[]> {
    const { found: all, cursor } = search;
    const skip = all.length;
    const after = cursor !== undefined ? { cursor } : skip === 0 ? {} : { skip };
    const answer = await send({ ...search.request, limit: PAGE, ...after });
    if (answer.type !== "page") return [];
    all.push(...answer.messages);
    search.more = answer.more;
    search.cursor = answer.cursor;
    const hitsIn = hitsOf(search.request.query);
    const lines = answer.messages.map((message) => this.#line(message, hitsIn));
    return linesOf(search, answer, lines);
  }

  #line(message: Message, hitsIn: (text: string) => Hit[]): string {
    return lineOf(message, this.#said(message), hitsIn);
  }
}

/** What a page of a search tells; `lines` has its messages. */
function linesOf(
  search: Search,
  { more, ignored = [] }: EventOf<"page">,
  lines: readonly string[],
): SearchLine[] {
  const { typed: query } = search;
  const left = ignored.length === 0
    ? []
    : told(`Nothing can be found by ${ignored.join(" ")}, which was left out`);
  if (lines.length === 0) return [...left, ...told(`Nothing was found: ${query}`)];
  const last = search.found.length;
  const first = last - lines.length + 1;
  const around = `/around ${first} shows what was said before and after`;
  return [
    ...left,
    ...lines.map((line, n): SearchLine => (
      { ...found(`${first + n}. ${line}`), hit: search.found[first + n - 1] }
    )),
    ...told(
      more
        ? `${first} to ${last} of: ${query}; /search alone shows more, ${around}`
        : `That is all of: ${query}; ${around}`,
    ),
  ];
}

function found(text: string): SearchLine {
  return { text, found: true };
}

function told(text: string): SearchLine[] {
  return [{ text, found: false }];
}

function lineOf(
  message: Message,
  { text, fileNumber, number: own }: ShownText,
  hitsIn: (text: string) => Hit[],
): string {
  const { at, from, action, edited, quote } = message;
  const part = excerpt(text, hitsIn);
  const shown = marked(part, hitsIn(part)).replaceAll(/\r?\n/g, " ↵ ");
  const said = action === true ? `* ${from} ` : `<${from}> `;
  const number = fileNumber === undefined ? own ?? "" : `file ${fileNumber}`;
  const where = `${logTitle(message)} ${number}`.trimEnd();
  const answers = quote === undefined ? "" : ` (↳ ${quote.from}: ${quote.text})`;
  const marks = `${edited === undefined ? "" : " · edited"}${answers}`;
  return `${localTime(new Date(at))} ${where} ${said}${shown}${marks}`;
}

/** The part of a text around its first hit. */
function excerpt(text: string, hitsIn: (text: string) => Hit[]): string {
  if (text.length <= EXCERPT) return text;
  const hit = hitsIn(text)[0]?.start ?? 0;
  const from = Math.max(0, Math.min(hit - BEFORE, text.length - EXCERPT));
  const cut = text.slice(from, from + EXCERPT).toWellFormed().replace(/^\ufffd|\ufffd$/g, "");
  return `${from > 0 ? "…" : ""}${cut}${from + EXCERPT < text.length ? "…" : ""}`;
}

/** Marks the hits in `text` like «this». */
function marked(text: string, hits: readonly Hit[]): string {
  let [shown, at] = ["", 0];
  for (const { start, end } of hits) {
    shown += `${text.slice(at, start)}«${text.slice(start, end)}»`;
    at = end;
  }
  return shown + text.slice(at);
}
