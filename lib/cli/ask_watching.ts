/** Reads what a server tells about a question that was asked, until it is settled. */

import type { EndCause, LinkEvent } from "../client/conversation.ts";
import type { Link } from "../client/link.ts";
import { whyEnded } from "../client/shown.ts";
import type { Event, EventOf } from "../wire/events.ts";
import type { RequestOf } from "../wire/requests.ts";
import { inertLine } from "../words/inert.js";
import { answersText, settledBy } from "../words/question.js";
import { complain } from "./output.ts";

/** A question as it is asked. */
export type AskedOf = NonNullable<RequestOf<"say">["ask"]>;

/**
 * What came of a question: the choice, or a sentence why there is none; `undecided`: all have answered who may,
 * and not as many of them the same as it needs.
 */
export type AskOutcome = { readonly choice: string } | { readonly why: string } | "undecided";

/** Where a question is, as requests and events name it. */
type Place = { readonly room: string } | { readonly chat: string };

/** Reads what a link tells, until the question is settled. */
export class AskWatching {
  readonly link: Link;
  readonly #ask: AskedOf;
  readonly #room = Promise.withResolvers<string | undefined>();
  readonly #outcome = Promise.withResolvers<AskOutcome>();
  readonly cause: Promise<EndCause>;
  #place: Place | undefined;
  #seq = 0;
  /** Answers that came before the ack: those to the question are among them. */
  readonly #early: Event[] = [];
  #answers: Array<{ readonly from: string; readonly choice: string }> = [];
  /** What was told up to here is in {@linkcode #answers} already. */
  #upTo = 0;
  #isOnline = false;

  constructor(link: Link, ask: AskedOf) {
    this.link = link;
    this.#ask = ask;
    this.cause = this.#read(link.events);
  }

  /** The room that we are in; `undefined` if the link ended before. */
  get room(): Promise<string | undefined> {
    return this.#room.promise;
  }

  get outcome(): Promise<AskOutcome> {
    return this.#outcome.promise;
  }

  /** Whether the server can be reached now. */
  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** What was answered so far, in a sentence's words; empty: nothing. */
  get answered(): string {
    return inertLine(answersText(this.#answers));
  }

  /** The server has the question: what is said about it counts from now on. */
  asked({ room = "", chat, seq = 0 }: EventOf<"ack">): void {
    this.#place = chat === undefined ? { room } : { chat };
    this.#seq = seq;
    for (const event of this.#early.splice(0)) this.#take(event);
  }

  /** Asks what has become of the question: `open`, if it is not settled. */
  async look(): Promise<AskOutcome | "open"> {
    const place = this.#place;
    if (place === undefined) return "open";
    const page = await this.link.send({
      ...{ type: "history", ...place, before: this.#seq + 1, limit: 1 },
    }).catch(() => undefined);
    if (page?.type !== "page") return "open";
    const message = page.messages.at(-1);
    if (message === undefined || message.seq !== this.#seq || message.ask === undefined) {
      return { why: "The question was removed, or the server has it no more" };
    }
    this.#answers = [...message.answers ?? []];
    this.#upTo = Math.max(this.#upTo, page.upTo ?? 0);
    return this.#standing();
  }

  /** Settled, or out of reach where all have answered who may. */
  #standing(): AskOutcome | "open" {
    const choice = settledBy(this.#ask, this.#answers);
    if (choice !== undefined) return { choice };
    const { from, role } = this.#ask;
    const isOver = from !== undefined && role === undefined && this.#answers.length >= from.length;
    return isOver ? "undecided" : "open";
  }

  async #read(events: AsyncIterable<LinkEvent>): Promise<EndCause> {
    let cause: EndCause = "left";
    for await (const event of events) {
      if (event.type === "status") {
        this.#isOnline = event.status === "online";
        if (event.status === "ended" && event.cause !== "left") complain(whyEnded(event));
        cause = event.cause ?? cause;
      } else this.#take(event);
    }
    this.#room.resolve(undefined);
    return cause;
  }

  #take(event: Event): void {
    if (event.type === "ready") {
      this.#room.resolve(event.room);
      // What was missed may be told or not, as the server still knows us.
      if (this.#place !== undefined) void this.look().then((found) => this.#settle(found));
    } else if (event.type === "answered" || event.type === "removed") {
      if (this.#place === undefined) this.#early.push(event);
      else if (this.#isMeant(event)) this.#settle(this.#after(event));
    }
  }

  #isMeant({ re, room, chat }: EventOf<"answered" | "removed">): boolean {
    if (re !== this.#seq || this.#place === undefined) return false;
    return "chat" in this.#place ? this.#place.chat === chat : this.#place.room === room;
  }

  #after(event: EventOf<"answered" | "removed">): AskOutcome | "open" {
    if (event.type === "removed") {
      return { why: `The question was removed by ${inertLine(event.from)}` };
    }
    if (event.seq <= this.#upTo) return "open";
    this.#upTo = event.seq;
    this.#answers.push(event);
    return this.#standing();
  }

  #settle(found: AskOutcome | "open"): void {
    if (found !== "open") this.#outcome.resolve(found);
  }
}
