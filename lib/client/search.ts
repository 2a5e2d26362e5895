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
}

/** Sends a request to the server. */
export type Ask = (request: Request | RequestOf<"history">) => Promise<Event>;

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
  #last: Search | undefined;

  /** `hereNow`: the clock and time zone by which the times in a search are parsed. */
  constructor(hereNow: () => Here = here) {
    this.#here = hereNow;
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
    return await pageOf(this.#last, send);
  }

  /**
   * Gets the messages around the hit with this number. Rejects like `send`, and with a RangeError if
   * there is no such hit.
   */
  async around(number: number, send: Ask): Promise<SearchLine[]> {
    const { found: hits, request } = this.#last ?? { found: [], request: { query: "" } };
    const hit = hits[number - 1];
    if (hit === undefined) {
      throw new RangeError(
        hits.length === 0
          ? "/around needs something that was found; /search WORDS looks for it"
          : `/around takes a number from 1 to ${hits.length}, not ${number}`,
      );
    }
    const hitsIn = hitsOf(request.query);
    const { room, chat, seq } = hit;
    const range = { before: seq + AROUND + 1, limit: 2 * AROUND + 1 };
    const answer = await send({
      type: "history",
      ...chat === undefined ? { room } : { chat },
      ...range,
    });
    if (answer.type !== "page") return [];
    const lines = answer.messages.map((message) =>
      message.seq === seq ? `> ${lineOf(message, hitsIn)}` : `  ${lineOf(message, () => [])}`
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
    return await pageOf(last, send);
  }
}

/** Gets the next page of a search. */
async function pageOf(search: Search, send: Ask): Promise<SearchLine[]> {
  const { found, cursor } = search;
  const skip = found.length;
  const after = cursor !== undefined ? { cursor } : skip === 0 ? {} : { skip };
  const answer = await send({ ...search.request, limit: PAGE, ...after });
  if (answer.type !== "page") return [];
  found.push(...answer.messages);
  search.more = answer.more;
  search.cursor = answer.cursor;
  return linesOf(search, answer, skip);
}

function linesOf(
  search: Search,
  { messages, more, ignored = [] }: EventOf<"page">,
  skip: number,
): SearchLine[] {
  const { typed: query, request } = search;
  const left = ignored.length === 0
    ? []
    : told(`Nothing can be found by ${ignored.join(" ")}, which was left out`);
  if (messages.length === 0) return [...left, ...told(`Nothing was found: ${query}`)];
  const hitsIn = hitsOf(request.query);
  const first = skip + 1;
  const last = skip + messages.length;
  const around = `/around ${first} shows what was said before and after`;
  return [
    ...left,
    ...messages.map((message, n) => found(`${first + n}. ${lineOf(message, hitsIn)}`)),
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
  hitsIn: (text: string) => Hit[],
): string {
  const { at, from, text, action } = message;
  const part = excerpt(text, hitsIn);
  const shown = marked(part, hitsIn(part)).replaceAll(/\r?\n/g, " ↵ ");
  const said = action === true ? `* ${from} ` : `<${from}> `;
  return `${localTime(new Date(at))} ${logTitle(message)} ${said}${shown}`;
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
