/**
 * The requests of a link that have no answer yet, and their ids; which of them outlive a connection, and
 * which have a classic form.
 */

import type { Event, EventOf } from "../wire/events.ts";
import type { Request } from "../wire/requests.ts";
import { utf8Length } from "../wire/text.ts";
import { type LinkStatus, RequestError } from "./conversation.ts";
import { Patience, type PatienceOptions } from "./patience.ts";
import { nameKey } from "../words/names.js";
import { DEFAULT_ROOM } from "../wire/names.ts";

/** A request with an id. */
export type Sent = Request & { readonly id: string };

interface Pending {
  readonly request: Sent;
  written?: true;
  /** It was written on a connection that is lost: it may have been stored. */
  isDoubtful?: true;
  /** The link asks for it by itself, and nobody else would ask again. */
  readonly isOurs: boolean;
  resolve(event: Event): void;
  reject(error: Error): void;
}

/** Why a message that may have been stored is given up. */
const LOST = "The server has forgotten this session, and may have stored the message or not";

const NO_BYTES = new Uint8Array();
const unseenIn = (sent: Sent): Sent =>
  sent.type === "say" || sent.type === "direct" ? { ...sent, unseen: true } : sent;

/**
 * What may have been stored by a server that is lost is asked again of one that can't tell just now, unless that
 * says that it takes longer than so many ms; and not more often than so.
 */
const MOST_AGAIN_MS = 10_000;
const LEAST_AGAIN_MS = 250;

/** The requests that wait for answers. */
export class Requests {
  readonly #again: (request: Sent) => void;
  readonly #patience: Patience<Pending>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** The requests that are kept and have no ack, in order. */
  readonly #unacked = new Map<string, Pending>();
  readonly #asked = new Map<string, Pending>();
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #ids = 0;

  /** `again` sends a request once more on the connection that there is. */
  constructor(again: (request: Sent) => void, options: PatienceOptions = {}) {
    this.#again = again;
    this.#patience = new Patience(({ request }) => again(request), options);
  }

  /** Notes that a message was written: from now on the server may have stored it. */
  written(id: string): void {
    const pending = this.#unacked.get(id);
    if (pending !== undefined) pending.written = true;
  }

  /**
   * Call this if the server no longer knows what it has got from us. Gives up the messages that were written
   * before: sent again, they could be there twice. What was never written goes out.
   */
  dropDoubtful(): void {
    for (const [id, { written, reject }] of this.#unacked) {
      if (!written) continue;
      this.#unacked.delete(id);
      reject(new RequestError("lost", LOST));
    }
  }

  /**
   * Call this if the server has begun a new history: gives up what is about a message by its number, which
   * is another message now, or none.
   */
  dropNumbered(): void {
    for (const [id, { request, reject }] of this.#unacked) {
      if (!("re" in request) || request.re === undefined) continue;
      this.#unacked.delete(id);
      const text = `The server has begun a new history, and message ${request.re} is gone`;
      reject(new RequestError("no-such-message", text));
    }
  }

  /** Gives up a message that was never written: nobody has it. False for any other. */
  withdraw(id: string): boolean {
    const pending = this.#unacked.get(id);
    if (pending === undefined || pending.written) return false;
    this.#unacked.delete(id);
    pending.reject(new RequestError("withdrawn", "It was taken back before it was sent"));
    return true;
  }

  /** The messages to send on the next connection, in order; what was said meanwhile may not have been seen. */
  get unacked(): Sent[] {
    return [...this.#unacked.values()].map(({ request }) => unseenIn(request));
  }

  /** The request, with a new id if it has none. */
  named(request: Request): Sent {
    return { ...request, id: request.id ?? `${this.#idPrefix}-${++this.#ids}` };
  }

  /** Notes a request that is about to be sent, by the link itself if it `isOurs`; settles with its answer. */
  answerTo(sent: Sent, isOurs: boolean = false): Promise<Event> {
    const { promise, resolve, reject } = Promise.withResolvers<Event>();
    // A chunk is never sent again, and many wait for their answers.
    const request = sent.type === "chunk" ? { ...sent, data: NO_BYTES } : sent;
    const pending = { request, resolve, reject, isOurs };
    (isKept(request) ? this.#unacked : this.#asked).set(request.id, pending);
    return promise;
  }

  /** Whether a request that was noted may go out now: messages wait behind one that is to be sent again. */
  mayGo({ id }: Sent): boolean {
    const pending = this.#unacked.get(id);
    return pending === undefined || !this.#patience.holds(pending);
  }

  /** Whether a request waits for this answer. A `get` has many. */
  awaits({ type, id }: Event): boolean {
    return type === "data" ||
      id !== undefined && (this.#unacked.has(id) || this.#asked.has(id));
  }

  /** Settles the request that the event answers, and returns it; `undefined`: it answers none. */
  answer(event: Event): Sent | undefined {
    const { id } = event;
    if (event.type === "data") return void this.#settleFile(event.file, event);
    if (id === undefined) return undefined;
    const pending = this.#unacked.get(id) ?? this.#asked.get(id);
    if (pending === undefined) return undefined;
    const { request } = pending;
    if (event.type === "error" && this.#isAskedAgain(pending, event)) return request;
    // What is asked of the file after that goes on.
    if (event.type === "cancelled") this.#settleFile(event.file, event, id);
    this.#unacked.delete(id);
    this.#asked.delete(id);
    settle(pending, event);
    this.#goOn(pending, event);
    if (event.type === "error" && request.type === "get") {
      this.#settleFile(request.file, event);
    }
    return request;
  }

  /** What has waited for this answer goes out; or is refused as well, where there is no patience left. */
  #goOn(pending: Pending, event: Event): void {
    const isOver = event.type === "error" && event.code === "try-later";
    for (const each of this.#patience.answered(pending)) {
      const { id } = each.request;
      // It may have been taken back meanwhile.
      if (this.#unacked.get(id) !== each) continue;
      if (!isOver) {
        this.#again(each.request);
        continue;
      }
      this.#unacked.delete(id);
      settle(each, event);
    }
  }

  /**
   * Whether a request is sent again that is refused for now. Of a message that was written before on a connection
   * that is lost the refusal says only that this copy was not taken: it is sent until it is clear what became of
   * the first one.
   */
  #isAskedAgain(pending: Pending, refused: EventOf<"error">): boolean {
    const { request, isDoubtful = false, isOurs } = pending;
    const { code, retryAfterMs = 0 } = refused;
    if (code !== "try-later") return false;
    const isSoon = retryAfterMs <= MOST_AGAIN_MS;
    if (isKept(request) && this.#patience.has(pending, refused, isDoubtful && isSoon)) return true;
    if (!isSoon || !isDoubtful && !isOurs) return false;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const { id } = request;
      if ((this.#unacked.get(id) ?? this.#asked.get(id)) === pending) this.#again(request);
    }, Math.max(retryAfterMs, LEAST_AGAIN_MS));
    this.#timers.add(timer);
    return true;
  }

  /**
   * Settles the requests for a file of which these bytes came, or no more will come: each `credit`, which
   * has no answer of its own, and a `get` with the last of them. `until`: only those before this request.
   */
  #settleFile(
    file: string,
    event: EventOf<"data" | "cancelled" | "error">,
    until?: string,
  ): void {
    const isLast = event.type !== "data" || event.last === true;
    for (const [id, pending] of this.#asked) {
      if (id === until) return;
      const { request } = pending;
      if (request.type !== "credit" && !(request.type === "get" && isLast)) continue;
      if (request.file !== file) continue;
      this.#asked.delete(id);
      settle(pending, event);
    }
  }

  /**
   * Gives up messages that are longer than this server takes, because an earlier one took more. They
   * would end each connection, and hold up all behind them.
   */
  dropExcess(limit: number, isClassic: boolean): void {
    for (const [id, { request, reject }] of this.#unacked) {
      const excess = excessOf(request, limit, isClassic);
      if (excess === undefined) continue;
      this.#unacked.delete(id);
      reject(excess);
    }
  }

  /** The connection is lost: rejects all requests but messages. */
  lose(): void {
    // They all go out on the next connection.
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#patience.lose();
    for (const pending of this.#unacked.values()) if (pending.written) pending.isDoubtful = true;
    const text = "The connection was lost before the answer came";
    rejectAll(this.#asked, new RequestError("offline", text));
  }

  /** The link has ended: rejects the messages. */
  end(text: string): void {
    rejectAll(this.#unacked, new RequestError("ended", text));
  }
}

function settle({ resolve, reject }: Pending, event: Event): void {
  if (event.type !== "error") return resolve(event);
  reject(new RequestError(event.code, event.text, event.retryAfterMs));
}

/** The answer to a request that is not sent. */
export function unsent(code: string, text: string): Promise<never> {
  return Promise.reject(new RequestError(code, text));
}

/** What is kept when the connection is lost: the server stores it once, however often it is sent. */
const KEPT: ReadonlySet<string> = new Set([
  ...["say", "direct", "revise", "remove", "react", "pin", "answer"],
]);

/** Whether a request is kept when the connection is lost. */
export function isKept({ type }: Request): boolean {
  return KEPT.has(type);
}

/** Why a request is too long for the server; `undefined`: it is not. */
export function excessOf(
  request: Request,
  limit: number,
  isClassic: boolean,
): RequestError | undefined {
  // Whoever sends a file cuts it into pieces that fit.
  if (request.type === "chunk") return undefined;
  const length = isClassic && request.type === "say"
    ? utf8Length(request.text)
    : utf8Length(JSON.stringify(request));
  if (length <= limit) return undefined;
  const text = `The message takes ${length} bytes, over the server's limit of ${limit}; ` +
    "say it in parts";
  return new RequestError("too-long", text);
}

function rejectAll(pending: Map<string, Pending>, error: RequestError): void {
  for (const { reject } of pending.values()) reject(error);
  pending.clear();
}

/**
 * What a link says when a classic server has let us in. `isAsked`: the user wanted the classic protocol,
 * so it is not that the server has not answered in the event protocol.
 */
export function classicStatus(isAsked = false): Pick<LinkStatus, "text" | "fellBack"> {
  return isAsked ? { text: "Online. The server speaks the classic protocol: messages only." } : {
    text:
      "The server is taken for one of the classic protocol, since it has not answered in ours: " +
      "messages only, and nothing tells whether they arrive.",
    fellBack: true,
  };
}

/** Whether a message that waits to be sent can be sent to a classic server. */
export function hasClassicForm(request: Request): boolean {
  if (request.type === "direct") return false;
  return request.type !== "say" || nameKey(request.room) === nameKey(DEFAULT_ROOM);
}
