/** Asks the server for the messages that the view lacks: the newest ones, or those before or after. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import { RequestError } from "../conversation.ts";
import type { Known } from "../terminal/known.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";
import type { PlaceState, PlaceStates } from "./place_state.ts";
import type { Transcript } from "./transcript.ts";

/** Options of a {@linkcode PageLoader}. */
export interface PageLoaderOptions {
  readonly known: Known;
  readonly states: PlaceStates;
  /** Sends a request; rejects as a link does. */
  readonly send: (request: Request) => Promise<Event>;
  /** Whether the server can be asked: it is there, and speaks the event protocol. */
  readonly canAsk: () => boolean;
  /** Called when something has come. */
  readonly loaded: () => void;
}

/** How many messages are asked for at first, and when somebody reads on. */
const FIRST_PAGE = 100;
const NEXT_PAGE = 200;

export class PageLoader {
  readonly #options: PageLoaderOptions;

  constructor(options: PageLoaderOptions) {
    this.#options = options;
  }

  /** Loads the newest messages of a place, unless they are there or on their way. */
  newest(place: string): void {
    const { known, states, canAsk } = this.#options;
    const state = states.of(place);
    if (state.transcript.hasNewest || place === "") return;
    // Where the person is on the way to a message, that is what they want to see.
    if (state.asking === "newest" || state.asking === "around") return;
    const log = known.logOf(place);
    // Nothing was said in it yet: what comes is all that there is.
    if (log === undefined) return state.transcript.startEmpty();
    if (!canAsk()) return;
    state.transcript.expectNewest();
    this.#ask(place, state, "newest", { ...log, limit: FIRST_PAGE });
  }

  /** Loads what was said before what is loaded. */
  older(place: string): void {
    const state = this.#options.states.of(place);
    const { first, hasOldest } = state.transcript;
    const log = this.#options.known.logOf(place);
    if (hasOldest || first === 0 || log === undefined || state.asking !== undefined) return;
    this.#ask(place, state, "older", { ...log, before: first, limit: NEXT_PAGE });
  }

  /** Loads what was said after what is loaded. */
  newer(place: string): void {
    const state = this.#options.states.of(place);
    const { last, hasNewest } = state.transcript;
    const log = this.#options.known.logOf(place);
    if (hasNewest || last === 0 || log === undefined || state.asking !== undefined) return;
    state.transcript.expectNewest();
    this.#ask(place, state, "newer", { ...log, after: last, limit: NEXT_PAGE });
  }

  /** Loads what was said before and after a message in the place of what is loaded; false: it can't be had now. */
  around(place: string, seq: number, came: () => void): boolean {
    const { known, states, canAsk } = this.#options;
    const log = known.logOf(place);
    if (log === undefined || !canAsk()) return false;
    const range = { ...log, before: seq + NEXT_PAGE / 2, limit: NEXT_PAGE };
    this.#ask(place, states.of(place), "around", range, came);
    return true;
  }

  #ask(
    place: string,
    state: PlaceState,
    what: NonNullable<PlaceState["asking"]>,
    range: Omit<RequestOf<"history">, "type">,
    came: () => void = () => {},
  ): void {
    const { send, loaded, canAsk } = this.#options;
    if (!canAsk()) return;
    state.asking = what;
    const { doubts } = state.transcript;
    send({ type: "history", ...range }).then((answer) => {
      const isWanted = what === "around" ? state.asking === what : isNext(state.transcript, range);
      if (state.asking === what) state.asking = undefined;
      const isStale = state.transcript.doubts !== doubts;
      if (answer.type === "page" && !isStale && isWanted) {
        // A conversation may go by something else by now.
        this.#take(this.#options.known.placeOf(range) || place, state, what, answer);
        came();
      }
      loaded();
    }, (error: Error) => {
      if (state.asking === what) state.asking = undefined;
      // When the connection is back, it is asked again.
      const isLost = error instanceof RequestError && ["offline", "ended"].includes(error.code);
      if (!isLost && what === "newest") state.transcript.withoutPages();
      loaded();
    });
  }

  #take(
    place: string,
    { transcript }: PlaceState,
    what: NonNullable<PlaceState["asking"]>,
    page: EventOf<"page">,
  ): void {
    const { messages: shown, logKey } = this.#options.known;
    const messages = shown.foldPage(logKey(place), page)
      .map((message): ShownMessage => ({ ...message, room: place }));
    const more = page.more && messages.length > 0;
    if (what === "newest") transcript.takeNewest(messages, more);
    else if (what === "around") transcript.takeAround(messages, more);
    else if (what === "older") transcript.takeOlder(messages, more);
    else transcript.takeNewer(messages, more);
  }
}

/** Whether a page still joins what is loaded: something else may have been loaded in its place. */
function isNext(
  { first, last }: Transcript,
  { before = first, after = last }: Omit<RequestOf<"history">, "type">,
): boolean {
  return first === before && last === after;
}
